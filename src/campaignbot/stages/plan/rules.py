"""What is wrong with a plan: clock changes, quiet hours, spacing, caps, posts that end before they begin."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from campaignbot.model.campaign import Campaign, City, Edge, OnDay
from campaignbot.model.errors import Fault, Severity
from campaignbot.model.post import Post
from campaignbot.stages.plan import clock, fanout


def faults(campaign: Campaign, posts: Sequence[Post]) -> list[Fault]:
    """All that is wrong with these posts, each where it stands in the file, one for a slot and city; sorted.

    Called slots obey no clock: quiet hours, spacing and caps do not concern them. Where a clock change skips a post's
    time, that is all that is said of it: its time is not known yet.
    """
    timed = [post for post in posts if post.due is not None and not post.called]
    sure = [post for post in timed if not _skipped(campaign, post)]
    found = [
        *_clock_changes(campaign, timed),
        *_quiet(campaign, sure),
        *_spacing(campaign, sure),
        *_caps(campaign, sure),
        *_ended(campaign, sure),
    ]
    return sorted(found)


def _fault(
    campaign: Campaign, path: str, code: str, message: str, fix: str, *, severity: Severity = Severity.ERROR
) -> Fault:
    mark = campaign.mark(path)
    return Fault(
        file=mark.file, line=mark.line, column=mark.column, severity=severity, code=code, message=message, fix=fix
    )


def _skipped(campaign: Campaign, post: Post) -> bool:
    return post.wall is not None and clock.skipped(datetime.fromisoformat(post.wall), campaign.cities[post.city].zone)


def _pairs(posts: Iterable[Post]) -> dict[tuple[str, str], Post]:
    """The first post of each slot and city."""
    firsts: dict[tuple[str, str], Post] = {}
    for post in posts:
        firsts.setdefault((post.slot, post.city), post)
    return firsts


def _clock_changes(campaign: Campaign, timed: Sequence[Post]) -> Iterator[Fault]:
    slots = {slot.id: slot for slot in campaign.slots}
    for slot_id, city_id in _pairs(timed):
        slot, city = slots[slot_id], campaign.cities[city_id]
        wall = clock.wall(slot, city)
        if wall is not None and isinstance(slot.when, OnDay):
            yield from _clock_change(campaign, f"slots/{slot_id}/when", f"slot {slot_id}", city, wall)
    for city_id in dict.fromkeys(post.city for post in timed):
        city = campaign.cities[city_id]
        for edge in Edge:
            what = f"the {edge} of the action"
            yield from _clock_change(campaign, f"cities/{city_id}/action", what, city, clock.edge(city, edge))


def _clock_change(campaign: Campaign, path: str, what: str, city: City, wall: datetime) -> Iterator[Fault]:
    said = f"{wall:%H:%M} on {wall:%Y-%m-%d} in {city.name}"
    if clock.skipped(wall, city.zone):
        valid = clock.next_valid(wall, city.zone)
        moved = f"{valid:%H:%M}" if valid.date() == wall.date() else f"{valid:%Y-%m-%d %H:%M}"
        yield _fault(
            campaign,
            path,
            "gap",
            f"{what} falls at {said}, a time that a clock change skips",
            f"the next valid minute is {moved}",
        )
    elif clock.doubled(wall, city.zone):
        yield _fault(
            campaign,
            path,
            "fold",
            f"{what} falls at {said}, a time that occurs twice there",
            "the first one is taken; choose another time if that is not meant",
            severity=Severity.WARNING,
        )


def _quiet(campaign: Campaign, timed: Sequence[Post]) -> Iterator[Fault]:
    if campaign.pacing.quiet is None:
        return
    begin, end = campaign.pacing.quiet
    loud = (p for p in timed if not p.ignores_quiet and campaign.pacing.quiet_at(_local(p, campaign).time()))
    for (slot, city), post in _pairs(loud).items():
        yield _fault(
            campaign,
            f"slots/{slot}/when",
            "quiet",
            f"slot {slot} falls due at {_local(post, campaign):%H:%M} in {campaign.cities[city].name}, "
            f"in the quiet hours ({begin:%H:%M}-{end:%H:%M})",
            "choose another time, or write `quiet: ignore` in the slot",
        )


def _by_login(campaign: Campaign, timed: Sequence[Post]) -> dict[fanout.Login, list[Post]]:
    logins = fanout.logins_of(campaign)
    grouped: dict[fanout.Login, list[Post]] = defaultdict(list)
    for post in sorted(timed, key=lambda post: (_due(post), post.key)):
        grouped[logins[post.account]].append(post)
    return grouped


def _spacing(campaign: Campaign, timed: Sequence[Post]) -> Iterator[Fault]:
    spacing = campaign.pacing.spacing
    if not spacing:
        return
    told = set()
    for spoken in _by_login(campaign, timed).values():
        for place, post in enumerate(spoken):
            before = _too_near(spoken, place, spacing)
            if before is None or (post.slot, post.city) in told:
                continue
            told.add((post.slot, post.city))
            yield _fault(
                campaign,
                f"slots/{post.slot}/when",
                "spacing",
                f"slots {before.slot} ({campaign.cities[before.city].name}) and {post.slot} "
                f"({campaign.cities[post.city].name}) fall due {_minutes(_due(post) - _due(before))} apart "
                f"on {post.account}",
                f"leave {_minutes(spacing)} between two slots of one account, after the last version of the first",
            )


def _too_near(spoken: Sequence[Post], place: int, spacing: timedelta) -> Post | None:
    """The last post of another slot that is less than `spacing` before the one at this place."""
    post = spoken[place]
    for before in reversed(spoken[:place]):
        if _due(post) - _due(before) >= spacing:
            return None
        if before.slot != post.slot:
            return before
    return None


def _caps(campaign: Campaign, timed: Sequence[Post]) -> Iterator[Fault]:
    cap = campaign.pacing.per_account_per_day
    for spoken in _by_login(campaign, timed).values():
        days: dict[object, list[Post]] = defaultdict(list)
        for post in spoken:
            days[_local(post, campaign).date()].append(post)
        for day, those in days.items():
            if len(those) > cap:
                first_over = those[cap]
                yield _fault(
                    campaign,
                    f"slots/{first_over.slot}/when",
                    "per-day",
                    f"{first_over.account} has {len(those)} posts on {day}, more than {cap} a day: slot "
                    f"{first_over.slot} in {campaign.cities[first_over.city].name} goes over it",
                    "move a slot to another day, or raise per_account_per_day",
                )


def _ended(campaign: Campaign, timed: Sequence[Post]) -> Iterator[Fault]:
    ended = (post for post in timed if post.until is not None and post.until <= _due(post))
    for (slot, city), post in _pairs(ended).items():
        yield _fault(
            campaign,
            f"slots/{slot}/until",
            "until",
            f"slot {slot} in {campaign.cities[city].name} may go out until {_utc(post.until)}, "
            f"which is not after it falls due ({_utc(post.due)})",
            "choose a later `until`, or an earlier time",
        )


def _due(post: Post) -> datetime:
    """The due of a post that has one: `faults` has put the others aside."""
    assert post.due is not None
    return post.due


def _local(post: Post, campaign: Campaign) -> datetime:
    return _due(post).astimezone(campaign.cities[post.city].zone)


def _minutes(span: timedelta) -> str:
    return f"{int(span.total_seconds() // 60)} min"


def _utc(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%MZ}"
