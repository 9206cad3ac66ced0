"""Carrying approved drafts to their platforms: once, or held and shown; never silently lost."""

from campaignbot.stages.deliver.ahead import accounts_due, next_due
from campaignbot.stages.deliver.answering import answer
from campaignbot.stages.deliver.cord import resume, stop
from campaignbot.stages.deliver.levers import (
    arm,
    cancel_city,
    hold,
    retry,
    send,
    settle_drop,
    settle_not_sent,
    settle_sent,
)
from campaignbot.stages.deliver.sender import Door, due
from campaignbot.stages.deliver.settling import recover, settle
from campaignbot.store.ledger import Scope

__all__ = [
    "Door",
    "Scope",
    "accounts_due",
    "answer",
    "arm",
    "cancel_city",
    "due",
    "hold",
    "next_due",
    "recover",
    "resume",
    "retry",
    "send",
    "settle",
    "settle_drop",
    "settle_not_sent",
    "settle_sent",
    "stop",
]
