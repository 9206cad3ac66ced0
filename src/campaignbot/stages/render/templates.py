"""What a template may say. The sandbox blocks escapes by attribute; it does not block loops, calls and arithmetic that
eat the machine, so only what stands on a short list is compiled at all."""

import difflib
import functools
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

SOURCE_LENGTH = 10_000
VALUE_LENGTH = 1_000
OUTPUT_LENGTH = 70_000
LINKS = ("join", "map", "safety", "next")
MOVING = frozenset({"days_left", "countdown", "account.handle"})  #: those that differ from post to post
VARIABLES = (
    "city.name",
    "city.venue",
    "city.address",
    "city.contact",
    "action.date",
    "action.time",
    "days_left",
    "countdown",
    *(f"links.{name}" for name in LINKS),
    "hashtags",
    "account.handle",
    "campaign.name",
)

_FILTERS = ("capitalize", "lower", "trim", "upper")
_CONST_LENGTH = 500
_CONST_INT = 1_000_000
_DEPTH = 10
_ORDERINGS = frozenset({"lt", "lteq", "gt", "gteq"})
_EQUALITIES = frozenset({"eq", "ne"})
_WORDS: dict[type[nodes.Node], str] = {
    nodes.For: "a loop",
    nodes.Call: "a call",
    nodes.Macro: "a macro",
    nodes.CallBlock: "a macro",
    nodes.Include: "another file",
    nodes.Import: "another file",
    nodes.FromImport: "another file",
    nodes.Extends: "another file",
    nodes.Block: "a block",
    nodes.Assign: "a variable of its own",
    nodes.AssignBlock: "a variable of its own",
    nodes.With: "a variable of its own",
    nodes.Test: "a test with `is`",
    nodes.Getitem: "square brackets",
    nodes.Slice: "square brackets",
    nodes.FilterBlock: "a filter block",
    nodes.List: "a list",
    nodes.Tuple: "a list",
    nodes.Dict: "a dictionary",
    nodes.Concat: "joining with `~`",
}


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Problem:
    """One thing wrong in a template's source. Lines and columns count from 1."""

    line: int
    column: int = 1
    code: str
    message: str
    fix: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Compiled:
    """A template ready to fill. `uses` are the variables it names, printed or tested, in order."""

    uses: tuple[str, ...]
    moving: bool = False  #: whether any of them differs from post to post
    readable: bool = True  #: False: not even its tags can be told from its words
    problems: tuple[Problem, ...] = ()
    fill: Callable[[Context], str] = field(repr=False)


def context(values: dict[str, str | int]) -> Context:
    """What a template is filled from: values, which must not change, under the names that `key` gives. It may serve
    many templates."""
    return _SANDBOX.context_class(_SANDBOX, values, None, {})


def key(path: str) -> str:
    """The flat name under which a variable's value is handed to `context`: "city.name" -> "v_city__name"."""
    return "v_" + path.replace(".", "__")


@functools.lru_cache(maxsize=4096)
def compiled(source: str) -> Compiled:
    """The template, compiled once. One with problems fills to nothing."""
    if len(source) > SOURCE_LENGTH:
        return _unreadable(1, f"longer than {SOURCE_LENGTH} characters", fix="a post is short: look at the file")
    try:
        tree = _SANDBOX.parse(source)
    except TemplateSyntaxError as error:
        return _unreadable(error.lineno, (error.message or "a syntax error").rstrip("."))
    except (RecursionError, ValueError, OverflowError):
        return _unreadable(1, "too deeply nested, or a number too large")
    reader = _Reader()
    reader.read(tree, depth=0)
    if reader.problems:
        return _useless(reader.problems, tuple(dict.fromkeys(reader.uses)))
    code = _SANDBOX.compile(_Flat().visit(tree))
    template = _SANDBOX.template_class.from_code(_SANDBOX, code, {})

    pieces = template.root_render_func

    def fill(values: Context) -> str:
        return unicodedata.normalize("NFC", "".join(pieces(values))).strip()[:OUTPUT_LENGTH]

    uses = tuple(dict.fromkeys(reader.uses))
    return Compiled(uses=uses, moving=not MOVING.isdisjoint(uses), fill=fill)


def unknown(path: str, known: tuple[str, ...]) -> tuple[str, str]:
    """What is wrong with a variable that is not known, and what to do, in words."""
    near = difflib.get_close_matches(path.lower(), known, n=1)
    fix = f"did you mean `{near[0]}`?" if near else f"the variables are {', '.join(known)}"
    return f"there is no variable `{path}`", fix


