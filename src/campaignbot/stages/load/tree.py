"""The text of schedules.yaml as a tree that knows where everything stands: every scalar is text, nothing is guessed.

Read from the parser's events, so that a bomb of aliases or of brackets is refused before it is unfolded.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from campaignbot.model.campaign import Mark
from campaignbot.model.errors import Fault
from campaignbot.stages.render import checking

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
ABSENT = frozenset({"", "~", "null", "Null", "NULL"})
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_ESCAPED = re.compile(f"{_UNPRINTABLE.pattern}|[\ud800-\udfff]")  # what "\\u…" in quotes can make

_INDENTED = ("this line does not begin where its neighbours do", "let lines that belong together begin in one column")
_QUOTES = ("this does not belong behind what stands before it", "put the whole text in quotes")
_PROBLEMS = {
    "'\\t'": ("a tab stands here", "use spaces"),
    "end of stream": ("what is opened here is never closed", "close the quotes"),
    "<stream end>": ("what is opened here is never closed", "close the bracket"),
    "mapping values are not allowed": ("a second colon stands in this line", "put the text in quotes"),
    "that cannot start any token": ("a text cannot begin with this character", "put the text in quotes"),
    "block mapping start": _INDENTED,
    "block end": _INDENTED,
    "could not find expected ':'": ("a colon is missing here or in the line above", "write `name: value`"),
}
"""What the parser's most frequent complaints mean to the person who wrote the file."""
_OTHERWISE = ("this is not YAML", "look at the quotes, brackets, colons and spaces here and in the line above")


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar. `text` is None where the file says nothing: `null`, `~`, or empty."""

    text: str | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Rows:
    rows: "list[Node]"
    mark: Mark


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping, in the file's order: name -> where the name stands, and what stands behind it."""

    fields: "dict[str, tuple[Mark, Node]]"
    mark: Mark


Node = Text | Rows | Fields


