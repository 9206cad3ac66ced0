"""The ledger against what the networks hold, and against what they were asked."""

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import picture
from town import PATIENCE, OneGraph, OneX, Town


@dataclass(frozen=True, kw_only=True)
class Stand:
    """One post: what the ledger says, how often it is out, and what a person is told to do about it."""

    key: str
    state: str
    out: int
    fix: str

    @property
    def city(self) -> str:
        return self.key.split("/")[2]

    @property
    def account(self) -> str:
        return self.key.split("/")[4]

    @property
    def how(self) -> str:
        """`lost` is what the ledger says otherwise than the network, and what no person would see."""
        if self.out > 1:
            return "doubled"
        if self.state == "SENT":
            return "sent" if self.out else "lost"
        if self.state in ("IN_DOUBT", "FAILED", "MISSED"):
            return "held" if not self.out and "campaignbot " in self.fix else "lost"
        return "lost" if self.out else self.state.lower()


def stands(place: Town) -> list[Stand]:
    rows = place.lines("deliveries", "--json")
    said = place.start("status", "--json")
    attention = {one["key"]: one["fix"] for one in json.loads(said.communicate(timeout=PATIENCE)[0])["attention"]}
    texts = {key: text for key, text in place.ledger("SELECT key, text FROM drafts")}  # as they were approved
    public = place.public_texts()
    assert set().union(*public.values()) <= set(texts.values())
    return [
        Stand(
            key=row["key"],
            state=row["state"],
            out=public[row["key"].split("/")[4]].count(texts[row["key"]]),
            fix=attention.get(row["key"], ""),
        )
        for row in rows
    ]


def counted(found: Iterable[Stand]) -> dict[str, int]:
    """How the posts ended. Only on Facebook, where nothing proves absence, may one end in doubt."""
    found = list(found)
    assert {one.account[:3] for one in found if one.state == "IN_DOUBT"} <= {"fb-"}
    return dict(Counter(one.how for one in found))


def asked(networks: Iterable[OneX | OneGraph]) -> int:
    """How often these networks were asked to make something public. Beside what is out, that shows a second try, also
    where the network refused it: X takes no equal words."""
    requests = [request for network in networks for request in network.requests]
    return sum(method == "POST" and path.endswith(("/2/tweets", "/feed")) for method, path, _ in requests)


def ended(place: Town, story: str, **figures: float) -> dict[str, int]:
    """How the posts ended, and `again`: how many requests to publish there were beyond what is out. Kept for the table,
    with the story's own figures."""
    found = counted(stands(place))
    found["again"] = asked(place.networks) - sum(map(len, place.public_texts().values()))
    picture.note(os.environ.get("CRASHES"), story, **figures, **found)
    return found
