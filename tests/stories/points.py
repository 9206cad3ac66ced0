"""The real program, except that it ends or freezes itself at a named point: what a kill, or a machine that stands
still, does at the worst moment.

`python points.py ARGUMENTS…` with POINT=NAME:N:SIGNAL in the environment: at the N-th time that the point NAME is
reached the process sends itself that signal (SIGKILL, SIGSTOP). LEASE, if set, is how many seconds an account's lease
holds, so that a story need not wait for minutes.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from campaignbot.__main__ import main
from campaignbot.stages.deliver import desk, lane, settling
from campaignbot.store.ledger import sending

Call = Callable[..., Any]


def reached(name: str) -> None:
    """The program is at this point."""
    global left
    if name == wanted:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), number)


def around(call: Call, *, before: str, after: str) -> Call:
    def called(*arguments: Any, **named: Any) -> Any:
        reached(before)
        found = call(*arguments, **named)
        reached(after)
        return found

    return called


def carried(call: Call) -> Call:
    def called(platform: Any, order: lane.Order) -> Any:
        what = "send" if isinstance(order, lane.Send) else "look"
        reached(f"before {what}")
        found = call(platform, order)
        reached(f"after {what}")
        return found

    return called


#: In the order of a post's way. An intent or a result is written, then committed with its transaction.
POINTS = (
    "turn",
    "before intent",
    "intent written",
    "before send",
    "after send",
    "before result",
    "result written",
    "before look",
    "after look",
    "before settled",
    "settled",
)

wanted, times, signalled = os.environ.get("POINT", ":0:SIGKILL").split(":")
left, number = int(times), signal.Signals[signalled]
desk.Desk.orders = around(desk.Desk.orders, before="turn", after="")  # type: ignore[method-assign]  # watched, not changed
sending.begin = around(sending.begin, before="before intent", after="intent written")
sending.record = around(sending.record, before="before result", after="result written")
lane.carry_out = carried(lane.carry_out)
settling._settled = around(settling._settled, before="before settled", after="settled")
if "LEASE" in os.environ:
    desk.LEASE = timedelta(seconds=float(os.environ["LEASE"]))

if __name__ == "__main__":
    sys.argv[0] = "campaignbot"
    main()
