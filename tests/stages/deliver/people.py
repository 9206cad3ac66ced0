"""What people do on a simulated day, and what of it must hold from its commit on. They look before they speak."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from campaignbot.model import errors
from campaignbot.stages import deliver
from campaignbot.store import drafts

if TYPE_CHECKING:
    from stages.deliver.day import Day

BY = "london-1"
PULLS: tuple[tuple[deliver.Scope, str], ...] = (
    ("world", ""),
    ("country", "GB"),
    ("country", "GB"),
    ("city", "london"),
    ("city", "paris"),
    ("account", "x-london"),
    ("account", "fb-london"),
)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What people have said. A sender must know it in the transaction in which it begins a post."""

    stops: frozenset[tuple[str, str]] = frozenset()
    void: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    freed: frozenset[str] = frozenset()
    called: Mapping[str, datetime] = field(default_factory=dict)
    decided: Mapping[str, str] = field(default_factory=dict)  #: a state that no sender may change


def act(day: "Day") -> None:
    """One person does one thing; what the ledger refuses them changes nothing."""
    day.passed["acts"] += 1
    with contextlib.suppress(errors.UserError):
        day.random.choice(ACTS)(day)


def stop(day: "Day") -> None:
    scope, value = day.random.choice(PULLS)
    deliver.stop(day.db, scope, value, by=BY, now=day.now)
    day.known = replace(day.known, stops=day.known.stops | {(scope, value)})


def resume(day: "Day") -> None:
    for scope, value in PULLS:
        if (scope, value) not in day.known.stops and (scope != "account" or day.chance(0.5)):
            continue
        with contextlib.suppress(errors.UserError):
            deliver.resume(day.db, scope, value, by=BY, now=day.now)
    day.known = replace(day.known, stops=frozenset())


def hold(day: "Day") -> None:
    key = day.random.choice(list(day.posts))
    deliver.hold(day.db, key, by=BY, now=day.now)
    day.known = replace(day.known, held=day.known.held | {key})


def arm(day: "Day") -> None:
    for key in day.posts:
        with contextlib.suppress(errors.UserError):
            deliver.arm(day.db, key, by=BY, now=day.now)
            _released(day, key)


def send(day: "Day") -> None:
    for city in ("london", "paris"):
        if _called(day, city):
            continue
        with contextlib.suppress(errors.UserError):
            for key in deliver.send(day.db, "cancelled", city=city, by=BY, now=day.now):
                _released(day, key)


def cancel(day: "Day") -> None:
    if day.chance(0.5):  # too often, and nothing else would ever happen
        return
    city = day.random.choice(("london", "paris"))
    if _called(day, city):
        return
    gone, sent, _ = deliver.cancel_city(day.db, city, by=BY, now=day.now)
    day.known = replace(day.known, decided={**day.known.decided, **dict.fromkeys(gone, "CANCELLED")})
    for key in sent:
        _released(day, key)


def retry(day: "Day") -> None:
    for key in day.posts:
        with contextlib.suppress(errors.UserError):
            deliver.retry(day.db, key, by=BY, now=day.now)
            _released(day, key)


def settle(day: "Day") -> None:
    """Who says that it is out, or not, has looked at the account once all was settled there."""
    for key, post in day.posts.items():
        out = [said for said in day.networks[post.account].out(key) if said.at <= day.true]
        with contextlib.suppress(errors.UserError):
            if day.chance(0.3):
                deliver.settle_drop(day.db, key, by=BY, now=day.now)
                day.known = replace(day.known, decided={**day.known.decided, key: "CANCELLED"})
            elif out:
                deliver.settle_sent(day.db, key, url="https://example.org/1", by=BY, now=day.now)
                day.known = replace(day.known, decided={**day.known.decided, key: "SENT"})
            elif day.settled(key):
                deliver.settle_not_sent(day.db, key, by=BY, now=day.now)


def void(day: "Day") -> None:
    key = day.random.choice(list(day.posts))
    with day.db.write() as c:
        drafts.reject(c, key=key, by=BY, why="the venue is wrong", now=day.now)
    day.known = replace(day.known, void=day.known.void | {key})


def approve(day: "Day") -> None:
    """Say yes again to what was voided; what it is held for is another matter."""
    for key in day.known.void:
        [(digest,)] = day.shelf.rows("SELECT digest FROM deliveries WHERE key = ?", key)
        with day.db.write() as c:
            drafts.approve(c, key=key, digest=digest, by=BY, now=day.now)
    day.known = replace(day.known, void=frozenset())


def _called(day: "Day", city: str) -> bool:
    """Whether a called post of this city is out: then nobody calls it again, even if an old copy has forgotten it."""
    return any(
        post.called and post.city == city and day.networks[post.account].out(key) for key, post in day.posts.items()
    )


def _released(day: "Day", key: str) -> None:
    known = day.known
    called = {**known.called, key: day.now} if day.posts[key].called and key not in known.called else known.called
    day.known = replace(known, held=known.held - {key}, freed=known.freed | {key}, called=called)


ACTS: tuple[Callable[["Day"], None], ...] = (
    *(
        stop,
        stop,
        stop,
        resume,
        resume,
        resume,
        hold,
        arm,
        arm,
        send,
        cancel,
        retry,
        retry,
        settle,
        settle,
        void,
        approve,
    ),
)
