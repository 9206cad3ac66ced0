"""The book of replies, cursors and joiners."""

import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect

import made
import postgres
from campaignbot.model.reply import Cursor, Intent, Note, Reading, Reply
from campaignbot.store import cursors, database, erasing, inbox, joining, people, seal
from campaignbot.store.database import Database

KEY = b"k" * 32
PUBLIC, IDENTITY = seal.new_key()
CAMPAIGN = made.campaign(recipients=(PUBLIC,))
NOTE = Note(city="London", party_size=None, language="en", platform="x", answer_to="@ann", at=made.NOON)


@pytest.fixture
def db(opened: postgres.Opened) -> Database:
    return opened("people")


def reply(number: int, *, text: str = "hello", author: str = "ann", handle: str = "@ann") -> Reply:
    return Reply(
        account="x-london",
        platform="x",
        id=str(number),
        author=author,
        handle=handle,
        text=text,
        at=made.NOON,
        root=None,
        city="London",
    )


def reading(intent: Intent) -> Reading:
    return Reading(
        intent=intent,
        city=None,
        party_size=2,
        language="en",
        confidence=0.5,
        needs_review=True,
        why="other: no phrase was found",
    )


def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    made_, meant = database.open(f"sqlite:///{tmp_path}/people.db", kind="people"), database.memory(kind="people")

    def columns(db: Database) -> dict[str, list[tuple[str, str, bool]]]:
        with db.read() as c:
            tables = inspect(c)
            return {
                name: [(x["name"], str(x["type"]), x["nullable"]) for x in tables.get_columns(name)]
                for name in people.metadata.tables
            }

    def keys(db: Database) -> dict[str, list[str]]:
        with db.read() as c:
            tables = inspect(c)
            return {name: tables.get_pk_constraint(name)["constrained_columns"] for name in people.metadata.tables}

    def indexes(db: Database) -> dict[str, list[list[str | None]]]:
        with db.read() as c:
            return {name: [i["column_names"] for i in inspect(c).get_indexes(name)] for name in people.metadata.tables}

    assert (columns(made_), keys(made_), indexes(made_)) == (columns(meant), keys(meant), indexes(meant))
    made_.close()
    meant.close()


def test_a_cursor_is_kept_with_how_much_was_read(db: Database) -> None:
    with db.write() as c:
        assert cursors.reached(c, "x-london") is None
        cursors.keep(c, "x-london", to=Cursor("a"), claimed=7, read=2, now=made.NOON)
        cursors.keep(c, "x-london", to=Cursor("b"), claimed=9, read=3, now=made.NOON)
        cursors.keep(c, "x-london", to=Cursor("c"), claimed=None, read=1, now=made.NOON)
    with db.read() as c:
        row = c.execute(people.cursors.select()).one()
    assert tuple(row) == ("x-london", "c", 9, 6, None, made.NOON)


def test_replies_are_known_again_by_their_hashes_alone(db: Database) -> None:
    hashes = [inbox.reply_hash(KEY, reply(number)) for number in range(1_200)]
    with db.write() as c:
        inbox.see(c, hashes[:1_000], now=made.NOON)
        inbox.see(c, hashes[:10], now=made.NOON)
        inbox.see(c, [], now=made.NOON)
        assert inbox.unseen(c, hashes) == set(hashes[1_000:])
    assert inbox.reply_hash(os.urandom(32), reply(1)) != hashes[1]


def test_somebody_is_one_person_within_a_campaign_and_platform() -> None:
    one = inbox.pseudonym(KEY, reply(1), campaign="wad")
    assert inbox.pseudonym(KEY, reply(2), campaign="wad") == one
    assert inbox.pseudonym(KEY, reply(2), campaign="other") != one
    hidden = {inbox.pseudonym(KEY, reply(number, author=""), campaign="wad") for number in (1, 2)}
    # what is remembered of a reply must not be found again at a joiner
    assert len(hidden | {inbox.reply_hash(KEY, reply(number)) for number in (1, 2)}) == 4


def test_a_waiting_reply_comes_back_as_it_went_in_once(db: Database) -> None:
    spoken = reply(1, text="lone \ud800 \0half", handle="@ann\udfff")
    with db.write() as c:
        for _ in range(2):
            inbox.wait(c, [(spoken, reading(Intent.JOIN))], key=KEY, campaign="wad", now=made.NOON)
        inbox.wait(c, [], key=KEY, campaign="wad", now=made.NOON)
        (waiting,) = inbox.queue(c)
        assert inbox.take(c, waiting.id) == waiting
        assert inbox.take(c, waiting.id) is None
    assert waiting == inbox.Waiting(
        id=waiting.id,
        account="x-london",
        platform="x",
        city="London",
        text="lone ?  half",
        reading=reading(Intent.JOIN),
        at=made.NOON,
        answer_to="@ann?",
        pseudonym=inbox.pseudonym(KEY, spoken, campaign="wad"),
        alias=inbox.alias(KEY, platform="x", handle="@ann\udfff", campaign="wad"),
        remote=spoken.id,
    )
    assert not re.search("lone|@ann", repr(waiting))


