"""The ledger against what the networks hold."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from town import Town


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
    attention = {one["key"]: one["fix"] for one in json.loads(said.communicate(timeout=60)[0])["attention"]}
    texts = {draft["key"]: draft["text"] for draft in place.lines("preview", "--json")[:-1]}
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
