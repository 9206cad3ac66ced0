"""Every row of an adapter's table of answers, provoked from the embedded network itself: what the adapter makes of it,
and what the ledger makes of that. `x/test_provoked.py` and `facebook/test_provoked.py` name the answers."""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

import made
from campaignbot.model import errors
from campaignbot.model.campaign import Account
from campaignbot.model.delivery import State
from campaignbot.networks import wire
from campaignbot.platforms import base
from campaignbot.stages import deliver
from campaignbot.store import database, drafts, ledger
from platforms.contract import Clock

REFUSED, LATER, LOCKED, UNKNOWN = errors.Refused, errors.TryLater, errors.LockedOut, errors.NoAnswer
#: What the ledger makes of each: the state, and whether the account pauses.
MOVES: Mapping[type[errors.PlatformError], tuple[State, bool]] = {
    REFUSED: (State.FAILED, False),
    LATER: (State.WAITING, False),
    LOCKED: (State.WAITING, True),
    UNKNOWN: (State.IN_DOUBT, False),
}


class Told(NamedTuple):
    """One answer of the catalogue: the row it has to meet, what that has to mean, and when to try again."""

    row: int
    means: type[errors.PlatformError]
    after: timedelta | None = None
    stores: bool = False  #: the post is there all the same


@dataclass(frozen=True, kw_only=True)
class World:
    """An account on its embedded network, and a ledger."""

    clock: Clock
    network: Any
    account: Account
    platform: base.Platform
    rows: Sequence[base.Row]
    said: Callable[[base.Answer], base.Said]
    told: Mapping[str, Told]
    path: str  #: of the request that makes a post public
    out: Callable[[], list[str]]


class Provoked:
    """For every network."""

    def test_every_answer_of_the_catalogue_and_every_row_is_here(self, world: World) -> None:
        assert sorted(world.network.faults.sayings) == sorted(world.told)
        assert {told.row for told in world.told.values()} == set(range(len(world.rows))), "a row without its fault"

    def test_the_answer_meets_its_row(self, world: World, name: str) -> None:
        answer = world.network.says(name)
        said = world.said(base.Answer(answer.code, answer.headers, _json(answer.body)))
        assert next(n for n, row in enumerate(world.rows) if row.fits(said)) == world.told[name].row

    def test_the_adapter_says_what_it_means(self, world: World, name: str) -> None:
        told, row = world.told[name], world.rows[world.told[name].row]
        world.network.faults.add(wire.Fault("says", says=name, path=world.path, stores=told.stores))
        with pytest.raises(errors.PlatformError) as raised:
            world.platform.publish(made.draft(account=world.account), parent=None)
        assert (type(raised.value), raised.value.reason.partition(" (")[0]) == (told.means, row.says)
        assert world.network.faults.played == {name: 1}
        assert len(world.out()) == told.stores
        at = getattr(raised.value, "at", None)
        assert at == (None if told.after is None else world.clock.now + told.after)

    def test_the_ledger_makes_the_move(self, world: World, name: str) -> None:
        told, row = world.told[name], world.rows[world.told[name].row]
        world.network.faults.add(wire.Fault("says", says=name, path=world.path, stores=told.stores))
        db = database.memory(kind="ledger")
        key = _approved(db, world)
        asked = len(world.network.requests)
        _due(db, world)

        with db.read() as c:
            (one,) = ledger.deliveries(c, keys=[key]).values()
            standing = ledger.standings(c)[world.account.id]
        state, pauses = MOVES[told.means]
        assert (one.state, one.attempts, str(one.reason).partition(" (")[0]) == (state, 1, row.says)
        assert (standing.paused is not None, one.receipt) == (pauses, None)
        later = None if told.after is None else world.clock.now + told.after
        assert one.not_before == later
        assert standing.not_before == (later if row.account_wide else None)
        assert one.settle_at == (world.clock.now + _settle(db) if told.means is UNKNOWN else None)
        posted = [path for method, path, _ in itertools.islice(world.network.requests, asked, None) if method == "POST"]
        assert len(posted) == 1, "once, and no second try of any kind"
        db.close()

    @pytest.mark.parametrize(
        ("kind", "means", "there"),
        [
            ("lost_request", UNKNOWN, 0),
            ("lost_answer", UNKNOWN, 1),
            ("error_after_storing", UNKNOWN, 1),
            ("html_502", UNKNOWN, 0),
            ("expired_token", LOCKED, 0),
            ("rate_limited", LATER, 0),
            ("late_effect", UNKNOWN, 0),
        ],
    )
    def test_what_befalls_the_line_makes_its_move(
        self, world: World, kind: wire.Kind, means: type[errors.PlatformError], there: int
    ) -> None:
        world.network.faults.add(wire.Fault(kind, path=world.path, seconds=1800))
        db = database.memory(kind="ledger")
        key = _approved(db, world)
        _due(db, world)
        with db.read() as c:
            (one,) = ledger.deliveries(c, keys=[key]).values()
            standing = ledger.standings(c)[world.account.id]
        half_an_hour = world.clock.now + timedelta(minutes=30)
        assert (one.state, standing.paused is not None) == MOVES[means]
        assert standing.not_before == (half_an_hour if means is LATER else None)
        assert len(world.out()) == there
        db.close()


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _settle(db: database.Database) -> timedelta:
    with db.read() as c:
        return ledger.pacing(c).settle


def _approved(db: database.Database, world: World) -> str:
    post = made.post(account=world.account.id, platform=world.account.platform, due=world.clock.now)
    draft = made.draft(post=post, account=world.account)
    assert draft.digest is not None
    with db.write() as c:
        drafts.keep(c, draft, now=world.clock.now)
        drafts.approve(c, key=draft.key, digest=draft.digest, by="london-1", now=world.clock.now)
        ledger.add(
            c, post=post, state=State.WAITING, reason=None, digest=draft.digest, by="london-1", now=world.clock.now
        )
    return draft.key


def _due(db: database.Database, world: World) -> None:
    """One pass of the real stage, of a daemon that was there before the post was due."""
    platforms = {world.account.id: world.platform}
    due, world.clock.now = world.clock.now, world.clock.now - timedelta(hours=1)
    deliver.recover(db, platforms, owner="here:1", clock=world.clock, emit=lambda *_: None)
    world.clock.now = due
    deliver.due(db, platforms, owner="here:1", clock=world.clock, emit=lambda *_: None)
