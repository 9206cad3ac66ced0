"""The ledger: the book of deliveries, and the only thing that decides whether something may go out."""

from campaignbot.store.ledger.accounts import Scope, Standing, Stop, standings, stops
from campaignbot.store.ledger.kept import (
    OPEN,
    approvals_asked,
    keep_approvals,
    keep_pacing,
    keep_places,
    pacing,
    places,
    see,
    seen,
    started,
)
from campaignbot.store.ledger.moves import New, add, add_all, move, retime
from campaignbot.store.ledger.rows import accounts_known, chunks, cities, counts, deliveries, troubled, upcoming

__all__ = [
    "OPEN",
    "New",
    "Scope",
    "Standing",
    "Stop",
    "accounts_known",
    "add",
    "add_all",
    "approvals_asked",
    "chunks",
    "cities",
    "counts",
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
    "started",
    "stops",
    "troubled",
    "upcoming",
]
