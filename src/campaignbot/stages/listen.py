"""listen: read what people answered, understand it, and file it or hand it to a person.

Filed: a join that nothing makes doubtful, sealed to the organisers' keys. Handed to a person: a crisis at once,
whatever needs review, and questions and offers to start a city, since a person answers those. A plain no withdraws an
earlier yes; an opt-out deletes everything of its author. The rest is counted and forgotten. Of what was decided
without a person, one in fifty is set aside for one to look at: sealed, filed all the same, and never a no or an
opt-out. Nothing of a person is ever logged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

from campaignbot.model import errors
from campaignbot.model.campaign import Ask, Campaign
from campaignbot.model.delivery import Delivery, Receipt, State
from campaignbot.model.reply import Cursor, Guess, Intent, Note, Page, Reading, Reply
from campaignbot.platforms.base import Platform
from campaignbot.stages import detect, plan
from campaignbot.store import answers, cursors, erasing, inbox, joining, journal, ledger, samples, upstream
from campaignbot.store.database import Connection, Database

_MOST_PAGES = 20  #: of one account in one poll; the next poll goes on from there
#: How often a network is asked whether a waiting reply is still there, and for how many of an account in one poll: on
#: Facebook each is a call, and a Page may make a few thousand a day.
_LOOK = timedelta(hours=1)
_MOST_LOOKED = 20
_FOR_A_PERSON = frozenset({Intent.CRISIS, Intent.QUESTION, Intent.START_CITY})
_Pile = dict[bytes, list[tuple[Reply, Reading]]]
SAMPLE = 50  #: of so many replies that were filed alone, a person looks at one


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What one poll of one account brought, in numbers."""

    account: str
    read: int = 0
    new: int = 0
    joined: int = 0
    waiting: int = 0
    crisis: int = 0
    claimed_total: int | None = None  #: how many replies the network itself says there are
    error: str | None = None  #: why it could not be read


