"""The files under messages/: which template each one is, and which ones nobody will ever see."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from campaignbot.model.campaign import Kind, Mark, Template
from campaignbot.stages.load import languages, schedule, section, tree, values

FOLDER = "messages"
ENDING = ".txt.j2"
MAX_BYTES = 64 * 1024
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")


def read(folder: Path, parts: schedule.Parts, book: section.Book) -> tuple[Template, ...]:
    """Every template, by path. Stray files are noted as warnings, unreadable ones as errors."""
    root = folder / FOLDER
    if not root.is_dir():
        fix = "make it, with a folder for each language; `campaignbot init DIR` shows how"
        book.note(Mark(file=FOLDER, line=1, column=1), "no-messages", f'there is no folder "{FOLDER}"', fix)
        return ()
    wanted = parts.named_messages
    found = []
    for path in files(root):
        mark = Mark(file=path.relative_to(folder).as_posix(), line=1, column=1)
        try:
            template = _template(path, mark.file, parts.named_cities)
        except values.Wrong as wrong:
            book.warn(mark, wrong.code, wrong.message, wrong.fix)
            continue
        except _Unreadable as error:
            book.marks[mark.file] = mark
            book.note(error.mark, error.code, error.message, error.fix)
            continue
        book.marks[mark.file] = mark
        found.append(template)
        if wanted is not None and template.message not in wanted:
            message = f"no slot sends the message {values.quoted(template.message)}"
            book.warn(mark, "unused", message, values.suggestion(template.message, sorted(wanted)))
    return tuple(found)


def files(root: Path) -> Iterator[Path]:
    """Every file below a folder, sorted; hidden ones and README.md are the writer's own business."""
    for path in sorted(root.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if not hidden and path.name != "README.md" and (path.is_symlink() or not path.is_dir()):
            yield path


def regular(path: Path) -> None:
    """Raise Wrong for what is no file of the folder's own: a link might show a file of the server to the world."""
    if path.is_symlink() or not path.is_file():
        raise values.Wrong("stray", "this is not a plain file, so it is not used", "put a copy of the file here")


class _Unreadable(Exception):
    """A template that is one, but whose text cannot be used."""

    def __init__(self, code: str, message: str, fix: str, *, mark: Mark) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.mark = mark


def _template(path: Path, relative: str, cities: Collection[str] | None) -> Template:
    regular(path)
    *between, filename = PurePosixPath(relative).parts[1:]
    if not filename.endswith(ENDING):
        fix = f"rename it to {filename.split('.')[0]}{ENDING}, or move it out of {FOLDER}/"
        raise values.Wrong("stray", f"only files that end in {ENDING} are used", fix)
    if not between or len(between) > 2:
        message = "this file lies in the wrong place, so it is not used"
        raise values.Wrong("stray", message, f"move it to {FOLDER}/<language>/{filename}")
    language, city = between[0], between[1] if len(between) == 2 else None
    try:
        languages.either(language)
    except values.Wrong as wrong:
        message = f"the folder {values.quoted(language)} is not a language, so the file is not used"
        raise values.Wrong("stray", message, wrong.fix) from None
    if city is not None and cities is not None and city not in cities:
        message = f"the folder {values.quoted(city)} is not a city, so the file is not used"
        raise values.Wrong("stray", message, values.suggestion(city, sorted(cities)))
    message_name, kind, platform = _variant(filename.removesuffix(ENDING))
    return Template(
        path=relative,
        language=language,
        message=message_name,
        kind=kind,
        platform=platform,
        city=city,
        source=_source(path, relative),
    )


def _variant(stem: str) -> tuple[str, Kind, str | None]:
    """The message, the kind and the platform that a file's name says."""
    message, *rest = stem.split(".")
    values.name(message)
    if not rest:
        return message, Kind.TEXT, None
    if rest == ["alt"]:
        return message, Kind.ALT, None
    variant = ".".join(rest)
    if variant in schedule.LATER:
        wrong = f"the platform {values.quoted(variant)} is not built into this version, so the file is not used"
        raise values.Wrong("stray", wrong, f"delete it, or use one of: {', '.join(schedule.BUILT)}")
    if variant not in schedule.BUILT:
        wrong = f"{values.quoted(variant)} is not a platform, so the file is not used"
        raise values.Wrong("stray", wrong, values.suggestion(variant, (*schedule.BUILT, "alt")))
    return message, Kind.TEXT, variant


def _source(path: Path, relative: str) -> str:
    mark = Mark(file=relative, line=1, column=1)
    try:
        with path.open("rb") as file:
            found = file.read(MAX_BYTES + 1)
    except OSError as error:
        message, fix = f"the file cannot be read: {error.strerror}", "make it a file that you may read"
        raise _Unreadable("unreadable", message, fix, mark=mark) from None
    if len(found) > MAX_BYTES:
        raise _Unreadable("too-large", "the text is larger than 64 KiB", "a post is short: look at the file", mark=mark)
    try:
        text = found.decode("utf-8")
    except UnicodeDecodeError as error:
        before = found[: error.start].decode("utf-8")
        line, column = tree.position(before, len(before))
        at = Mark(file=relative, line=line, column=column)
        raise _Unreadable("utf-8", "the file is not UTF-8", "save it as UTF-8", mark=at) from None
    text = text.replace("\r\n", "\n")
    if text.startswith("\ufeff"):  # Windows puts it there, and no editor shows it: "delete it" would not help
        message, fix = "the file starts with a byte order mark", 'save it as "UTF-8" without BOM'
        raise _Unreadable("bom", message, fix, mark=mark)
    if odd := _CONTROL.search(text):
        line, column = tree.position(text, odd.start())
        at = Mark(file=relative, line=line, column=column)
        message = f"an invisible character stands here (U+{ord(odd.group()):04X})"
        raise _Unreadable("control", message, "delete it", mark=at)
    return unicodedata.normalize("NFC", text)
