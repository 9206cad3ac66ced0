"""Review: a person reads what will be said, and says yes to exactly that.

`drafts` are the words, `packet` shows them on a page; `approve` and `reject` are what a person says
of them; `rows` tells where each post stands; `take_up` brings the ledger in line with edited files.
"""

from campaignbot.stages.plan import Change
from campaignbot.stages.review.approval import Verdict, approve, organiser
from campaignbot.stages.review.packet import packet
from campaignbot.stages.review.rejection import reject
from campaignbot.stages.review.standing import Row, rows
from campaignbot.stages.review.upkeep import differences, take_up
from campaignbot.stages.review.words import approvable, drafts

__all__ = [
    "Change",
    "Row",
    "Verdict",
    "approvable",
    "approve",
    "differences",
    "drafts",
    "organiser",
    "packet",
    "reject",
    "rows",
    "take_up",
]