def poll(
    book: Database,
    people: Database,
    platforms: Mapping[str, Platform],
    campaign: Campaign,
    *,
    key: bytes,
    clock: Callable[[], datetime],
    sample: int = SAMPLE,
    opinion: Callable[[str], Guess | None] = lambda _: None,
) -> list[Heard]:
    """Read every account on from its cursor, until known ground. A platform's error ends only that account's turn.
    `sample`: of how many replies that were filed alone a person looks at one; `opinion`: what the optional model makes
    of a text."""
    with book.read() as c:
        sent = list(ledger.deliveries(c, states=(State.SENT,)).values())
    reader = _Reader(people=people, campaign=campaign, key=key, clock=clock, sample=sample, opinion=opinion)
    return [
        reader.account(name, platform, [d for d in sent if d.post.account == name])
        for name, platform in platforms.items()
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reader:
    people: Database
    campaign: Campaign
    key: bytes
    clock: Callable[[], datetime]
    sample: int
    opinion: Callable[[str], Guess | None]

    def account(self, name: str, platform: Platform, sent: Sequence[Delivery]) -> Heard:
        """One account, page by page, each page and its cursor in one transaction."""
        receipts = [d.receipt for d in sent if d.receipt is not None]
        heard = Heard(account=name)
        try:
            for _ in range(_MOST_PAGES):
                heard, complete = self._page(heard, platform, receipts, self._cities(sent))
                if complete:
                    break
            self._follow(name, platform)
        except errors.PlatformError as error:
            heard = replace(heard, error=error.reason)
        if heard.new:  # once, and not at each page: it writes the whole file anew where somebody's words were deleted
            erasing.scrub(self.people)
        return heard

    def _page(
        self, heard: Heard, platform: Platform, receipts: Sequence[Receipt], cities: Mapping[str, str]
    ) -> tuple[Heard, bool]:
        with self.people.read() as c:
            after = cursors.reached(c, heard.account)
        page = platform.replies(receipts, after=after)
        if not page.replies and page.cursor == after:  # nothing to write: an idle campaign touches no disk
            return replace(heard, claimed_total=page.claimed_total), True
        brought = self._file(heard.account, page, cities, after=after)
        total = replace(
            brought,
            read=heard.read + brought.read,
            new=heard.new + brought.new,
            joined=heard.joined + brought.joined,
            waiting=heard.waiting + brought.waiting,
            crisis=heard.crisis + brought.crisis,
        )
        return total, page.complete or page.cursor == after

    def _follow(self, account: str, platform: Platform) -> None:
        """Delete the waiting replies that their authors have deleted on the network meanwhile."""
        now = self.clock()
        with self.people.read() as c:
            asked = upstream.unlooked(c, account, since=now - _LOOK, limit=_MOST_LOOKED)
        if not asked:
            return
        gone = platform.vanished(asked)
        with self.people.write() as c:
            texts = upstream.follow(c, account, asked=asked, gone=gone, now=now)
            if texts:
                said: dict[str, journal.JSON] = {"what": "deleted upstream", "by": "daemon", "texts": texts}
                journal.add(c, chain=journal.PEOPLE, entry=said, now=now)
        if gone:
            erasing.scrub(self.people)

    def _file(self, account: str, page: Page, cities: Mapping[str, str], *, after: Cursor | None) -> Heard:
        now = self.clock()
        theirs = sorted((r for r in page.replies if not self._ours(r)), key=lambda reply: reply.at)
        by_hash = {inbox.reply_hash(self.key, reply): reply for reply in theirs}
        with self.people.read() as c:
            fresh = inbox.unseen(c, by_hash)
        if not fresh and page.cursor == after and page.claimed_total is None:  # all of it known: the disk is left alone
            return Heard(account=account, read=len(page.replies))
        read = [
            (placed, detect.reading(placed, self.campaign, guess=self.opinion(placed.text)))
            for one, reply in by_hash.items()
            if one in fresh
            for placed in [replace(reply, city=cities.get(reply.root or ""))]
        ]
        with self.people.write() as c:
            done = self._sort(c, read, now=now)
            for_people = [one for several in done.for_people.values() for one in several]
            inbox.wait(c, for_people, key=self.key, campaign=self.campaign.id, now=now)
            self._set_aside(c, done.sampled, now=now)
            inbox.see(c, fresh, now=now)
            inbox.hear(c, (reading.intent for _, reading in read))
            cursors.keep(c, account, to=page.cursor, claimed=page.claimed_total, read=len(read), now=now)
        return Heard(
            account=account,
            read=len(page.replies),
            new=len(read),
            joined=done.joined,
            waiting=len(for_people),
            crisis=sum(reading.intent is Intent.CRISIS for _, reading in for_people),
            claimed_total=page.claimed_total,
        )

    def _sort(self, c: Connection, read: Sequence[tuple[Reply, Reading]], *, now: datetime) -> "_Sorted":
        """File what can be filed; what a person must see or looks at."""
        people = [inbox.pseudonym(self.key, reply, campaign=self.campaign.id) for reply, _ in read]
        handles = [self._alias(reply) for reply, _ in read]
        left = inbox.left(c, {*people, *filter(None, handles)})
        done = _Sorted()
        for person, handle, (reply, reading) in zip(people, handles, read, strict=True):
            if not left.isdisjoint((person, handle)) and reading.intent is not Intent.CRISIS:
                continue  # an opt-out holds for good, but a life in danger goes before it
            if reading.needs_review or reading.intent in _FOR_A_PERSON:
                done.for_people.setdefault(person, []).append((reply, reading))
            elif reading.intent is Intent.OPT_OUT:
                self._join(c, done, of=person)
                inbox.leave(c, person, key=self.key, now=now)
                left.add(person)
                done.keep(person, lambda intent: intent is Intent.CRISIS)
            elif reading.intent is Intent.DECLINE:
                self._join(c, done, of=person)
                inbox.withdraw(c, person, key=self.key)
                done.keep(person, lambda intent: intent is not Intent.JOIN)
            elif reading.intent is Intent.JOIN and not joining.recipients(self.campaign, reading.city):
                done.for_people.setdefault(person, []).append((reply, reading))
            else:
                if reading.intent is Intent.JOIN:
                    done.joined += 1
                    done.joining.setdefault(person, []).append(_note(reply, reading))
                    self._answer(c, person, reply, reading, now=now)
                if self._sampled(reply):
                    done.sampled.setdefault(person, []).append((reply, reading))
        self._join(c, done, of=None)
        return done

    def _join(self, c: Connection, done: "_Sorted", *, of: bytes | None) -> None:
        """File those who want to come: all of them at the end, and before that where one of them says otherwise."""
        if of is None or of in done.joining:
            joining.join_all(c, done.yeses(), campaign=self.campaign, key=self.key)
            done.joining.clear()

    def _answer(self, c: Connection, person: bytes, reply: Reply, reading: Reading, *, now: datetime) -> None:
        """Owe them an answer, where their account gives any. Whom the network hides may have had one already."""
        city = reading.city or reply.city
        text = plan.answer(self.campaign, reply.account, to=Ask.JOIN, city=city, language=reading.language)
        if text is not None and reply.author:
            answers.want(
                c,
                person,
                alias=self._alias(reply),
                account=reply.account,
                remote=reply.id,
                words=text.key,
                key=self.key,
                now=now,
            )

    def _set_aside(self, c: Connection, pile: _Pile, *, now: datetime) -> None:
        for person, several in pile.items():
            for reply, reading in several:
                place = reading.city or reply.city
                of_city = [city.recipients for city in self.campaign.cities.values() if city.name == place]
                if recipients := [*self.campaign.recipients, *chain.from_iterable(of_city)]:
                    samples.keep(c, person, reply, reading, alias=self._alias(reply), recipients=recipients, now=now)

    def _alias(self, reply: Reply) -> bytes | None:
        return inbox.alias(self.key, platform=reply.platform, handle=reply.handle, campaign=self.campaign.id)

    def _sampled(self, reply: Reply) -> bool:
        """Whether a person looks at it although it was filed: by chance, the same however often it is asked, and
        nobody without the key can write so as to be passed over."""
        return int.from_bytes(inbox.reply_hash(self.key, reply)[:8]) % self.sample == 0

    def _ours(self, reply: Reply) -> bool:
        """Whether one of the campaign's own accounts wrote it."""
        ours = {a.remote for a in self.campaign.accounts.values() if a.platform == reply.platform}
        return reply.by_us or bool({reply.author.lower(), (reply.handle or "").lstrip("@").lower()} & ours)

    def _cities(self, sent: Sequence[Delivery]) -> dict[str, str]:
        """The city of each of our posts, by its remote id."""
        return {
            d.receipt.id: self.campaign.cities[d.post.city].name
            for d in sent
            if d.receipt is not None and d.post.city in self.campaign.cities
        }


@dataclass
class _Sorted:
    """What becomes of some replies, in their order."""

    for_people: _Pile = field(default_factory=dict)
    sampled: _Pile = field(default_factory=dict)
    joined: int = 0
    joining: dict[bytes, list[Note]] = field(default_factory=dict)  #: of them, those who are still to be filed

    def yeses(self) -> list[tuple[bytes, Note]]:
        return [(person, note) for person, notes in self.joining.items() for note in notes]

    def keep(self, person: bytes, kept: Callable[[Intent], bool]) -> None:
        """Of what a person said until now, hand on only what is meant so, and nothing for a look."""
        self.sampled.pop(person, None)
        if person in self.for_people:
            self.for_people[person] = [one for one in self.for_people[person] if kept(one[1].intent)]


def _note(reply: Reply, reading: Reading) -> Note:
    return Note(
        city=reading.city,
        party_size=reading.party_size,
        language=reading.language,
        platform=reply.platform,
        answer_to=reply.handle,
        at=reply.at,
    )
