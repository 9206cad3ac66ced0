"""preview, packet, approve and reject."""

import io
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaignbot import app, settings
from campaignbot.model import post
from campaignbot.store import drafts
from cli import place
from cli.place import ANNOUNCE, ARMED, CALLED, X_LONDON, X_MARSEILLE, Place, z

FB_LONDON = "wad/announce/london/en-GB/fb-london"
EVERYTHING = {
    FB_LONDON: ("WAITING", None),
    X_LONDON: ("WAITING", None),
    X_MARSEILLE: ("WAITING", None),
    ARMED: ("HELD", "armed: waits for a person on site"),
    CALLED: ("HELD", "called: sent only by a person's command"),
}


class Terminal(io.StringIO):
    """Somebody at a keyboard, who types this."""

    def isatty(self) -> bool:
        return True


def _unlock(here: Place) -> list[post.Draft]:
    found = settings.read({}, folder=here.folder)
    return app.drafts(app.read_campaign(found, now=app.utc_now()))


def test_the_words_line_by_line(here: Place) -> None:
    *lines, last = here.lines("preview")
    planned = _unlock(here)

    assert lines == [
        {
            "key": draft.key,
            "city": draft.post.city,
            "language": "en-GB",
            "account": draft.post.account,
            "text": text,
            "alt": None,
            "length": len(text),
            "limit": 63206 if draft.post.account == "fb-london" else 280,
            "digest": draft.digest,
            "warnings": [],
            "missing": [],
            "cost_usd": 0.0 if draft.post.account == "fb-london" else 0.015,
        }
        for draft, text in zip(
            planned,
            [
                "Join us in London.",
                "Join us in London.",
                "Join us in Marseille.",
                "We are here.",
                "We do not meet.",
            ],
            strict=True,
        )
    ]
    assert last == {"digest": post.digest_of_set(planned)}


def test_the_words_of_one_city_have_a_digest_of_their_own(here: Place) -> None:
    *lines, last = here.lines("preview", "--city", "marseille")
    assert [line["key"] for line in lines] == [X_MARSEILLE]
    assert last["digest"] != here.lines("preview")[-1]["digest"]
    assert here.err("preview", "--city", "paris") == "Error: there is no city 'paris'; there are london, marseille\n"


def test_the_words_for_people_say_what_they_lack(here: Place) -> None:
    (here.folder / "messages/en/announce.txt.j2").write_text("Join us at {{ city.venue }}.\n")
    said = here.out("preview", "--city", "marseille")

    assert said.splitlines()[1:] == [
        "  Join us at ⟦city.venue⟧.",
        "  26 of 280 characters, 0.015 USD, digest none: it lacks city.venue",
        "",
        f"1 drafts; the set's digest is {post.digest_of_set([])}",
    ]


def test_the_packet_is_a_page_a_city_and_one_for_all(here: Place, tmp_path: Path) -> None:
    out = tmp_path / "packet"
    assert here.out("packet", "--out", str(out)) == (
        f"3 pages in {out}. Open {out / 'index.html'} in a browser; it prints well too.\n"
    )
    assert sorted(path.name for path in out.iterdir()) == ["index.html", "london.html", "marseille.html"]
    (tmp_path / "file").write_text("mine")
    assert "is a file" in here.err("packet", "--out", str(tmp_path / "file"), code=2)
    assert here.err("packet", "--out", str(tmp_path / "file" / "below")).startswith("Error: ")


def test_yes_to_named_drafts(here: Place) -> None:
    pairs = [f"{X_LONDON}={here.digest(X_LONDON)}", f"{ARMED}={here.digest(ARMED)[:12].upper()}"]
    assert here.lines("approve", *pairs, "--by", "london-1") == [
        {"key": X_LONDON, "outcome": "approved", "detail": None},
        {"key": ARMED, "outcome": "approved", "detail": EVERYTHING[ARMED][1]},
    ]
    assert here.states() == {X_LONDON: EVERYTHING[X_LONDON], ARMED: EVERYTHING[ARMED]}
    with here.books() as books, books.ledger.read() as c:
        assert {key: [yes.by for yes in yeses] for key, yeses in drafts.approvals(c).items()} == {
            X_LONDON: ["london-1"],
            ARMED: ["london-1"],
        }


def test_yes_to_a_set_by_the_digest_that_was_seen(here: Place) -> None:
    seen = here.lines("preview")[-1]["digest"]
    out = here.out("approve", "--all", "--by", "london-1", "--seen", seen.upper())

    assert sorted(out.splitlines()) == sorted(
        ["5 approved.", *(f"approved: {key}" + (f" ({why})" if why else "") for key, (_, why) in EVERYTHING.items())]
    )
    assert here.states() == EVERYTHING


def test_a_set_may_be_named_by_the_twelve_digits_that_the_page_shows(here: Place) -> None:
    seen = here.lines("preview")[-1]["digest"]
    assert here.err("approve", "--all", "--by", "london-1", "--seen", seen[:11]).startswith(
        "Error: nothing is approved"
    )
    assert here.states() == {}
    here.out("approve", "--all", "--by", "london-1", "--seen", seen[:12])
    assert here.states() == EVERYTHING


def test_yes_to_one_city(here: Place) -> None:
    here.approve("--city", "marseille")
    assert here.states() == {X_MARSEILLE: EVERYTHING[X_MARSEILLE]}
    assert here.err("approve", "--city", "paris", "--by", "london-1") == (
        "Error: there is no city 'paris'; there are london, marseille\n"
    )


