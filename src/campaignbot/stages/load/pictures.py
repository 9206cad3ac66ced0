"""The files under media/: pictures that go out with a message."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath

from campaignbot.model.campaign import Account, Mark, Picture, base
from campaignbot.model.post import Limits
from campaignbot.stages.load import languages, schedule, section, texts, values

FOLDER = "media"
MAX_BYTES = 20_000_000  #: more than any network takes: not read at all
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp"}


def read(folder: Path, parts: schedule.Parts, book: section.Book) -> dict[str, Picture]:
    """Every picture, by its path below media/ without the ending. There need not be any."""
    root = folder / FOLDER
    found: dict[str, Picture] = {}
    for path in texts.files(root) if root.is_dir() else ():
        mark = Mark(file=path.relative_to(folder).as_posix(), line=1, column=1)
        name = PurePosixPath(mark.file).relative_to(FOLDER).with_suffix("").as_posix()
        try:
            _placed(path, name, parts)
        except values.Wrong as wrong:
            book.warn(mark, wrong.code, wrong.message, wrong.fix)
            continue
        book.marks[mark.file] = mark
        try:
            picture = _picture(path, mark.file)
        except values.Wrong as wrong:
            book.note(mark, wrong.code, wrong.message, wrong.fix)
            continue
        if name in found:
            message = f"{found[name].path} is a picture for the same message"
            book.note(mark, "two-pictures", message, "keep one of the two")
        found.setdefault(name, picture)
    return found


def _placed(path: Path, name: str, parts: schedule.Parts) -> None:
    """Raise Wrong where the file is no picture that a post would ever take."""
    texts.regular(path)
    if path.suffix not in TYPES:
        fix = f"use one of {', '.join(TYPES)}, or move it out of {FOLDER}/"
        raise values.Wrong(
            "stray", f"{values.quoted(path.suffix)} is not the ending of a picture, so it is not used", fix
        )
    *between, message = name.split("/")
    if len(between) > 1:
        fix = f"move it to {FOLDER}/<city or language>/{path.name}"
        raise values.Wrong("stray", "this file lies in the wrong place, so it is not used", fix)
    cities, messages = parts.named_cities, parts.named_messages
    if between and cities is not None and between[0] not in cities and not languages.known(between[0]):
        wrong = f"the folder {values.quoted(between[0])} is neither a city nor a language, so the file is not used"
        raise values.Wrong("stray", wrong, values.suggestion(between[0], sorted(cities)))
    if messages is not None and message not in messages:
        wrong = f"no slot sends the message {values.quoted(message)}, so the picture is not used"
        raise values.Wrong("stray", wrong, values.suggestion(message, sorted(messages)))


def _picture(path: Path, relative: str) -> Picture:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"the picture cannot be read: {error.strerror}"
        raise values.Wrong("unreadable", message, "make it a file that you may read") from None
    if len(data) > MAX_BYTES:
        message = "the picture is larger than 20 MB, more than any network takes"
        raise values.Wrong("picture-size", message, "save it smaller")
    shown = _sniffed(data)
    if shown is None:
        raise values.Wrong(
            "picture-type", "this is not a picture, whatever its name says", "save it again as PNG or JPEG"
        )
    if shown != TYPES[path.suffix]:
        message = f"the name ends in {path.suffix}, but the picture is {shown}"
        raise values.Wrong("picture-type", message, f"rename it to {path.stem}{_ending(shown)}")
    return Picture(path=relative, media_type=shown, data=data)


def _sniffed(data: bytes) -> str | None:
    """What a file's first bytes say that it is."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    starts = {
        b"\x89PNG\r\n\x1a\n": "image/png",
        b"\xff\xd8\xff": "image/jpeg",
        b"GIF87a": "image/gif",
        b"GIF89a": "image/gif",
    }
    return next((kind for start, kind in starts.items() if data.startswith(start)), None)


def _ending(media_type: str) -> str:
    return next(ending for ending, kind in TYPES.items() if kind == media_type)


def fitting(
    pictures: dict[str, Picture], parts: schedule.Parts, book: section.Book, *, limits: Callable[[Account], Limits]
) -> dict[str, Picture]:
    """Those that every network of their cities takes; the others are noted, once a network."""
    fit = {}
    for name, picture in pictures.items():
        networks = {account.platform: limits(account) for account in _takers(name, parts)}
        wrongs = [wrong for network, taken in networks.items() for wrong in _unfit(picture, network, taken)]
        for wrong in wrongs:
            book.note(book.marks[picture.path], wrong.code, wrong.message, wrong.fix)
        if not wrongs:
            fit[name] = picture
    return fit


def _unfit(picture: Picture, network: str, taken: Limits) -> Iterator[values.Wrong]:
    if len(picture.data) > taken.picture_bytes:
        message = f"the picture has {len(picture.data):,} bytes, but {network} takes {taken.picture_bytes:,}"
        yield values.Wrong("picture-size", message, "save it smaller")
    if picture.media_type not in taken.picture_types:
        kinds = ", ".join(kind.removeprefix("image/") for kind in taken.picture_types)
        message = f"{network} takes no {picture.media_type.removeprefix('image/')} pictures"
        yield values.Wrong("picture-type", message, f"save it as one of: {kinds}")


def _takers(name: str, parts: schedule.Parts) -> Iterable[Account]:
    place = name.rpartition("/")[0]
    for city in parts.cities.values():
        tags = {*city.languages, *(base(tag) for tag in city.languages)}
        if not place or place == city.id or place in tags:
            yield from (parts.accounts[account] for account in city.accounts if account in parts.accounts)
