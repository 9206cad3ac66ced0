import re
from pathlib import Path

import made
from campaignbot.model.delivery import MOVES, Delivery, State

HOUSE = Path(__file__).parents[2] / "docs" / "house.md"


def test_the_picture_in_the_house_shows_exactly_the_moves() -> None:
    drawn = re.findall(r"^    (\S+) --> (\w+):", HOUSE.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert {(None if a == "[*]" else State(a), State(b)) for a, b in drawn} == MOVES


def test_only_sent_is_final() -> None:
    left = {source for source, _ in MOVES if source is not None}

    assert set(State) - left == {State.SENT}


def test_a_delivery_is_named_by_its_post() -> None:
    delivery = Delivery(
        post=made.post(), state=State.WAITING, reason=None, digest=None, due=None, until=None, since=made.NOON
    )

    assert delivery.key == made.post().key
