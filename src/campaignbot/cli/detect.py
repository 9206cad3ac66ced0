"""detect: try the phrases by which replies are understood, and teach the optional model."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from campaignbot import app
from campaignbot.cli import door
from campaignbot.cli.door import Folder
from campaignbot.model import errors
from campaignbot.model.reply import Reading
from campaignbot.stages import teach
from campaignbot.stages.detect import check as checks
from campaignbot.stages.detect import examples, phrases
from campaignbot.stages.detect.examples import Example

_UNTIED = "says twice in a row: {words}. A choice of several words has to be tied: i_will|we_will"
WRONG = 5  #: how many ids of wrong hits are shown of one phrase


@click.group()
def detect() -> None:
    """How replies are understood."""


@detect.command()
@click.option("--against", type=click.Path(path_type=Path), help="A baseline saved before: show what changed since.")
@click.option("--save", type=click.Path(path_type=Path), help="Save what is read now as a baseline.")
@click.option("--figures", type=click.Path(path_type=Path), help="Write the sheet of figures to this file (Markdown).")
@click.option("--language", help="Only these examples: a language such as ro, or el-latn for Greek in Latin letters.")
@click.option("--all", "every", is_flag=True, help="Every phrase that was found, not only those that are ever wrong.")
@door.as_json
@door.campaign
def check(
    folder: Folder,
    against: Path | None,
    save: Path | None,
    figures: Path | None,
    language: str | None,
    every: bool,
    as_json: bool,
) -> None:
    """Try every phrase on the examples that ship: what it finds rightly and wrongly, and what changed."""
    before = None if against is None else _baseline(against)
    among = _among(language)
    known = app.outline(folder.path)
    readings = checks.read(among, known)
    answers, rows = checks.answers(readings), checks.sheet(readings)
    open_ = [example for example in among if not example.held_out]
    found = [one for one in checks.tried(open_, known) if every or one.wrong]
    untied = checks.untied(phrases.shipped().phrases)
    changed = [] if before is None else checks.changed(before, answers)
    if save is not None:
        _write(save, json.dumps(answers, ensure_ascii=False, indent=1) + "\n")
    if figures is not None:
        _write(figures, checks.page(rows))
    if as_json:
        loose = [{"phrase": phrase.source, "language": phrase.language, "twice": words} for phrase, words in untied]
        door.one({"figures": rows, "phrases": [_phrase(one) for one in found], "changed": changed, "untied": loose})
    else:
        for phrase, words in untied:
            twice = _UNTIED.format(words=", ".join(words))
            click.echo(f"{phrase.kind} ({phrase.language}): {phrase.source}\n  {twice}")
        _show(rows, found, None if before is None else changed)


def _among(language: str | None) -> list[Example]:
    among = [example for example in examples.shipped() if language in {None, example.file}]
    if not among:
        files = ", ".join(dict.fromkeys(example.file for example in examples.shipped()))
        raise errors.WrongUsage(f"there are no examples in {language}; choose one of: {files}")
    return among


def _baseline(path: Path) -> dict[str, str]:
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        given = None
    if not isinstance(given, dict):
        raise errors.UserError(f"{path} is no baseline; make one with: campaignbot detect check --save {path}")
    return given


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise errors.UserError(f"{path} cannot be written ({error.strerror}); choose another place") from None


def _phrase(one: checks.Tried) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "language": one.language,
        "phrase": one.source,
        "right": one.right,
        "beside": one.beside,
        "wrong": one.wrong,
    }


def _show(
    rows: dict[str, dict[str, float | int | None]],
    found: Sequence[checks.Tried],
    changed: Sequence[tuple[str, str, str]] | None,
) -> None:
    for one in found:
        wrong = ", ".join([*one.wrong[:WRONG], *(["…"] if len(one.wrong) > WRONG else [])])
        counts = f"{len(one.right)} right, {len(one.beside)} beside, {len(one.wrong)} wrong"
        click.echo(f"{one.kind} ({one.language}): {one.source}\n  {counts}" + (f": {wrong}" if wrong else ""))
    for name in ("held out", "looked at"):
        shown = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in rows[name].items())
        click.echo(f"{name}: {shown}")
    if changed is not None:
        for id_, old, new in changed:
            click.echo(f"{id_}: {old} -> {new}")
        click.echo(f"{len(changed)} examples are read otherwise than in the baseline")


@detect.command()
@click.option("--undo", is_flag=True, help="Put the model before back in force.")
@click.option("--figures", is_flag=True, help="Change nothing; show how well replies are read, by cross-validation.")
@click.option("--out", type=click.Path(path_type=Path), help="Teach it the examples alone and write it here.")
@door.campaign
def train(folder: Folder, undo: bool, figures: bool, out: Path | None) -> None:
    """Teach the optional model anew: the shipped examples, and what organisers decided."""
    if undo + figures + (out is not None) > 1:
        raise click.UsageError("--undo, --figures and --out go one at a time")
    found = folder.settings()
    if undo:
        click.echo(f"In force is {teach.undo(found.state)}. {_NEXT}")
    elif figures:
        campaign = app.shipped_campaign(now=app.utc_now())
        with _examples() as lines:
            crossed = teach.crossed(campaign, lines)
        click.echo(_sheet(crossed), nl=False)
    elif out is not None:
        with _examples() as lines:
            layer = teach.ship(out, lines)
        click.echo(f"{out}: taught {layer.examples} examples")
    else:
        with app.open_books(found) as books, _examples() as lines:
            taught = teach.anew(books.people, found.state, lines)
        click.echo(_told(taught))


@contextmanager
def _examples() -> Iterator[Iterable[Example]]:
    """The shipped examples, with a bar on a terminal that says how far they are read."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        yield bar.track(examples.shipped(), description="examples")


def _sheet(crossed: Sequence[tuple[Example, Reading, Reading]]) -> str:
    """Only what nobody looked at while phrases were written: of the rest the rules know too much."""
    rules = [(line, read) for line, read, _ in crossed if line.held_out]
    both = [(line, read) for line, _, read in crossed if line.held_out]
    return checks.compared({"by the rules alone": rules, "with the model": both})


_NEXT = "A daemon that runs takes it up when it is started again."


def _told(taught: teach.Taught) -> str:
    before, after = taught.without, taught.with_
    return (
        f"Taught {taught.layer.examples} examples and {taught.layer.corrections} corrections. On {after.lines} lines, "
        f"each held back from it once, it is right on {after.right} (without the corrections: {before.right}), and "
        f"finds {after.opt_outs} opt-outs ({before.opt_outs}) and {after.crises} crises ({before.crises}).\n"
        f"{_NEXT} Back to the model before: campaignbot detect train --undo"
    )
