"""Joiners as records and as a table that no spreadsheet takes for orders."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from campaignbot.model.reply import Note
from campaignbot.stages.detect import clean

COLUMNS = ("city", "party_size", "language", "platform", "answer_to", "at_utc", "withdrawn")


def record(note: Note) -> dict[str, Any]:
    """One joiner, for machines: as it was kept."""
    at = note.at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    values = (note.city, note.party_size, note.language, note.platform, note.answer_to, at, note.withdrawn)
    return dict(zip(COLUMNS, values, strict=True))


def table(notes: Sequence[Note]) -> str:
    """CSV as RFC 4180 has it. No cell is a formula, and none holds what a terminal would obey or nobody sees."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in record(note).values()] for note in notes)
    return out.getvalue()


def _cell(value: object) -> str:
    # a spreadsheet that parts at semicolons would find the start of a cell behind one
    text = "" if value is None else clean.visible(str(value)).replace(";", ",")
    # letters and numbers alone begin no formula: not =, not +1, not "=, not its full-width or mathematical brother
    return text if text[:1].isalnum() or not text else f"'{text}"