def test_what_has_waited_too_long_is_dropped(db: Database) -> None:
    with db.write() as c:
        for number in range(3):
            at = made.NOON + timedelta(hours=number)
            inbox.wait(c, [(reply(number), reading(Intent.OTHER))], key=KEY, campaign="wad", now=at)
        assert erasing.drop_waiting(c, before=made.NOON + timedelta(hours=1)) == 1
        assert len(inbox.queue(c)) == 2


def test_a_chain_grows_and_goes_and_the_counts_with_it(db: Database) -> None:
    with db.write() as c:
        assert joining.join(c, b"ann", NOTE, campaign=CAMPAIGN, key=KEY)
        assert joining.join(c, b"ann", NOTE, campaign=CAMPAIGN, key=KEY)
        assert joining.join(c, b"ben", NOTE, campaign=CAMPAIGN, key=KEY)
        assert (inbox.place_of(c, b"ann", key=KEY), inbox.place_of(c, b"eve", key=KEY)) == ("London", None)
        assert inbox.joined(c) == {"London": 2}
        assert [len(chain) for chain in inbox.sealed(c)] == [2, 1]
        assert (inbox.withdraw(c, b"ann", key=KEY), inbox.withdraw(c, b"ann", key=KEY)) == (True, False)
        assert inbox.joined(c) == {"London": 1}
        assert erasing.drop_joiners(c) == 1
        assert list(inbox.sealed(c)) == []


def test_no_city_of_the_campaign_or_nobody_with_a_key_keeps_nothing(db: Database) -> None:
    elsewhere = Note(city="Paris", party_size=None, language="fr", platform="x", answer_to=None, at=made.NOON)
    with db.write() as c:
        assert not joining.join(c, b"ann", elsewhere, campaign=CAMPAIGN, key=KEY)
        assert not joining.join(c, b"ann", NOTE, campaign=made.campaign(), key=KEY)
        assert inbox.joined(c) == {}


def test_another_key_or_a_city_gone_from_the_counts_moves_nothing(db: Database) -> None:
    with db.write() as c:
        joining.join(c, b"ann", NOTE, campaign=CAMPAIGN, key=KEY)
        assert inbox.place_of(c, b"ann", key=b"q" * 32) is None
        assert inbox.withdraw(c, b"ann", key=b"q" * 32)
        assert inbox.joined(c) == {"London": 1}


@pytest.mark.parametrize("number", [0, -1, 2**31, 10**30])
def test_a_number_that_no_reply_can_have_waits_for_nobody(db: Database, number: int) -> None:
    with db.write() as c:
        assert inbox.take(c, number) is None


@pytest.mark.parametrize("written", ["ann", "@ann", " @Ann ", "ＡＮＮ"])
def test_a_handle_is_the_same_however_it_is_written(written: str) -> None:
    assert inbox.alias(KEY, platform="x", handle=written, campaign="wad") == inbox.alias(
        KEY, platform="x", handle="@ann", campaign="wad"
    )


def test_a_handle_on_another_network_or_none_at_all_is_somebody_else() -> None:
    names = [
        inbox.alias(KEY, platform=platform, handle=handle, campaign=campaign)
        for platform, handle, campaign in [
            ("x", "@ann", "wad"),
            ("facebook", "@ann", "wad"),
            ("x", "@anna", "wad"),
            ("x", "@ann", "other"),
        ]
    ]
    assert len(set(names)) == 4
    assert {inbox.alias(KEY, platform="x", handle=none, campaign="wad") for none in (None, "", " @ ")} == {None}


def test_who_is_known_by_a_handle_alone_is_found_and_forgotten_whole(db: Database) -> None:
    ann = inbox.alias(KEY, platform="x", handle="@ann", campaign="wad")
    assert ann is not None
    texts = [(reply(1, author="7"), reading(Intent.OTHER)), (reply(2, author="7"), reading(Intent.CRISIS))]
    person = inbox.pseudonym(KEY, texts[0][0], campaign="wad")
    with db.write() as c:
        inbox.wait(c, texts, key=KEY, campaign="wad", now=made.NOON)
        inbox.wait(c, [(reply(3, handle="@ben"), reading(Intent.OTHER))], key=KEY, campaign="wad", now=made.NOON)
        joining.join(c, person, NOTE, campaign=CAMPAIGN, key=KEY)
        joining.join(c, b"ben", replace(NOTE, answer_to="@ben"), campaign=CAMPAIGN, key=KEY)
        assert inbox.known_as(c, [ann]) == sorted([ann, person])
        assert inbox.forget(c, [ann], key=KEY, now=made.NOON) == (2, 1, 1)
        assert inbox.forget(c, [ann], key=KEY, now=made.NOON) == (0, 0, 0)
        assert inbox.left(c, [ann, person, b"ben"]) == {ann, person}
        assert [waiting.answer_to for waiting in inbox.queue(c)] == ["@ben"]
        assert inbox.joined(c) == {"London": 1}


def test_whether_the_key_fits_is_told_by_the_joiners(db: Database) -> None:
    with db.write() as c:
        assert inbox.fits(c, b"q" * 32), "nobody is there who could not be found"
        joining.join(c, b"ann", NOTE, campaign=CAMPAIGN, key=KEY)
        assert (inbox.fits(c, KEY), inbox.fits(c, b"q" * 32)) == (True, False)
