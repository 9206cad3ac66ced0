"""The docs say what the program does: every command, option, setting and key of the files occurs in them."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from campaignbot import cli, platforms
from campaignbot.platforms import base
from campaignbot.stages.deliver import desk

DOCS = Path(__file__).parents[1] / "docs"
COMMANDS = (DOCS / "commands.md").read_text(encoding="utf-8")
SERVER = (DOCS / "server.md").read_text(encoding="utf-8")


def _built(name: str) -> click.Command:
    built = cli.commands.get_command(click.Context(cli.commands), name)
    assert built is not None
    return built


def _lines(name: str) -> str:
    """What the page says of one command."""
    return "\n".join(line for line in COMMANDS.splitlines() if re.search(rf"`{name}\b", line))


@pytest.mark.parametrize("name", cli.TABLE)
def test_every_command_and_option_is_documented(name: str) -> None:
    built = _built(name)
    subs = list(built.commands.values()) if isinstance(built, click.Group) else []
    options = {o for c in (built, *subs) for p in c.params if isinstance(p, click.Option) for o in p.opts}

    said = _lines(name)

    assert {option for option in options - {"--campaign"} if option not in said} == set()


def test_every_name_in_the_table_is_the_command_that_it_builds() -> None:
    assert [_built(name).name for name in cli.TABLE] == list(cli.TABLE)


def test_every_secret_and_setting_is_documented() -> None:
    fields = {name for required, optional in platforms.SECRETS.values() for name in (*required, *optional)}
    settings = {"CAMPAIGNBOT_CAMPAIGN", "CAMPAIGNBOT_SECRETS", "CREDENTIALS_DIRECTORY", "CAMPAIGNBOT_DATABASE_URL"}

    assert {name for name in fields | settings if f"{name}`" not in SERVER} == set()


def test_the_house_names_files_that_are_there() -> None:
    source = DOCS.parent / "src" / "campaignbot"
    page = (DOCS / "house.md").read_text(encoding="utf-8").partition("## Words")[0]
    named = re.findall(r"`((?:[a-z_]+/)+(?:[a-z_]+(?:\.py)?)?|[a-z_]+\.py)`", page)

    assert len(named) > 10
    assert [name for name in named if not [*source.rglob(name.rstrip("/"))]] == []


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*DOCS.rglob("*.md"), DOCS.parent / "README.md", DOCS.parent / "CHANGELOG.md"]
    broken = [
        (page.name, link)
        for page in pages
        for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]

    assert broken == []


def test_no_page_promises_what_nobody_can() -> None:
    pages = [*DOCS.rglob("*.md"), DOCS.parent / "README.md", DOCS.parent / "CHANGELOG.md"]
    assert [
        page.name for page in pages if re.search(r"exactly[\s-]+once", page.read_text(encoding="utf-8"), re.I)
    ] == []


def test_the_promises_name_the_figures_that_hold() -> None:
    """A whole send, the lease, and how fast a stop is: as the program has them."""
    promised = " ".join((DOCS / "promises.md").read_text(encoding="utf-8").split())
    patience = base.Patience()
    stale, lease = desk.STALE.total_seconds(), desk.LEASE.total_seconds()

    said = (
        f"begins more than {stale:.0f} s after its intent, and none lasts longer than {patience.total:.0f} s "
        f"({patience.upload:.0f} s with a picture in it), so that a send is over {stale + patience.upload:.0f} s after "
        f"its intent at the most, below the lease of {lease:.0f} s"
    )

    assert said in promised
    assert desk.FRESH.total_seconds() == 1
    assert "from a second after its intent on also the stops" in promised


def test_the_picture_shows_the_figures_beside_it() -> None:
    drawn = _benchmark("benchmarks.picture", "docs/figures.jsonl")
    assert (drawn.returncode, drawn.stdout) == (0, (DOCS / "figures.svg").read_text(encoding="utf-8"))


def test_the_page_of_figures_names_every_benchmark() -> None:
    page = (DOCS / "figures.md").read_text(encoding="utf-8")
    named = re.findall(r"`(\w+)`", page.partition("measures some (")[2].partition(")")[0])
    done = _benchmark("benchmarks", "bursts")
    assert (done.returncode, done.stderr) == (2, f"no benchmark bursts; there are {', '.join(named)}\n")


def _benchmark(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=DOCS.parent, capture_output=True, text=True, check=False
    )
