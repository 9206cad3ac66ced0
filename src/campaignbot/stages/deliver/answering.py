"""Answers to people: by the ledger like any post, each to one reply, and to none whose author wants no more of us."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from campaignbot.model.delivery import Delivery, Hold, Receipt, State
from campaignbot.platforms.base import Platform
from campaignbot.stages.deliver import sender, settling
from campaignbot.store import answers, drafts, erasing, ledger
from campaignbot.store.database import Database

#: Where an answer stands that still has to know its reply.
_OPEN = frozenset({State.HELD, State.WAITING, State.SENDING, State.IN_DOUBT})


def answer(
    book: Database,
    people: Database,
    platforms: Mapping[str, Platform],
    *,
    owner: str,
    clock: Callable[[], datetime],
    emit: Callable[[Delivery, str | None], None],
    stopping: Callable[[], bool],
) -> None:
    """Bring what is to be answered into the ledger, send what may go, settle what is in doubt, and forget which replies
    were meant by what is over. Whoever may not be answered any more when their turn comes, is not."""
    with people.read() as c:
        owed = answers.wanted(c)
    if owed:
        _enter(book, owed, by=owner, now=clock())
    with book.read() as c:
        waits = ledger.unanswered(c)
    if waits:
        answered = partial(_reply, people)
        sender.due(book, platforms, owner=owner, clock=clock, emit=emit, stopping=stopping, answered=answered)
        settling.settle(book, platforms, owner=owner, clock=clock, emit=emit, answered=answered)
    if owed:
        _forget(book, people, owed)


def _reply(people: Database, one: Delivery) -> Receipt | None:
    with people.read() as c:
        return answers.reply(c, one.post.person or "")


def _enter(book: Database, owed: Sequence[answers.Wanted], *, by: str, now: datetime) -> None:
    """What is not in the ledger yet comes into it, if its text is approved as it stands; else it never will."""
    with book.read() as c:
        known = ledger.answers(c, [one.person for one in owed])
    fresh = [one for one in owed if one.person not in known]
    if not fresh:
        return
    with book.write() as c:
        known = ledger.answers(c, [one.person for one in fresh])
        texts = ledger.deliveries(c, keys={one.words for one in fresh}, states=(State.HELD,))
        named = {key: (text.post, text.digest or "") for key, text in texts.items() if text.reason == Hold.ANSWERS}
        ready = drafts.ready(c, named, approvals=ledger.approvals_asked(c))
        ledger.add_all(
            c,
            [_new(texts[one.words], one, now=now) for one in fresh if one.person not in known and one.words in ready],
            by=by,
            now=now,
        )


def _new(text: Delivery, one: answers.Wanted, *, now: datetime) -> ledger.New:
    post = replace(text.post, person=one.person, called=False, due=now)
    return ledger.New(post=post, state=State.WAITING, reason=None, digest=text.digest)


def _forget(book: Database, people: Database, owed: Sequence[answers.Wanted]) -> None:
    with book.read() as c:
        known = ledger.answers(c, [one.person for one in owed])
    over = [one.person for one in owed if one.person not in known or known[one.person].state not in _OPEN]
    if over:
        with people.write() as c:
            answers.done(c, over)
        erasing.scrub(people)
