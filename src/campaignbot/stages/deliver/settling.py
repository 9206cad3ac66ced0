"""Doubt: who is gone leaves it, and only the account's own timeline or a person ends it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import datetime

from campaignbot.model import errors
from campaignbot.model.delivery import Delivery, Receipt, State
from campaignbot.platforms.base import Platform
from campaignbot.stages.deliver import desk, lane
from campaignbot.store import database, drafts, ledger
from campaignbot.store.ledger import accounts, kept, lanes, sending

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Emit = Callable[[Delivery, str | None], None]

#: So often we look without learning anything; then a person must.
LOOKS = 3
#: How many accounts' timelines are read at once.
LOOKERS = 8
GONE = "its sender is gone; it may be out, it may not"
NOT_THERE = "not found on the timeline, which there does not prove that it is not out"
UNREADABLE = "the timeline could not be read"
NO_ACCOUNT = "its account is not in use any more, so its timeline cannot be read"
ABSENT = "not on the timeline"
ABSENT_AGAIN = "tried twice, and not on the timeline after either"


def recover(db: database.Database, platforms: Mapping[str, Platform], *, owner: str, clock: Clock, emit: Emit) -> None:
    """Call once at every start, before anything is sent. What dead senders left SENDING is IN_DOUBT; and what was due
    before now will not be sent before its account's timeline was read for it (`due` does that, an account at a time).
    """
    now = clock()
    with db.write() as c:
        if db.alone:  # this process holds the machine's one lock: whoever else wrote here is dead
            accounts.release_all(c)
            kept.forget_starts(c)
        kept.start(c, owner, now=now)
        moved = _orphans(c, owner=owner, now=now)
    _tell(moved, emit)
    log.info("recovered", extra={"accounts": len(platforms), "in_doubt": len(moved)})


def settle(
    db: database.Database,
    platforms: Mapping[str, Platform],
    *,
    owner: str,
    clock: Clock,
    emit: Emit,
    alone: bool = False,
    pool: Executor | None = None,
    answered: Callable[[Delivery], Receipt | None] | None = None,
) -> int:
    """Look at the timelines for what is IN_DOUBT and due for it; how many were looked for.

    Found once: SENT. More than once: SENT, and shown to a person. Not found, where that proves absence: WAITING once,
    then FAILED. Where it proves nothing, or the timeline cannot be read: looked for again, and in the end by a person;
    at once by a person where nobody can look: `alone`, no other worker has an account that is not among `platforms`.
    `pool` runs the looks, where it is given. With `answered`, which says what each answers, answers alone; else posts.
    """
    now, answers = clock(), answered is not None
    with db.read() as c:
        if not (lanes.unsettled(c, now=now) and (_gone(c, now=now) or lanes.doubtful(c, now=now, answers=answers))):
            return 0
    with db.write() as c:
        moved = _orphans(c, owner=owner, now=now)
        found = lanes.doubtful(c, now=now, answers=answers)
        doubts = [line for line in found if line.delivery.post.account in platforms]
        for line in found if alone else ():
            if line.delivery.post.account not in platforms:
                sending.look_again(c, line, at=None, reason=NO_ACCOUNT)
        looks = _looks(c, doubts, answered, by=owner, now=now)
    _tell(moved, emit)
    if not looks:
        return 0
    by_account: dict[str, list[tuple[lanes.Line, lane.Look]]] = {}
    for line, look in looks:
        by_account.setdefault(look.delivery.post.account, []).append((line, look))

    def read(pairs: Sequence[tuple[lanes.Line, lane.Look]]) -> None:
        for line, look in pairs:
            platform = platforms[look.delivery.post.account]
            outcome = lane.carry_out(platform, look)
            with db.write() as c:
                ended = _settled(c, line, outcome, proves=platform.proves_absence, by=owner, now=clock())
                after = ledger.deliveries(c, keys=[look.delivery.key])[look.delivery.key]
            if ended:
                _tell([after], emit, words={after.key: look.draft.text})

    if pool is not None:
        list(pool.map(read, by_account.values()))
    else:
        with ThreadPoolExecutor(max_workers=min(LOOKERS, len(by_account)), thread_name_prefix="look") as threads:
            list(threads.map(read, by_account.values()))
    return len(looks)


def _looks(
    c: database.Connection,
    doubts: Sequence[lanes.Line],
    answered: Callable[[Delivery], Receipt | None] | None,
    *,
    by: str,
    now: datetime,
) -> list[tuple[lanes.Line, lane.Look]]:
    looks = []
    for line in doubts:
        parent = None if answered is None else answered(line.delivery)
        if line.delivery.post.person and parent is None:
            # nothing names its reply any more, so nobody can find out what became of it: let it be
            key, doubt = line.delivery.key, {State.IN_DOUBT}
            ledger.move(c, key, sources=doubt, to=State.CANCELLED, by=by, now=now, reason=desk.LEFT)
        else:
            looks.append((line, _look(c, line, parent)))
    return looks


def _look(c: database.Connection, line: lanes.Line, parent: Receipt | None) -> lane.Look:
    one = line.delivery
    draft = drafts.load(c, one.key, one.digest or "")
    return lane.Look(delivery=one, draft=draft, since=(one.attempted or one.since) - desk.SKEW, parent=parent)


def _settled(
    c: database.Connection, line: lanes.Line, outcome: lane.Outcome, *, proves: bool, by: str, now: datetime
) -> bool:
    """Whether this look ended the doubt: another sender, or a person, may have been faster."""
    key = line.delivery.key
    if isinstance(outcome, tuple):
        outcome = lanes.unclaimed(c, line.delivery, outcome)
    if isinstance(outcome, tuple) and outcome:
        receipt = min(outcome, key=lambda one: one.at)
        reason = desk.TWICE if len(outcome) > 1 else None
        return ledger.move(
            c,
            key,
            sources={State.IN_DOUBT},
            to=State.SENT,
            by=by,
            now=now,
            attempt=line.attempt,
            reason=reason,
            receipt=desk.kept(line.delivery, receipt),
        )
    if isinstance(outcome, tuple) and proves:
        return absent(c, line, by=by, now=now)
    _know_no_more(c, line, outcome, now=now)
    return False


def absent(c: database.Connection, line: lanes.Line, *, by: str, now: datetime) -> bool:
    """It is not out: one more try, once; then it has failed. False where it was in doubt no longer."""
    again = line.absences == 0
    return ledger.move(
        c,
        line.delivery.key,
        sources={State.IN_DOUBT},
        to=State.WAITING if again else State.FAILED,
        by=by,
        now=now,
        attempt=line.attempt,
        reason=ABSENT if again else ABSENT_AGAIN,
        absences=line.absences + 1,
    )


def _know_no_more(c: database.Connection, line: lanes.Line, outcome: lane.Outcome, *, now: datetime) -> None:
    reason = NOT_THERE
    if isinstance(outcome, errors.PlatformError):
        reason = f"{UNREADABLE}: {outcome.reason}"
    at = None
    if line.looks + 1 < LOOKS:
        at = now + ledger.pacing(c).settle
        if isinstance(outcome, errors.TryLater) and outcome.at is not None:
            at = max(at, outcome.at)
    sending.look_again(c, line, at=at, reason=reason)


def _orphans(c: database.Connection, *, owner: str, now: datetime) -> list[Delivery]:
    """What dead senders left is IN_DOUBT."""
    settle_at = now + ledger.pacing(c).settle
    moved = []
    for line in _gone(c, now=now):
        one = line.delivery
        if ledger.move(
            c,
            one.key,
            sources={State.SENDING},
            to=State.IN_DOUBT,
            by=owner,
            now=now,
            attempt=line.attempt,
            reason=GONE,
            settle_at=settle_at,
        ):
            moved.append(ledger.deliveries(c, keys=[one.key])[one.key])
    return moved


def _gone(c: database.Connection, *, now: datetime) -> list[lanes.Line]:
    """What is SENDING although nobody holds its account's lease any more."""
    standings = ledger.standings(c)
    held = {name for name, standing in standings.items() if standing.expires is not None and standing.expires > now}
    return [line for line in lanes.sending(c) if line.delivery.post.account not in held]


def _tell(moved: Sequence[Delivery], emit: Emit, *, words: Mapping[str, str] | None = None) -> None:
    for one in moved:
        log.info("moved", extra={"key": one.key, "state": str(one.state)})
        emit(one, (words or {}).get(one.key))
