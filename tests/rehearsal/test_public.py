from collections import Counter
from datetime import timedelta
from itertools import permutations

import made
from campaignbot.model.delivery import Delivery, Receipt, State
from campaignbot.model.reply import Intent
from campaignbot.rehearsal.public import LEAVING, USUAL, Planted, Public


def delivery(slot: int, *, state: State = State.SENT, language: str = "en-GB", city: str = "london") -> Delivery:
    post = made.post(slot=f"slot-{slot}", language=language, city=city)
    return Delivery(
        post=post,
        state=state,
        reason=None,
        digest=None,
        due=post.due,
        until=post.until,
        since=made.NOON,
        receipt=Receipt(id=f"{city}-{slot}", url=None, at=made.NOON) if state is State.SENT else None,
    )


def written(*, seed: int, posts: int) -> list[Planted]:
    """What a place writes over so many days."""
    public, now = Public(seed=seed), made.NOON
    for number in range(posts):
        public.read(delivery(number), now=now)
        now += timedelta(days=1)
        public.due(now)
    return public.written


def test_nobody_answers_what_did_not_go_out() -> None:
    public = Public(seed=1)
    for state in set(State) - {State.SENT}:
        public.read(delivery(1, state=state), now=made.NOON)
    assert (public.waiting, public.next()) == ([], None)


def test_the_first_post_of_a_place_is_answered_within_the_hour_by_somebody_who_comes() -> None:
    public = Public(seed=1)
    public.read(delivery(1), now=made.NOON)
    [planted] = public.waiting
    assert (planted.intent, planted.text, planted.remote_id, planted.city, planted.place) == (
        Intent.JOIN,
        "I'll be there!",
        "london-1",
        "london",
        ("london", "en-GB", "x-london"),
    )
    assert timedelta(0) < planted.at - made.NOON < timedelta(hours=1)
    assert (public.due(planted.at - timedelta(seconds=1)), public.next()) == ([], planted.at)
    assert (public.due(planted.at), public.written, public.next()) == ([planted], [planted], None)


def test_the_same_seed_is_the_same_people_in_whatever_order_the_posts_go_out() -> None:
    found = []
    for order in permutations(["london", "marseille", "toronto"]):
        public = Public(seed=3)
        for city in order:
            public.read(delivery(1, city=city), now=made.NOON)
        found.append(sorted(public.waiting, key=lambda planted: planted.city))
    assert found == [found[0]] * 6
    assert [one.author for one in written(seed=1, posts=9)] != [one.author for one in written(seed=2, posts=9)]


def test_a_language_that_nobody_here_speaks_is_answered_in_english() -> None:
    public = Public(seed=1)
    public.read(delivery(1, language="de-DE"), now=made.NOON)
    assert [planted.text for planted in public.waiting] == ["I'll be there!"]


def test_one_answer_in_three_is_something_else() -> None:
    heard = [planted.intent for planted in written(seed=1, posts=60)]
    assert [intent in USUAL for intent in heard] == [number % 3 != 2 for number in range(60)]
    assert set(heard) == set(Intent) - {Intent.OTHER}


def test_who_writes_twice_had_joined_and_takes_their_leave() -> None:
    heard = written(seed=1, posts=60)
    often = [author for author, times in Counter(planted.author for planted in heard).items() if times > 1]
    stories = [[planted.intent for planted in heard if planted.author == author] for author in often]
    assert stories
    assert [(story[0], len(story), story[-1] in LEAVING) for story in stories] == [(Intent.JOIN, 2, True)] * len(
        stories
    )
