"""What the crash stories found, as a table that people can read and as JSON: `python picture.py FOLDER`."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

LEGEND = (
    "Each cell is four posts, two on X and two on Facebook: how many are out exactly once, + how many are held for a "
    "person and shown. A star: the kill struck posts of this column at that very point. Again: requests to publish "
    "what was out already, or was being taken in."
)


@dataclass
class Cell:
    """One point in one outcome: its posts, by how they ended."""

    struck: int = 0  #: were at the very point
    sent: int = 0  #: once, and the ledger says so
    held: int = 0  #: in doubt or failed, not out, and shown to a person with what to do
    doubled: int = 0
    lost: int = 0  #: the ledger says otherwise than the network, or nothing that a person would see
    again: int = 0  #: requests to publish beyond what is out and what the network did not take in

    def add(self, how: str) -> None:
        """One more post that ended so; what has not ended is lost."""
        name = how if how in ("sent", "held", "doubled") else "lost"
        setattr(self, name, getattr(self, name) + 1)

    def shown(self) -> str:
        wrong = {"DOUBLED": self.doubled, "LOST": self.lost, "AGAIN": self.again}
        told = "".join(f" {number} {name}" for name, number in wrong.items() if number)
        return f"{self.sent}{f'+{self.held}' if self.held else ''}{'*' if self.struck else ''}{told}"


def add(place: str | None, case: str, cells: Mapping[str, Cell]) -> None:
    """Keep what a case found, a file a case: several processes may do so at once. None: nobody looks."""
    if place:
        said = {outcome: asdict(cell) for outcome, cell in cells.items()}
        (Path(place) / f"{case}.case").write_text(json.dumps(said), encoding="utf-8")


def note(place: str | None, name: str, **figures: float | str) -> None:
    """Keep what a story measured."""
    if place:
        (Path(place) / f"{name}.note").write_text(json.dumps(figures), encoding="utf-8")


def picture(folder: Path) -> str:
    """The table of all cases there; the same as JSON beside them."""
    found = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.case")}
    notes = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.note"))}
    said = {"points": found, "stories": notes}
    (folder / "crashes.json").write_text(json.dumps(said, indent=1, sort_keys=True), encoding="utf-8")
    rows = [["killed", *next(iter(found.values()), {})]]
    rows += [[case, *(Cell(**cell).shown() for cell in cells.values())] for case, cells in sorted(found.items())]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    cells = [Cell(**cell) for case in found.values() for cell in case.values()]
    total = f"{len(found)} points x {len(rows[0]) - 1} outcomes: " + ", ".join(
        f"{sum(getattr(cell, name) for cell in cells)} {name}" for name in ("sent", "held", "doubled", "lost", "again")
    )
    told = [f"{name}: {', '.join(f'{n} {what}' for what, n in figures.items())}" for name, figures in notes.items()]
    return "\n".join([*lines, "", LEGEND, total, "", *told])


if __name__ == "__main__":
    sys.stdout.write(picture(Path(sys.argv[1])) + "\n")
