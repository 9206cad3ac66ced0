"""A city's joiners as they are sealed, for its organiser to open with the `age` tool, without this program."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from itertools import groupby

from campaignbot.model import errors
from campaignbot.model.campaign import Campaign, City
from campaignbot.store import chains
from campaignbot.store.database import Database

README = "READ ME.txt"
SHELL = 'for f in *.age; do age -d -i KEYFILE "$f"; done'
WINDOWS = 'for %f in (*.age) do @age -d -i KEYFILE "%f"'
MOST_BYTES = 64 * 1024
_NEVER = (1980, 1, 1, 0, 0, 0)  #: the first time that a zip knows: when somebody joined is nobody's business
_NO_BUNDLE = "that is no bundle; name the file made by `joiners bundle`"
_WORDS = """\
{heading}
{line}

Each file that ends in .age holds one thing that one person said. It is sealed: only your private key opens it, the file
that `campaignbot keys new` made for you. Do this on your own computer, not on a borrowed one, and not on the server.

1. Install the tool `age` (https://age-encryption.org).
   Windows:  scoop bucket add extras, then scoop install age; or the zip from https://github.com/FiloSottile/age/releases
   macOS:    brew install age
   Linux:    apt install age
   Android:  the app Termux, and in it: pkg install age
2. Unpack this zip. Put your key file into the folder with the .age files.
3. Open a terminal in that folder (Windows: type cmd into the address bar of the folder's window) and enter one line,
   with the name of your key file for KEYFILE:

   macOS, Linux, Android:  {shell}
   Windows:                {windows}

What you see, a line a message: the city, how many people (null: they did not say), the language they wrote in, the
network, whom to answer there, when they wrote (UTC).

* Files that begin with the same number are one person. The last one counts.
* "withdrawn":true means: they do not come.
* "no identity matched any of the recipients": that message was for the organisers of another city. Leave it.

These people trusted us. Answer privately. Do not publish, like or follow them, do not thank them by name, do not copy
this into a shared table, do not take it to the action. Delete this folder, the zip, and the mail it came with, by
{until} at the latest; the server deletes them about then. Who asks to be deleted earlier has to be deleted here too.
"""


def bundle(people: Database, campaign: Campaign, city: City, *, key: bytes) -> bytes:
    """A zip of the sealed notes of everybody who comes to the city, with a page that says how they are opened. Nothing
    in it is in clear but their number. UserError where nobody comes."""
    with people.read() as c:
        found = chains.of_city(c, city.name, key=key)
    if not found:
        raise errors.UserError(f"there is nobody yet who wants to come to {city.name}; nothing was written")
    until = city.action.date + campaign.retention.joiners
    heading = f"The people who want to come to {city.name}: {campaign.name}"
    words = _WORDS.format(
        heading=heading,
        line="=" * len(heading),
        shell=SHELL,
        windows=WINDOWS,
        until=f"{until:%d %B %Y}",
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, held in [(README, words.replace("\n", "\r\n").encode()), *_named(found)]:
            entry = zipfile.ZipInfo(f"joiners-{city.id}/{name}", date_time=_NEVER)
            entry.external_attr = 0o100600 << 16
            packed.writestr(entry, held)
    return out.getvalue()


def unpacked(data: bytes) -> list[list[bytes]]:
    """The chains of a bundle. UserError where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = sorted(name for name in packed.namelist() if name.endswith(".age"))
            return [
                [_read(packed, name) for name in sorted(one, key=_place)]
                for _, one in groupby(names, key=lambda name: name.rpartition("-")[0])
            ]
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise errors.UserError(_NO_BUNDLE) from None


def _named(found: list[list[bytes]]) -> Iterator[tuple[str, bytes]]:
    for person, notes in enumerate(found, 1):
        for number, note in enumerate(notes, 1):
            yield f"{person:04}-{number}.age", note


def _place(name: str) -> int:
    return int(name.rpartition("-")[2].removesuffix(".age"))


def _read(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as file:
        held = file.read(MOST_BYTES + 1)
    if len(held) > MOST_BYTES:  # no note of ours: a mailed zip may be anybody's
        raise ValueError
    return held
