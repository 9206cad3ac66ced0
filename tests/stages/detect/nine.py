"""The nine cities, and replies to them."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import made
from campaignbot.model.campaign import Campaign
from campaignbot.model.reply import Guess, Reading, Reply
from campaignbot.stages import detect

_NAMES: tuple[tuple[dict[str, str], tuple[str, ...], str], ...] = (
    ({"en": "London", "fr": "Londres", "ru": "Лондон"}, ("LDN",), "Europe/London"),
    ({"en": "Marseille", "es": "Marsella", "ru": "Марсель"}, (), "Europe/Paris"),
    ({"en": "Stockholm", "ru": "Стокгольм"}, ("Sthlm",), "Europe/Stockholm"),
    ({"en": "Bucharest", "ro": "București", "ru": "Бухарест"}, ("Buc",), "Europe/Bucharest"),
    ({"en": "Toronto", "ru": "Торонто"}, (), "America/Toronto"),
    ({"en": "New York", "es": "Nueva York", "ru": "Нью-Йорк"}, ("NYC",), "America/New_York"),
    ({"en": "Sydney", "ru": "Сидней"}, (), "Australia/Sydney"),
    ({"en": "Canberra", "ru": "Канберра"}, (), "Australia/Sydney"),
    ({"en": "Barcelona", "fr": "Barcelone", "ru": "Барселона"}, ("BCN",), "Europe/Madrid"),
)


def campaign() -> Campaign:
    cities = [
        made.city(id=names["en"].lower().replace(" ", "-"), names=names, aliases=aliases, zone=ZoneInfo(zone))
        for names, aliases, zone in _NAMES
    ]
    return made.campaign(cities={city.id: city for city in cities})


CAMPAIGN = campaign()


def reply(text: str, *, post_city: str | None = None) -> Reply:
    return Reply(
        account="x-london",
        platform="x",
        id="1",
        author="2",
        handle="@somebody",
        text=text,
        at=made.NOON,
        root=None,
        city=post_city,
    )


def read(text: str, *, post_city: str | None = None, guess: Guess | None = None) -> Reading:
    return detect.reading(reply(text, post_city=post_city), CAMPAIGN, guess=guess)


def examples() -> list[dict[str, Any]]:
    lines = (Path(__file__).parent / "examples.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
