"""The ledger: the book of deliveries, and the only thing that decides whether something may go out."""

from campaignbot.store.ledger.accounts import Scope, Standing, Stop, standings, stops
from campaignbot.store.ledger.kept import (
    approvals_asked,
    keep_approvals,
    keep_pacing,
    keep_places,
    pacing,
    places,
    see,
    seen,
)
from campaignbot.store.ledger.moves import New, add, add_all, move, retime
from campaignbot.store.ledger.rows import chunks, deliveries

__all__ = [
    "New",
    "Scope",
    "Standing",
    "Stop",
    "add",
    "add_all",
    "approvals_asked",
    "chunks",
    "deliveries",
    "keep_approvals",
    "keep_pacing",
    "keep_places",
    "move",
    "pacing",
    "places",
    "retime",
    "see",
    "seen",
    "standings",
    "stops",
]