def _sandbox() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)  # posts are text
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in _FILTERS}
    made.tests = {}
    return made


_SANDBOX = _sandbox()


def _unreadable(line: int, said: str, *, fix: str = "mend the braces") -> Compiled:
    problem = Problem(line=line, code="template", message=f"this template cannot be read: {said}", fix=fix)
    return Compiled(uses=(), readable=False, problems=(problem,), fill=lambda values: "")


def _useless(problems: list[Problem], uses: tuple[str, ...]) -> Compiled:
    return Compiled(uses=uses, problems=tuple(sorted(problems)), fill=lambda values: "")


def _path(node: nodes.Node) -> str | None:
    """The variable that an expression names: `hashtags`, `city.name`."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{node.attr}"
    return None


class _Flat(NodeTransformer):
    """Puts one flat name for each dotted variable: nothing is left that could reach into an object."""

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802  # jinja2's visitor calls it so
        return nodes.Name(key(node.name), "load", lineno=node.lineno)

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802  # likewise
        return nodes.Name(key(_path(node) or ""), "load", lineno=node.lineno)


class _Reader:
    """Walks a syntax tree and notes what it uses and what it must not."""

    def __init__(self) -> None:
        self.uses: list[str] = []
        self.problems: list[Problem] = []

    def read(self, node: nodes.Node, *, depth: int) -> None:
        if depth > _DEPTH:
            self._refuse(node, "conditions nested so deeply")
        elif isinstance(node, nodes.Name | nodes.Getattr):
            self._read_variable(node)
        elif isinstance(node, nodes.Const):
            self._read_const(node)
        elif refused := _refused(node):
            self._refuse(node, refused)
        else:
            for child in node.iter_child_nodes():
                self.read(child, depth=depth + isinstance(node, nodes.If | nodes.Expr))

    def _read_variable(self, node: nodes.Name | nodes.Getattr) -> None:
        path = _path(node)
        if path is None:
            self._refuse(node, "more than one dot in a variable")
        elif "__" in path or path.startswith("_") or "._" in path:
            self._refuse(node, "a name with an underscore in front")
        else:
            self.uses.append(path)

    def _read_const(self, node: nodes.Const) -> None:
        value = node.value
        if isinstance(value, str):
            fits = len(value) <= _CONST_LENGTH
        else:
            fits = isinstance(value, int) and abs(value) <= _CONST_INT
        if not fits:
            self._refuse(node, "so large a value, a decimal number or `none`")

    def _refuse(self, node: nodes.Node, what: str) -> None:
        self.problems.append(
            Problem(
                line=node.lineno,
                code="template",
                message=f"a message may not use {what}",
                fix="messages hold words, {{ variables }}, {% if %} and the filters " + ", ".join(_FILTERS),
            )
        )


def _refused(node: nodes.Node) -> str | None:
    """Why an inner node is not on the short list, in plain words; None where it is."""
    match node:
        case nodes.Template() | nodes.Output() | nodes.TemplateData() | nodes.If() | nodes.Operand():
            return None
        case nodes.And() | nodes.Or() | nodes.Not():
            return None
        case nodes.CondExpr():
            return "an inline `if` without `else`" if node.expr2 is None else None
        case nodes.Filter():
            return _refused_filter(node)
        case nodes.Compare():
            return _refused_comparison(node)
        case nodes.BinExpr() | nodes.UnaryExpr():
            return _WORDS.get(type(node), "arithmetic")
        case _:
            return _WORDS.get(type(node), "this construct")


def _refused_filter(node: nodes.Filter) -> str | None:
    if node.name not in _FILTERS:
        return f"the filter `{node.name}`"
    if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
        return "a filter with arguments"
    return None


def _refused_comparison(node: nodes.Compare) -> str | None:
    for operand in node.ops:
        if operand.op not in _EQUALITIES | _ORDERINGS:
            return f"`{operand.op}`"
        numbers = _path(node.expr) == "days_left" and isinstance(operand.expr, nodes.Const)
        if operand.op in _ORDERINGS and not (numbers and isinstance(operand.expr.value, int)):  # type: ignore[attr-defined]  # `numbers` says that it is a Const
            return "a comparison of order, but for days_left with a number"
    return None
