"""The form of schedules.yaml: every scalar is text, everything knows where it stands, bombs are refused."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.model.campaign import Mark
from campaignbot.stages.load import tree

Plain = str | list["Plain"] | dict[str, "Plain"] | None


def _read(place: Path, text: str | bytes) -> tuple[Plain, list[str]]:
    path = place / "s.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    found, faults = tree.read(path, name="s.yaml")
    return (None if found is None else _plain(found)), [str(fault) for fault in faults]


def _plain(node: tree.Node) -> Plain:
    if isinstance(node, tree.Text):
        return node.text
    if isinstance(node, tree.Rows):
        return [_plain(row) for row in node.rows]
    return {name: _plain(behind) for name, (_, behind) in node.fields.items()}


def test_every_scalar_is_text(tmp_path: Path) -> None:
    text = "a: 18:00\nb: no\nc: 012\nd: 2026-12-01\ne: 1e3\nf: true\n08:30: off\nno: [yes, 0x1F, .inf, 1_000]\ng: =\n"
    assert _read(tmp_path, text) == (
        {
            "a": "18:00",
            "b": "no",
            "c": "012",
            "d": "2026-12-01",
            "e": "1e3",
            "f": "true",
            "08:30": "off",
            "no": ["yes", "0x1F", ".inf", "1_000"],
            "g": "=",
        },
        [],
    )


def test_null_tilde_and_empty_mean_absent_unless_quoted(tmp_path: Path) -> None:
    text = "a: null\nb: ~\nc:\nd: ''\ne: '  '\nf: 'null'\ng: \"~\"\nh: NULL\n"
    absent = dict.fromkeys("abcdeh")
    assert _read(tmp_path, text) == ({**absent, "f": "null", "g": "~"}, [])


def test_letters_are_composed(tmp_path: Path) -> None:
    assert _read(tmp_path, "a: Bucures\u0326ti\n") == ({"a": "Bucure\u0219ti"}, [])


def test_everything_knows_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("a:\n  - b: 1\n")

    def mark(line: int, column: int) -> Mark:
        return Mark(file="s.yaml", line=line, column=column)

    one = tree.Fields({"b": (mark(2, 5), tree.Text("1", mark(2, 8)))}, mark(2, 5))
    whole = tree.Fields({"a": (mark(1, 1), tree.Rows([one], mark(2, 3)))}, mark(1, 1))
    assert tree.read(path, name="s.yaml") == (whole, [])


def test_aliases_anchors_types_and_odd_keys_are_refused_all_at_once(tmp_path: Path) -> None:
    text = "a: &x 1\nb: *x\nc: !!str 5\nd: !python/object:os.system []\n? [k]\n: 1\n<<: {e: 1}\na: 2\n~: 3\n"
    assert _read(tmp_path, text) == (
        None,
        [
            's.yaml:1:4: "&x" marks a value for use elsewhere; delete the mark',
            's.yaml:2:4: "*x" points elsewhere; write the value out here',
            's.yaml:3:4: "tag:yaml.org,2002:str" names a type; delete it: the program knows what it reads here',
            's.yaml:4:4: "!python/object:os.system" names a type; delete it: the program knows what it reads here',
            "s.yaml:5:3: this is not a name that a key can have; write `name: value`",
            's.yaml:8:1: "a" stands twice, first in line 1; keep one of the two',
            "s.yaml:9:1: this is not a name that a key can have; write `name: value`",
        ],
    )


def test_without_an_alias_the_tree_is_still_of_use(tmp_path: Path) -> None:
    found, faults = _read(tmp_path, "a: 1\na: 2\nb: &x 3\n")
    assert found == {"a": "1", "b": "3"}
    assert len(faults) == 2


CASES = {
    "a:\n\tb: 1\n": "2:1: a tab stands here; use spaces",
    "a:\tb\n": "1:3: a tab stands here; use spaces",
    "a: 'x\nb: 1\n": "1:4: what is opened here is never closed; close the quotes",
    "a: [x\n": "1:4: what is opened here is never closed; close the bracket",
    "a: b: c\n": "1:5: a second colon stands in this line; put the text in quotes",
    "a: @x\n": "1:4: a text cannot begin with this character; put the text in quotes",
    "a: 'x' y\n": "1:8: this does not belong behind what stands before it; put the whole text in quotes",
    "a: 1\n  b: 2\n": "2:4: this line does not begin where its neighbours do; "
    "let lines that belong together begin in one column",
    "  a: 1\n b: 2\n": "2:2: this line does not begin where its neighbours do; "
    "let lines that belong together begin in one column",
    "a:\n - b\n c: 1\n": "3:2: this line does not begin where its neighbours do; "
    "let lines that belong together begin in one column",
    "a: 1\nb\nc: 2\n": "3:1: a colon is missing here or in the line above; write `name: value`",
    "a: [1\nb: 2\n": "2:2: this is not YAML; "
    "look at the quotes, brackets, colons and spaces here and in the line above",
    "a: 1\n---\nb: 2\n": '2:1: a second document starts here; delete the line "---"',
    "": "1:1: the file is empty; start from the shipped one: `campaignbot init DIR`",
    "# only a note\n": "1:1: the file is empty; start from the shipped one: `campaignbot init DIR`",
    "~\n": "1:1: the file is empty; start from the shipped one: `campaignbot init DIR`",
    "- a\n": "1:1: the file is not a list of keys; start it with the line `campaign:`",
    "a: x\x07y\n": "1:5: an invisible character stands here (U+0007); delete it",
    "\ufeffa: 1\n": '1:1: the file starts with a byte order mark; save it as "UTF-8" without BOM',
}


@pytest.mark.parametrize("text", CASES)
def test_a_broken_file_is_one_clear_fault(text: str, tmp_path: Path) -> None:
    assert _read(tmp_path, text) == (None, [f"s.yaml:{CASES[text]}"])


def test_what_is_not_utf_8_is_told_where_it_begins(tmp_path: Path) -> None:
    assert _read(tmp_path, b"a: 1\nb: \xe9\n") == (None, ["s.yaml:2:4: the file is not UTF-8; save it as UTF-8"])
    utf16 = "a: 1".encode("utf-16")
    assert _read(tmp_path, utf16) == (
        None,
        ['s.yaml:1:1: the file starts with a byte order mark; save it as "UTF-8" without BOM'],
    )


def test_what_nobody_can_see_is_told_and_left_out(tmp_path: Path) -> None:
    text = 'a: "x\\ud800y"\nb: "x\\0y\\u202ey"\nlon\u200bdon: https://example.org/\u200bjoin\nd: "👨\u200d🎤"\n'
    told, anew = "an invisible character stands in this text", "write the text anew"
    assert _read(tmp_path, text) == (
        {"a": "xy", "b": "xyy", "london": "https://example.org/join", "d": "👨\u200d🎤"},
        [
            f"s.yaml:1:4: {told} (U+D800); {anew}",
            f"s.yaml:2:4: {told} (U+0000); {anew}",
            f"s.yaml:2:4: {told} (U+202E); {anew}",
            f"s.yaml:3:1: {told} (U+200B); {anew}",
            f"s.yaml:3:10: {told} (U+200B); {anew}",
        ],
    )


def test_a_character_that_does_not_exist(tmp_path: Path) -> None:
    said = "a character that does not exist is written here with a backslash, or in the line below"
    for escape in ("\\UFFFFFFFF", "\\U00110000"):
        _, faults = _read(tmp_path, f'a: 1\nb: "{escape}"\n')
        assert faults == [f"s.yaml:2:1: {said}; write the character itself"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    found, faults = tree.read(tmp_path / "s.yaml", name="s.yaml")
    assert found is None
    assert [str(fault) for fault in faults] == [
        f"s.yaml:1:1: there is no s.yaml in {tmp_path}; make a campaign folder with `campaignbot init DIR`"
    ]


def test_a_folder_in_the_file_s_place(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").mkdir()
    _, faults = tree.read(tmp_path / "s.yaml", name="s.yaml")
    assert [str(fault) for fault in faults] == [
        "s.yaml:1:1: s.yaml cannot be read: Is a directory; make it a file that you may read"
    ]


def test_bombs_are_refused_before_they_go_off(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30))]
    found, faults = _read(tmp_path, "\n".join(lines))
    assert found is None
    assert len(faults) == 30 + 29 * 10
    deep = "1:21: more than 20 levels stand inside each other; no part of the file needs more than five: "
    assert _read(tmp_path, "[" * 100_000) == (None, [f"s.yaml:{deep}look at the brackets"])
    assert _read(tmp_path, "{" * 100_000) == (None, [f"s.yaml:{deep}look at the brackets"])
    large = "s.yaml:1:1: the file is larger than 1 MiB; split the campaign into several folders"
    assert _read(tmp_path, "#" * (1024 * 1024 + 1)) == (None, [large])


@given(st.text(st.sampled_from("ab:-[]{}&*!|>'\"%@`#,? \n\t~0\u2028"), max_size=40))
def test_no_text_ever_brings_it_down(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    found, faults = _read(tmp_path_factory.getbasetemp(), text)
    assert found is not None or faults


@given(st.dictionaries(st.text("abcé:#'", min_size=1), st.text("ab \"':#{}[]é", min_size=1)))
def test_quoted_text_comes_back_as_written(tmp_path_factory: pytest.TempPathFactory, said: dict[str, str]) -> None:
    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    text = "z: 1\n" + "".join(f"{quoted('k' + name)}: {quoted('v' + value + 'v')}\n" for name, value in said.items())
    expected = {"z": "1", **{"k" + name: "v" + value + "v" for name, value in said.items()}}
    assert _read(tmp_path_factory.getbasetemp(), text) == (expected, [])
