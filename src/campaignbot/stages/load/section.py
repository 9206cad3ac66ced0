"""Reading one part of the file: every fault is noted where it stands, and what was asked for is what is known."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

from campaignbot.model.campaign import Mark
from campaignbot.model.errors import Fault, Severity
from campaignbot.stages.load import tree, values

T = TypeVar("T")
D = TypeVar("D")
Convert = Callable[[str], T]  #: raises values.Wrong


@dataclass(slots=True)
class Book:
    """What reading has found so far."""

    faults: list[Fault] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)
    lists: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """Every list that was read, of sound parts or not: what it names can be looked for all the same."""

    def note(self, mark: Mark, code: str, message: str, fix: str, *, severity: Severity = Severity.ERROR) -> None:
        self.faults.append(
            Fault(
                file=mark.file,
                line=mark.line,
                column=mark.column,
                severity=severity,
                code=code,
                message=message,
                fix=fix,
            )
        )

    def warn(self, mark: Mark, code: str, message: str, fix: str) -> None:
        self.note(mark, code, message, fix, severity=Severity.WARNING)

    @property
    def sound(self) -> bool:
        return all(fault.severity is not Severity.ERROR for fault in self.faults)


class Section:
    """One mapping of the file. Ask for every key that may stand in it, then `close`.

    A value that is wrong is noted and comes back as None whatever its type: what is built from it may be used only
    where `close` says that the section is sound. An unknown key is noted and spoils nothing.
    """

    def __init__(self, fields: tree.Fields, path: str, book: Book) -> None:
        self.path = path
        self.mark = fields.mark
        self.book = book
        self.sound = True
        self._fields = fields.fields
        self._known: dict[str, None] = {}  #: in the order asked for
        for key, (mark, node) in self._fields.items():
            book.marks[self._at(key)] = node.mark if isinstance(node, tree.Text) and node.text is not None else mark

    def required(self, key: str, convert: Convert[T]) -> T:
        if self.node(key) is None:
            self._missing(key)
            return cast(T, None)  # the section is unsound now: see the class
        return self.optional(key, convert, cast(T, None))  # likewise

    def optional(self, key: str, convert: Convert[T], otherwise: D) -> T | D:
        node = self.node(key)
        if node is None:
            return otherwise
        return self.value(node, convert)

    def value(self, node: tree.Node, convert: Convert[T]) -> T:
        """One scalar, converted."""
        if not isinstance(node, tree.Text):
            self.spoil(node.mark, values.Wrong("shape", "several values stand here", "write one value"))
        elif node.text is None:
            self.spoil(node.mark, values.Wrong("missing", "nothing stands here", "write a value, or delete the line"))
        else:
            try:
                return convert(node.text)
            except values.Wrong as wrong:
                self.spoil(node.mark, wrong)
        return cast(T, None)  # the section is unsound now: see the class

    def rows(self, key: str, convert: Convert[T]) -> tuple[T, ...] | None:
        """A list, each value once; None where it is absent."""
        node = self.node(key)
        if node is None:
            return None
        if not isinstance(node, tree.Rows):
            self.spoil(node.mark, values.Wrong("shape", f'"{key}" is not a list', "put brackets round it: [one, two]"))
            return ()
        found: dict[T, None] = {}
        for row in node.rows:
            value = self.value(row, convert)
            if value is not None and value in found:
                self.spoil(row.mark, values.Wrong("twice", "this stands twice in the list", "delete one"))
            found[value] = None
            self.book.marks.setdefault(f"{self._at(key)}/{value}", row.mark)
        self.book.lists[self._at(key)] = tuple(value for value in found if value is not None)
        return tuple(found)

    def part(self, key: str, *, required: bool = False) -> "Section | None":
        """The mapping under a key; None where it is absent, or wrong and noted."""
        node = self.node(key)
        if node is None:
            if required:
                self._missing(key)
            return None
        return self.mapping(node, key)

    def mapping(self, node: tree.Node, key: str) -> "Section | None":
        if not isinstance(node, tree.Fields):
            fix = f'write "{key}: {{name: value}}", or lines below it that stand further in'
            self.spoil(node.mark, values.Wrong("shape", f'"{key}" has no names of its own below it', fix))
            return None
        return Section(node, self._at(key), self.book)

    def named(self, name: Convert[str]) -> Iterator[tuple[str, tree.Node]]:
        """All that stands here, under names of the writer's own choice. A wrong name is noted, and comes all the same:
        what is wrong below it is to be told as well."""
        for key, (mark, node) in self._fields.items():
            self._known[key] = None
            try:
                name(key)
            except values.Wrong as wrong:
                self.spoil(mark, wrong)
            yield key, node

    def node(self, key: str) -> tree.Node | None:
        """What stands under a key; None where it is absent."""
        self._known[key] = None
        if key not in self._fields or _absent(self._fields[key][1]):
            return None
        return self._fields[key][1]

    def spoil(self, mark: Mark, wrong: values.Wrong) -> None:
        self.sound = False
        self.book.note(mark, wrong.code, wrong.message, wrong.fix)

    def close(self) -> bool:
        """Note the keys that nobody asked for; whether what was read may be used."""
        for key, (mark, _) in self._fields.items():
            if key not in self._known:
                fix = values.suggestion(key, self._known)
                self.book.note(mark, "unknown-key", f"{values.quoted(key)} is not a key that is known here", fix)
        return self.sound

    def _missing(self, key: str) -> None:
        mark = self._fields[key][0] if key in self._fields else self.book.marks.get(self.path, self.mark)
        self.spoil(mark, values.Wrong("missing", f'"{key}" is missing', f'add "{key}: …"'))

    def _at(self, key: str) -> str:
        return f"{self.path}/{key}" if self.path else key


def _absent(node: tree.Node) -> bool:
    return isinstance(node, tree.Text) and node.text is None
