"""The folder itself: a new one from the campaign that ships, and whether one has changed."""

import contextlib
import hashlib
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import campaignbot
from campaignbot.model.errors import UserError

SCHEDULES = "schedules.yaml"
FOLDERS = ("messages", "media")
IGNORED = "# the state holds people's replies: never put it under version control\n.campaignbot/\n"
#: So long files must stay as they are before they are taken up, in seconds.
REST = 1.0


def shipped() -> Path:
    """Where the campaign that ships lies: inside the installed package, or at the root of a source checkout."""
    package = Path(campaignbot.__file__).parent
    packed = package / "shipped"
    for place in (packed, package.parents[1]):
        if (place / SCHEDULES).is_file() and (place / FOLDERS[0]).is_dir():
            return place
    raise UserError(f"the campaign that ships is not in {packed}; install campaignbot again")


def init(folder: Path) -> list[Path]:
    """Make a campaign folder from the campaign that ships; the files made, sorted. Nothing that is there is touched:
    UserError where a campaign is there already, or the folder cannot be written."""
    source = shipped()
    for name in (SCHEDULES, *FOLDERS):
        if (folder / name).exists():
            raise UserError(f"{folder / name} is there already; choose a new folder: `campaignbot init DIR`")
    wanted = [source / SCHEDULES]
    for name in FOLDERS:
        wanted += (path for path in (source / name).rglob("*") if path.is_file())
    made: list[Path] = []
    folders: list[Path] = []
    try:
        for path in wanted:
            target = folder / path.relative_to(source)
            _make_way(target.parent, folders)
            made.append(target)
            shutil.copyfile(path, target)
        ignored = folder / ".gitignore"
        if not ignored.exists():
            made.append(ignored)
            ignored.write_text(IGNORED, encoding="utf-8")
    except BaseException as error:
        _take_back(made, folders)  # half a campaign would be in the way of the next try
        if isinstance(error, OSError):
            raise UserError(
                f"{folder} cannot be written ({error.strerror}); nothing was left there: choose a folder of your own, "
                "with room in it"
            ) from None
        raise
    return sorted(made)


def _make_way(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, and note which were not there."""
    if folder.is_dir():
        return
    _make_way(folder.parent, made)
    folder.mkdir()
    made.append(folder)


def _take_back(files: list[Path], folders: list[Path]) -> None:
    with contextlib.suppress(OSError):
        for path in files:
            path.unlink(missing_ok=True)
        for path in reversed(folders):
            path.rmdir()


@dataclass(kw_only=True)
class Watched:
    """The files of one folder, which somebody may be saving right now: an editor or a copy writes them in pieces, and
    half a file may well be a valid one that has lost its last slots."""

    folder: Path
    taken: str  #: the fingerprint of what is in force
    seen: str = ""
    since: float = 0.0  #: `at` of the first look that saw the files as last seen
    restless: float | None = None  #: `at` of the first look that saw other files than those in force

    def look(self, *, at: float) -> bool:
        """Whether there is something to take up: other files than those in force, and the same for `REST` seconds.
        `at`: seconds, of a clock that only goes forward."""
        now = fingerprint(self.folder)
        if now == self.taken:
            self.seen, self.restless = now, None
            return False
        if self.restless is None:
            self.restless = at
        if now != self.seen:
            self.seen, self.since = now, at
        return at - self.since >= REST

    def take(self) -> None:
        """What was last seen is in force."""
        self.taken, self.restless = self.seen, None


def at_rest(folder: Path, *, now: datetime) -> bool:
    """Whether no file of the campaign was touched in the last moments, by the file system's own word, which nobody can
    set."""
    for path in _files(folder):
        try:
            changed = path.stat().st_ctime
        except OSError:
            continue
        if 0 <= now.timestamp() - changed < REST:
            return False
    return True


def fingerprint(folder: Path) -> str:
    """A text that changes when a file of the campaign does: names, sizes and times, not the bytes."""
    seen = hashlib.sha256()
    for path in _files(folder):
        try:
            state = path.stat()
        except OSError:  # it went away while we looked, which is a change as well
            seen.update(f"{path}\0gone\n".encode())
            continue
        seen.update(f"{path.relative_to(folder)}\0{state.st_mtime_ns}\0{state.st_size}\n".encode())
    return seen.hexdigest()


def _files(folder: Path) -> list[Path]:
    found = [folder / SCHEDULES]
    for name in FOLDERS:
        found += sorted((folder / name).rglob("*"))
    return found