class _Unreadable(Exception):
    """No tree can be made of the file; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def read(path: Path, *, name: str) -> tuple[Fields | None, list[Fault]]:
    """The tree of a file, and what is wrong with its form. `name` is the file's name in faults. The tree is None
    where the form is too broken to go on."""
    builder = _Builder(file=name)
    try:
        tree = builder.tree(_decoded(_bytes(path, name=name), name=name))
    except _Unreadable as unreadable:
        return None, [unreadable.fault]
    return (None if builder.aliased else tree), builder.faults


def _fault(file: str, code: str, message: str, fix: str, *, line: int = 1, column: int = 1) -> _Unreadable:
    return _Unreadable(Fault(file=file, line=line, column=column, code=code, message=message, fix=fix))


def _bytes(path: Path, *, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            found = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        message, fix = f"there is no {name} in {path.parent}", "make a campaign folder with `campaignbot init DIR`"
        raise _fault(name, "no-file", message, fix) from None
    except OSError as error:
        message, fix = f"{name} cannot be read: {error.strerror}", "make it a file that you may read"
        raise _fault(name, "unreadable", message, fix) from None
    if len(found) > MAX_BYTES:
        raise _fault(name, "too-large", "the file is larger than 1 MiB", "split the campaign into several folders")
    return found


def _decoded(found: bytes, *, name: str) -> str:
    if found.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _fault(name, "bom", "the file starts with a byte order mark", 'save it as "UTF-8" without BOM')
    try:
        text = found.decode("utf-8")
    except UnicodeDecodeError as error:
        before = found[: error.start].decode("utf-8")
        line, column = position(before, len(before))
        raise _fault(name, "utf-8", "the file is not UTF-8", "save it as UTF-8", line=line, column=column) from None
    if odd := _UNPRINTABLE.search(text):
        line, column = position(text, odd.start())
        message = f"an invisible character stands here (U+{ord(odd.group()):04X})"
        raise _fault(name, "control", message, "delete it", line=line, column=column)
    return text


def position(text: str, index: int) -> tuple[int, int]:
    """Line and column, from 1, of a place in a text."""
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


@dataclass(slots=True)
class _Builder:
    file: str
    faults: list[Fault] = field(default_factory=list)
    aliased: bool = False  #: something stands elsewhere: the tree is not whole
    depth: int = 0

    def tree(self, text: str) -> Fields:
        events = self._events(text)
        documents = 0
        tree: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._stop(event, "documents", "a second document starts here", 'delete the line "---"')
            elif isinstance(event, NodeEvent):
                tree = self._node(event, events)
        if tree is None or (isinstance(tree, Text) and tree.text is None):
            message, fix = "the file is empty", "start from the shipped one: `campaignbot init DIR`"
            raise _fault(self.file, "empty", message, fix)
        if not isinstance(tree, Fields):
            message, fix = "the file is not a list of keys", "start it with the line `campaign:`"
            raise _fault(self.file, "shape", message, fix, line=tree.mark.line, column=tree.mark.column)
        return tree

    def _events(self, text: str) -> Iterator[Event]:
        line = 1
        try:
            for event in YAML(typ="safe", pure=True).parse(text):
                line = event.end_mark.line + 1
                yield event
        except MarkedYAMLError as error:
            raise self._broken(error, text) from None
        except (ValueError, OverflowError):  # the parser itself does not expect "\UFFFFFFFF"
            message = "a character that does not exist is written here with a backslash, or in the line below"
            raise _fault(self.file, "yaml", message, "write the character itself", line=line) from None

    def _broken(self, error: MarkedYAMLError, text: str) -> _Unreadable:
        problem = str(error.problem)
        said = next((said for sign, said in _PROBLEMS.items() if sign in problem), _OTHERWISE)
        # where a quote or a bracket was never closed, its beginning says more than the end of the file
        unclosed = error.context_mark is not None and ("end of stream" in problem or "<stream end>" in problem)
        mark = error.context_mark if unclosed else error.problem_mark
        before = [*text.splitlines(), ""][mark.line][: mark.column]
        if said is _INDENTED and before.strip():
            said = _QUOTES
        elif "mapping values" in problem and ":" not in before:
            said = _INDENTED
        return _fault(self.file, "yaml", *said, line=mark.line + 1, column=mark.column + 1)

    def _node(self, event: NodeEvent, events: Iterator[Event]) -> Node:
        mark = self._mark(event)
        self._plain_only(event)
        if isinstance(event, ScalarEvent):
            return Text(self._said(event, mark), mark)
        if isinstance(event, AliasEvent):
            self.aliased = True
            return Text(None, mark)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} levels stand inside each other"
            raise self._stop(event, "depth", message, "no part of the file needs more than five: look at the brackets")
        node = self._rows(events, mark) if isinstance(event, SequenceStartEvent) else self._fields(events, mark)
        self.depth -= 1
        return node

    def _rows(self, events: Iterator[Event], mark: Mark) -> Rows:
        rows: list[Node] = []
        while not isinstance(event := next(events), SequenceEndEvent):
            rows.append(self._node(cast(NodeEvent, event), events))
        return Rows(rows, mark)

    def _fields(self, events: Iterator[Event], mark: Mark) -> Fields:
        fields: dict[str, tuple[Mark, Node]] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            name = self._node(cast(NodeEvent, event), events)
            behind = self._node(cast(NodeEvent, next(events)), events)
            if not isinstance(name, Text) or name.text is None:
                self._note(name.mark, "key", "this is not a name that a key can have", "write `name: value`")
            elif name.text in fields:
                first = fields[name.text][0].line
                message = f'"{name.text}" stands twice, first in line {first}'
                self._note(name.mark, "duplicate-key", message, "keep one of the two")
            else:
                silent = isinstance(behind, Text) and behind.text is None
                # an empty value begins wherever the next line does: the name says better where something is lacking
                fields[name.text] = (name.mark, Text(None, name.mark) if silent else behind)
        return Fields(fields, mark)

    def _plain_only(self, event: NodeEvent) -> None:
        mark = self._mark(event)
        if isinstance(event, AliasEvent):
            self._note(mark, "alias", f'"*{event.anchor}" points elsewhere', "write the value out here")
        elif event.anchor is not None:
            self._note(mark, "anchor", f'"&{event.anchor}" marks a value for use elsewhere', "delete the mark")
        elif isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            message = f'"{event.tag}" names a type'
            self._note(mark, "tag", message, "delete it: the program knows what it reads here")

    def _said(self, event: ScalarEvent, mark: Mark) -> str | None:
        """What a scalar says. What nobody can see is noted and left out: the rest is looked at all the same."""
        text = event.value
        for unseen in (_ESCAPED, checking.HIDDEN):
            for odd in dict.fromkeys(unseen.findall(text)):
                message = f"an invisible character stands in this text (U+{ord(odd):04X})"
                self._note(mark, "control", message, "write the text anew")
            text = unseen.sub("", text)
        text = unicodedata.normalize("NFC", text).strip()
        unquoted = event.style is None
        return None if not text or (unquoted and text in ABSENT) else text

    def _mark(self, event: Event) -> Mark:
        return Mark(file=self.file, line=event.start_mark.line + 1, column=event.start_mark.column + 1)

    def _note(self, mark: Mark, code: str, message: str, fix: str) -> None:
        self.faults.append(
            Fault(file=mark.file, line=mark.line, column=mark.column, code=code, message=message, fix=fix)
        )

    def _stop(self, event: Event, code: str, message: str, fix: str) -> _Unreadable:
        mark = self._mark(event)
        return _fault(self.file, code, message, fix, line=mark.line, column=mark.column)
