"""Door: each command parses, calls one stage, prints. This table names them all; a command is imported on first use."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click

from campaignbot import __version__
from campaignbot.model import errors


class Entry(NamedTuple):
    module: str
    help: str


#: name -> where it is built, and what `--help` says of it
TABLE: dict[str, Entry] = {
    "init": Entry("files", "Make a new campaign folder from the campaign that ships."),
    "check": Entry("files", "Check all files of the campaign, offline; every fault at once."),
    "plan": Entry("files", "Show what will be said where and when, in local time and UTC."),
    "preview": Entry("review", "Show the words as they will look."),
    "packet": Entry("review", "Write the review packet: a page a city and one for all."),
    "approve": Entry("review", "Say yes to drafts, by their digest."),
    "reject": Entry("review", "Say no to a draft, and why."),
    "run": Entry("daemon", "The daemon. Without --live it is a dry run."),
    "worker": Entry("daemon", "A worker on Postgres: sends what is due, beside the daemon."),
    "status": Entry("ledger", "What is out, what is next, what needs a person."),
    "deliveries": Entry("ledger", "The ledger, a line a delivery."),
    "arm": Entry("ledger", "Release a held post that is approved."),
    "hold": Entry("ledger", "Hold a post back."),
    "retry": Entry("ledger", "Try a failed post once more."),
    "settle": Entry("ledger", "Decide a post in doubt: it is out, it is not, or drop it."),
    "send": Entry("ledger", "Send a called slot now, for one city."),
    "cancel": Entry("ledger", "Cancel a city's action and say so."),
    "stop": Entry("ledger", "The stop cord: nothing is due any more until resume."),
    "resume": Entry("ledger", "Lift a stop, or the pause of an account."),
    "replies": Entry("replies", "The replies that wait for a person."),
    "label": Entry("replies", "Decide what a waiting reply means."),
    "classify": Entry("replies", "Read JSON lines of replies, write what is understood of each."),
    "detect": Entry("detect", "How replies are read: try the phrases, teach the optional model."),
    "keys": Entry("joiners", "Make keys for the people who may open the joiners."),
    "joiners": Entry("joiners", "Who wants to come: counts by city, or opened with a key."),
    "forget": Entry("erasing", "Delete everything of a person, and never keep them again."),
    "purge": Entry("erasing", "Delete what is past its time, and finish earlier deletions."),
    "rehearse": Entry("rehearse", "The whole campaign in compressed time on embedded networks."),
    "journal": Entry("journal", "Verify the record: that nothing in it was changed by hand."),
    "doctor": Entry("doctor", "Look at clock, zones, disk, secrets and accounts."),
}


class ReaderLeft(Exception):
    """Who read our output (head, less) has enough of it: no fault of anybody's."""


class Commands(click.Group):
    """The commands of the table, each imported when it is called: `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(TABLE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in TABLE:
            return None
        built: click.Command = getattr(import_module(f"campaignbot.cli.{TABLE[cmd_name].module}"), cmd_name)
        return built

    def invoke(self, ctx: click.Context) -> Any:
        try:
            Path.cwd()
        except OSError:  # some libraries cannot even be imported there
            raise errors.UserError("the folder that you are in is gone; go to another one, then try again") from None
        try:
            return super().invoke(ctx)
        except BrokenPipeError:  # click itself would end with exit code 1
            raise ReaderLeft from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in TABLE:
            ctx.fail(f"there is no command {args[0]!r}{_hint(args[0])}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in TABLE.items()])


def _hint(word: str) -> str:
    # imported late: only a typing mistake needs it, and --help is kept quick
    difflib = import_module("difflib")
    near = difflib.get_close_matches(word, TABLE, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--campaign", metavar="DIR", envvar="CAMPAIGNBOT_CAMPAIGN", help="The campaign folder; default: here.")
@click.version_option(__version__, prog_name="campaignbot")
@click.pass_context
def commands(ctx: click.Context, campaign: str | None) -> None:
    """One campaign in text files, said by city, time zone and language: never twice, never silently not at all."""
    ctx.obj = campaign
    if os.environ.get("NO_COLOR"):  # https://no-color.org; rich looks by itself, click does not
        ctx.color = False