def test_a_set_that_has_changed_since_it_was_seen(here: Place) -> None:
    seen = here.lines("preview")[-1]["digest"]
    (here.folder / "messages/en/announce.txt.j2").write_text("Come to {{ city.name }}.\n")
    now = here.lines("preview")[-1]["digest"]

    assert here.err("approve", "--all", "--by", "london-1", "--seen", seen) == (
        f"Error: nothing is approved: the set you saw was {seen[:12]}, now it is {now[:12]}; "
        "look at it again with preview or packet, then approve what you see\n"
    )
    assert here.states() == {}


def test_one_wrong_digest_and_nothing_is_approved(here: Place) -> None:
    right = here.digest(X_LONDON)
    said = here.err("approve", f"{X_LONDON}={right}", f"{ARMED}={right}", "--by", "london-1")

    assert said.startswith("Error: ")
    assert ARMED in said
    assert here.states() == {}
    assert "nothing is approved" in here.err("approve", f"wad/announce/paris/en-GB/x={right}", "--by", "london-1")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--all", "--city", "london"),
        ("--all", f"{X_LONDON}=0123456789ab"),
        ("--city", "london", f"{X_LONDON}=0123456789ab"),
        ("no-digest",),
        ("=0123456789ab",),
        ("key=",),
    ],
)
def test_none_or_two_of_the_three_is_wrong_usage(here: Place, arguments: tuple[str, ...]) -> None:
    assert here.err("approve", *arguments, "--by", "london-1", code=2).startswith("Error: ")


def test_nobody_says_yes_without_a_name(here: Place) -> None:
    assert "Missing option '--by'" in here.err("approve", "--all", code=2)
    assert "an organiser is named by a short id" in here.err("approve", f"{X_LONDON}=0123456789ab", "--by", " ")


def test_a_set_wants_a_terminal_or_what_was_seen(here: Place) -> None:
    seen = here.lines("preview")[-1]["digest"]
    out, err = here.call("approve", "--all", "--by", "london-1", code=2)

    assert "Join us in Marseille." in out
    assert err == f"Error: a whole set needs --seen {seen} (the digest of what stands above), or a terminal\n"
    assert here.states() == {}


@pytest.mark.parametrize(("typed", "code", "states"), [("y\n", 0, EVERYTHING), ("n\n", 130, {}), ("", 130, {})])
def test_on_a_terminal_the_set_is_shown_and_asked_for(
    here: Place, typed: str, code: int, states: dict[str, tuple[str, str | None]]
) -> None:
    here.environment.setattr(sys, "stdin", Terminal(typed))
    out, _err = here.call("approve", "--all", "--by", "london-1", code=code)

    assert "london-1: do you approve these 5 drafts, word for word?" in out
    assert here.states() == states


def test_what_is_not_ready_is_listed_and_left_out(here: Place) -> None:
    place.write(here.folder, ("status: ready\n    venue: The Square", "status: draft\n    venue: The Square"))
    seen = here.lines("preview")[-1]["digest"]
    out, err = here.call("approve", "--all", "--by", "london-1", "--seen", seen)

    assert out == f"approved: {X_MARSEILLE}\n1 approved.\n"
    assert err == "not yet: london: announce (2), gathering (1), cancelled (1): lacks city.status: draft\n"
    assert here.err("approve", "--city", "london", "--by", "london-1").splitlines()[-1] == (
        "Error: nothing can be approved yet; what is missing stands above"
    )


def test_what_is_past_wants_to_be_named_late(here: Place) -> None:
    past = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    place.write(here.folder, (z(ANNOUNCE), z(past)))
    pair = f"{X_LONDON}={here.digest(X_LONDON)}"

    out = here.out("approve", pair, "--by", "london-1", code=1)
    assert out.splitlines()[0].startswith(f"refused: {X_LONDON} (")
    assert out.splitlines()[1:] == ["0 approved."]
    assert here.states() == {}

    assert here.out("approve", pair, "--by", "london-1", "--late").splitlines()[-1] == "1 approved."
    (row,) = here.lines("deliveries")
    assert (row["state"], row["due_utc"]) == ("WAITING", z(past))


def test_two_organisers_where_two_are_asked_for(here: Place) -> None:
    place.write(here.folder, ("  proofread:", "  approvals: 2\n  proofread:"))
    pair = f"{X_LONDON}={here.digest(X_LONDON)}"

    outcomes = [here.lines("approve", pair, "--by", by)[0]["outcome"] for by in ("london-1", "london-1", "london-2")]
    assert outcomes == ["waits for another", "waits for another", "approved"]


def test_no_to_a_draft(here: Place) -> None:
    here.approve("--city", "london")
    assert here.out("reject", X_LONDON, "--by", "london-2", "--why", "wrong square") == f"rejected: {X_LONDON}\n"
    assert here.states()[X_LONDON][0] == "HELD"
    assert here.err("reject", "wad/x", "--by", "london-2", "--why", "?") == (
        "Error: there is no draft 'wad/x'; copy its key from preview or from the packet\n"
    )
    assert "Missing option '--why'" in here.err("reject", X_LONDON, "--by", "london-2", code=2)
    assert "Missing option '--by'" in here.err("reject", X_LONDON, "--why", "?", code=2)
