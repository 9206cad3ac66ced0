"""Sealing anew for an organiser who comes, without one who left: all of it or nothing, and nothing in clear."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import made
from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.stages import keep
from campaignbot.stages.keep import Resealed
from campaignbot.store import chains, database, inbox, journal, seal
from stages import answered
from stages.answered import Square

NEW_KEY, NEW_IDENTITY = seal.new_key()
KEYS = [answered.CAMPAIGN_IDENTITY]


@pytest.fixture
def square(tmp_path: Path) -> Iterator[Square]:
    square = Square(tmp_path)
    yield square
    square.close()


def joined(square: Square, *people: str, to: str = "900") -> None:
    for person in people:
        square.write("Me and 3 friends are coming", author=person, to=to)
    square.poll()


def with_london(square: Square, *recipients: str) -> Campaign:
    london = replace(square.campaign.cities["london"], recipients=recipients)
    return replace(square.campaign, cities={**square.campaign.cities, "london": london})


def reseal(square: Square, campaign: Campaign, *identities: str) -> Resealed:
    return keep.reseal(square.people, identities or KEYS, campaign, by="london-1", now=square.now)


def names(square: Square, identity: str) -> list[str | None]:
    return [note.answer_to for note in keep.joiners(square.people, [identity]) if not note.withdrawn]


def test_a_new_organiser_reads_on_and_one_who_left_does_not(square: Square) -> None:
    joined(square, "ann", "ben")
    joined(square, "cleo", to="901")
    before = keep.joiners(square.people, KEYS)
    with square.people.read() as c:
        old = [note for _, note in chains.notes(c)]

    assert reseal(square, with_london(square, NEW_KEY)) == Resealed(renewed=3, left=0)

    assert keep.joiners(square.people, KEYS) == before
    assert names(square, NEW_IDENTITY) == ["@ann", "@ben"]
    assert names(square, answered.LONDON_IDENTITY) == []
    assert names(square, answered.TORONTO_IDENTITY) == ["@cleo"]
    assert keep.counts(square.people) == {"London": 2, "Toronto": 1}
    held = b"".join(path.read_bytes() for path in Path(square.people.where).parent.iterdir())
    assert [note for note in old if note in held] == []
    with square.people.read() as c:
        (entry,) = journal.entries(c, journal.PEOPLE)
    assert entry.entry == {"what": "resealed", "by": "london-1"}


def test_a_key_of_one_city_seals_its_notes_anew_and_leaves_the_others(square: Square) -> None:
    joined(square, "ann")
    joined(square, "cleo", to="901")
    campaign = with_london(square, answered.LONDON_KEY, NEW_KEY)
    assert reseal(square, campaign, answered.LONDON_IDENTITY) == Resealed(renewed=1, left=1)
    assert (names(square, NEW_IDENTITY), names(square, answered.LONDON_IDENTITY)) == (["@ann"], ["@ann"])
    assert names(square, answered.CAMPAIGN_IDENTITY) == ["@ann", "@cleo"]
    assert reseal(square, campaign, seal.new_key()[1]) == Resealed(renewed=0, left=2)


def test_who_moved_away_has_moved_for_the_new_organiser_too(square: Square) -> None:
    joined(square, "ann")
    joined(square, "ann", to="901")
    assert reseal(square, with_london(square, NEW_KEY)) == Resealed(renewed=3, left=0)
    (of_london,) = keep.joiners(square.people, [NEW_IDENTITY])
    (of_all,) = keep.joiners(square.people, KEYS)
    assert (of_london.city, of_london.withdrawn) == ("London", True)
    assert (of_all.city, of_all.party_size, of_all.withdrawn) == ("Toronto", 4, False)


def test_what_was_set_aside_for_the_old_keys_goes(square: Square) -> None:
    square.sample = 1
    joined(square, "ann")
    assert keep.set_aside(square.people) == 1
    assert reseal(square, with_london(square, NEW_KEY)) == Resealed(renewed=1, left=0)
    assert keep.set_aside(square.people) == 0


def test_what_nobody_could_open_afterwards_stays_as_it_was(square: Square) -> None:
    joined(square, "ann")
    joined(square, "cleo", to="901")
    without = replace(with_london(square), recipients=())
    assert reseal(square, without) == Resealed(renewed=1, left=1)
    assert (names(square, answered.LONDON_IDENTITY), names(square, answered.TORONTO_IDENTITY)) == (["@ann"], ["@cleo"])
    with pytest.raises(errors.UserError, match="no recipient key is set"):
        reseal(square, made.campaign())


def test_who_withdraws_meanwhile_does_not_come_back_and_who_joins_is_not_lost(square: Square) -> None:
    joined(square, "ann", "ben")
    with square.people.read() as c:
        found = chains.notes(c)
    square.write("sorry, I can't come", author="ann")
    joined(square, "cleo")
    renewals = [(number, old, seal.seal(note, [NEW_KEY])) for number, old in found if (note := seal.open(old, KEYS))]
    with square.people.write() as c:
        assert chains.renew(c, renewals) == 1
    assert names(square, NEW_IDENTITY) == ["@ben"]
    assert names(square, answered.LONDON_IDENTITY) == ["@cleo"]


KILLED = """
import os, signal, sys
from campaignbot.store import chains, database, seal
people = database.open(sys.argv[1], kind="people")
with people.read() as c:
    found = chains.notes(c)
def until(last):
    for done, (number, old) in enumerate(found):
        if done == last:
            os.kill(os.getpid(), signal.SIGKILL)
        yield number, old, seal.seal(seal.open(old, [sys.argv[2]]), [sys.argv[3]])
with people.write() as c:
    chains.renew(c, until(int(sys.argv[4])))
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("at", [0, 4, 10])
def test_killed_in_the_middle_everything_is_as_it_was(square: Square, tmp_path: Path, at: int) -> None:
    joined(square, *(f"zebrafinch{number}" for number in range(10)))
    with square.people.read() as c:
        before = chains.notes(c)
    square.people.close()
    url = f"sqlite:///{tmp_path}/people.db"
    call = [sys.executable, "-c", KILLED, url, answered.CAMPAIGN_IDENTITY, NEW_KEY, str(at)]
    assert subprocess.run(call, check=False).returncode == -signal.SIGKILL
    assert b"zebrafinch" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    square.people = database.open(url, kind="people")
    with square.people.read() as c:
        assert chains.notes(c) == before
        assert inbox.joined(c) == {"London": 10}
    assert reseal(square, with_london(square, NEW_KEY)) == Resealed(renewed=10, left=0)
    assert len(names(square, NEW_IDENTITY)) == 10
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"zebrafinch" not in held
