"""detect check. What teaching does: test_train."""

import json
from pathlib import Path

from campaignbot.stages.detect import examples
from cli.place import Place

FEW = ("detect", "check", "--language", "uk-latn")


def test_what_changed_since_a_baseline_is_shown(here: Place, tmp_path: Path) -> None:
    base = tmp_path / "base.json"
    here.out(*FEW, "--save", str(base))
    kept = json.loads(base.read_text(encoding="utf-8"))
    base.write_text(json.dumps(kept | {"uk-latn-001": "other, None, None"}), encoding="utf-8")

    shown = here.out(*FEW, "--against", str(base)).splitlines()
    given = here.one(*FEW, "--against", str(base))

    assert shown[-2:] == [
        f"uk-latn-001: other, None, None -> {kept['uk-latn-001']}",
        "1 examples are read otherwise than in the baseline",
    ]
    assert given["changed"] == [["uk-latn-001", "other, None, None", kept["uk-latn-001"]]]
    assert [*given["figures"]] == ["held out", "looked at", "uk-latn"]
    assert given["untied"] == []


def test_every_phrase_is_listed_with_what_it_finds_and_the_held_out_half_is_only_counted(here: Place) -> None:
    given = here.one(*FEW, "--all")
    held = {one.id for one in examples.shipped() if one.held_out}
    found = {id_ for one in given["phrases"] for id_ in (*one["right"], *one["beside"], *one["wrong"])}
    assert (bool(found), found & held) == (True, set())

    listed = here.out(*FEW, "--all").splitlines()
    first = given["phrases"][0]
    assert listed[0] == f"{first['kind']} ({first['language']}): {first['phrase']}"
    assert [line.partition(" replies")[0] for line in listed[-2:]] == ["held out:", "looked at:"]


def test_the_sheet_is_written_as_a_page(here: Place, tmp_path: Path) -> None:
    page = tmp_path / "detect.md"
    here.out(*FEW, "--figures", str(page))
    assert page.read_text(encoding="utf-8").startswith("# How well replies are read\n")


def test_what_cannot_be_done_is_said_with_the_remedy(here: Place, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[]", encoding="utf-8")
    for path in (wrong, tmp_path / "missing.json"):
        assert "is no baseline; make one with" in here.err(*FEW, "--against", str(path))
    assert "cannot be written" in here.err(*FEW, "--save", str(tmp_path))
    assert "choose one of: ar-latn, ar, ca" in here.err("detect", "check", "--language", "tlh", code=2)
