"""Door: the whole campaign in compressed time, by the daemon's own ticks, on embedded networks."""

import gc
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, timedelta
from pathlib import Path

from campaignbot import app as wiring
from campaignbot import settings
from campaignbot.app import App
from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.platforms import base
from campaignbot.rehearsal import organisers, world
from campaignbot.rehearsal.clock import FastClock
from campaignbot.rehearsal.play import Play
from campaignbot.rehearsal.public import Public
from campaignbot.stages import keep, plan

__all__ = ["stage"]

#: seconds: the networks are on this machine; long enough that a slow machine does not look like a lost answer
HURRY = base.Patience(connect=5.0, read=5.0, total=10.0, upload=10.0, sweep=timedelta(days=1))


@contextmanager
def stage(campaign: Campaign, *, faults: bool, seed: int, cities: int | None) -> Iterator[Play]:
    """A rehearsal ready to run: networks up, state in a temporary folder, everything gone at the end."""
    if cities is not None:
        campaign = organisers.clones(campaign, cities)
    firsts = [post.due for post in plan.posts(campaign) if post.due is not None]
    if not firsts:
        raise errors.UserError(
            "there is nothing to rehearse: no slot has a time in a city that takes part; add one under slots"
        )
    clock = FastClock((min(firsts) - timedelta(days=1)).astimezone(UTC))
    public_key, identity = keep.new_key()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="campaignbot-rehearsal-")))
        up = stack.enter_context(world.start(clock))
        campaign = organisers.fill(campaign, urls=up.urls, recipient=public_key)
        found = settings.read(world.enrol(up, campaign), folder=folder)
        settings.prepare(found)  # a ledger without a campaign folder beside it
        books = stack.enter_context(wiring.open_books(found))
        public = Public(seed=seed)
        app = App(
            settings=found,
            campaign=campaign,
            books=books,
            platforms=wiring.connect(campaign, found, clock=clock, patience=HURRY),
            owner="rehearsal",
            clock=clock,
            emit=lambda delivery, _text: public.read(delivery, now=clock()),
            tell=lambda _event, _detail: None,
            alarm=lambda _title, _body: None,
        )
        if faults:
            up.break_down(seed=seed)
        stack.enter_context(_unhurried_collector())
        yield Play(app=app, world=up, public=public, clock=clock, identity=identity, seed=seed)


@contextmanager
def _unhurried_collector() -> Iterator[None]:
    """Python looks through its memory for cycles more rarely: thousands of short requests a second make it look at the
    whole campaign and every library again and again, a quarter of the time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
