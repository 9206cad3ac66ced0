"""The city of each example, in fifteen languages: those that the rules were made with, and those kept apart.

The intent is given, as the model's, so that the place alone is judged; but for people in Russia and for talk of a city
that is no join. Floors, not equality.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

import made
from campaignbot.model.reply import Intent
from stages.detect.nine import read

_FLOORS = {"named": 0.92, "context": 0.9, "two": 1.0, "new": 0.8, "russia": 1.0, "abroad": 1.0, "none": 0.75}


@pytest.mark.parametrize("file", ["places.jsonl", "places-apart.jsonl"])
def test_the_city_is_right(file: str) -> None:
    lines = [json.loads(line) for line in (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines()]
    right, all_ = Counter[str](), Counter[str]()
    for line in lines:
        asks, intent = line["asks"], Intent(line["intent"])
        guess = None if asks in {"russia", "none"} else made.guess(intent, 1.0)
        reading = read(line["text"], post_city=line["post_city"], guess=guess)
        all_[asks] += 1
        if asks == "russia":
            right[asks] += reading.intent is Intent.CRISIS
        elif asks == "none":
            right[asks] += reading.intent not in {Intent.JOIN, Intent.START_CITY}
        else:
            right[asks] += reading.city in line["city"]
    assert {asks for asks, floor in _FLOORS.items() if right[asks] / all_[asks] < floor} == set()
    joins = ("named", "context", "two", "abroad")
    assert sum(right[asks] for asks in joins) / sum(all_[asks] for asks in joins) >= 0.95
