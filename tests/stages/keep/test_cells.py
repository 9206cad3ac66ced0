"""A table of joiners that no spreadsheet and no terminal takes for orders."""

import csv
import io
from dataclasses import replace

import pytest

import made
from campaignbot.model.reply import Note
from campaignbot.stages import keep

NOTE = Note(city="London", party_size=2, language="en", platform="x", answer_to="Ann", at=made.NOON)


def cell(answer_to: str) -> str:
    """What stands in the table for whom to answer."""
    (_, row) = csv.reader(io.StringIO(keep.table([replace(NOTE, answer_to=answer_to)])))
    return row[4]


def test_a_table_is_csv_as_the_rfc_has_it() -> None:
    notes = [NOTE, replace(NOTE, party_size=None, answer_to='Ann "A", B', withdrawn=True)]
    assert keep.table(notes) == (
        "city,party_size,language,platform,answer_to,at_utc,withdrawn\r\n"
        "London,2,en,x,Ann,2026-12-01T12:00:00Z,False\r\n"
        'London,,en,x,"Ann ""A"", B",2026-12-01T12:00:00Z,True\r\n'
    )


@pytest.mark.parametrize("start", "=+-@|%＝＋－＠﹦﹢﹣﹫⁼₊−\"'`“‘«＂(\U0001f3f3")
@pytest.mark.parametrize(
    "before", ["", " ", "\t", "\r", "\n", "\r\n", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u202e", "\0"]
)
def test_no_cell_begins_as_a_formula_does(start: str, before: str) -> None:
    assert cell(f"{before}{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("quote", ['"', "'", '""', "'\" '", "“", "«"])
def test_a_formula_in_quotes_is_none_either(quote: str) -> None:
    assert cell(f"{quote}=1+1") == f"'{quote}=1+1"


def test_a_table_that_is_parted_at_semicolons_finds_no_formula_behind_one() -> None:
    assert cell("Ann;=1+1;\t=2") == "Ann,=1+1, =2"


@pytest.mark.parametrize("name", ["Ann", "Núria", "Øystein", "Анна", "محمد", "7th", "李"])
def test_a_name_stays_as_it_is(name: str) -> None:
    assert cell(name) == name


def test_a_terminal_finds_nothing_to_obey() -> None:
    assert cell("Ann \x1b]0;x\x07\x9b31m\u202edrow\u2066\u200f\ud800") == "Ann ]0,x 31m drow"
