"""The pages for organisers name what there is: every key, every variable, every command and option."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from campaignbot import cli
from campaignbot.stages import load
from campaignbot.stages.load import tree
from campaignbot.stages.render import templates

ROOT = Path(__file__).parents[1]
PAGES = ("docs/organisers.md", "docs/campaign-files.md", "docs/safety.md", "messages/README.md")
CALL = re.compile(r"^ {4}(?:echo .+ \| )?(campaignbot .+)$|`(campaignbot [^`]+)`", re.MULTILINE)
NAMES_OF_THE_WRITER = frozenset({"hashtags", "proofread", "helplines", "name", "accounts", "cities"})


def calls(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return [one or other for one, other in CALL.findall(text)]


def unknown(call: str) -> str | None:
    """What in a call does not exist; None where all of it does."""
    command: click.Command | None = cli.commands
    context = click.Context(cli.commands)
    words = shlex.split(call)[1:]
    if words[0] == "--campaign":
        del words[:2]
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        command = command.get_command(context, words.pop(0))
    if command is None:
        return call
    known = {name for option in command.params for name in option.opts}
    return next((f"{call}: {word}" for word in words if word.startswith("--") and word not in known), None)


@pytest.mark.parametrize("page", PAGES)
def test_that_every_call_on_a_page_exists(page: str) -> None:
    assert [wrong for call in calls(page) if (wrong := unknown(call))] == []


def test_that_the_way_through_a_campaign_names_every_command() -> None:
    pages = [call for page in PAGES for call in calls(page)]
    named = {word for call in pages for word in shlex.split(call)[1:] if word in cli.TABLE}
    assert named == set(cli.TABLE)


def test_that_every_variable_is_explained() -> None:
    text = (ROOT / "messages/README.md").read_text(encoding="utf-8")
    assert [name for name in templates.VARIABLES if f"`{{{{ {name} }}}}`" not in text] == []


def keys(fields: tree.Fields, *, own: bool = False) -> Iterator[str]:
    """The names of all keys but those that the writer chooses."""
    for key, (_, node) in fields.fields.items():
        if not own:
            yield key
        rows = node.rows if isinstance(node, tree.Rows) else [node]
        for row in rows:
            if isinstance(row, tree.Fields):
                yield from keys(row, own=key in NAMES_OF_THE_WRITER and not own)


def test_that_every_key_is_explained() -> None:
    fields, faults = tree.read(load.shipped() / "schedules.yaml", name="schedules.yaml")
    assert fields is not None
    assert faults == []
    text = (ROOT / "docs/campaign-files.md").read_text(encoding="utf-8")
    written = set(re.findall(r"[a-z_]+", "".join(re.findall(r"`[^`]+`|^## .+$", text, re.MULTILINE))))
    assert set(keys(fields)) - written == set()
