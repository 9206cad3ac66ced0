"""The folder itself: a new one from the campaign that ships, and whether one has changed."""

import hashlib
import shutil
from pathlib import Path

import campaignbot
from campaignbot.model.errors import UserError

SCHEDULES = "schedules.yaml"
FOLDERS = ("messages", "media")


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
    made = []
    try:
        for path in wanted:
            target = folder / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            made.append(target)
        ignored = folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text(
                "# the state holds people's replies: never put it under version control\n.campaignbot/\n"
            )
            made.append(ignored)
    except OSError as error:
        raise UserError(f"{folder} cannot be written ({error.strerror}); choose a folder of your own") from None
    return sorted(made)


def fingerprint(folder: Path) -> str:
    """A text that changes when a file of the campaign does: names, sizes and times, not the bytes."""
    found = [folder / SCHEDULES]
    for name in FOLDERS:
        found += sorted((folder / name).rglob("*"))
    seen = hashlib.sha256()
    for path in found:
        try:
            state = path.stat()
        except OSError:  # it went away while we looked, which is a change as well
            seen.update(f"{path}\0gone\n".encode())
            continue
        seen.update(f"{path.relative_to(folder)}\0{state.st_mtime_ns}\0{state.st_size}\n".encode())
    return seen.hexdigest()
