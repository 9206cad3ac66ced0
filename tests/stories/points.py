"""The real program, except that it ends or freezes itself at a named point: what a kill, or a machine that stands
still, does at the worst moment.

`python points.py ARGUMENTS…` with POINT=NAME:N:SIGNAL in the environment: at the N-th time that the point NAME is
reached the process sends itself that signal (SIGKILL, SIGSTOP). A point that many posts share in one transaction counts
once. Further, all in the environment:
- TOGETHER: whoever comes to the point before the N-th waits there, and results are taken up all at once: so the signal
  strikes N posts at the very same point;
- STRUCK: a file to which the keys of the posts that are at the point are written before the signal;
- LEASE: how many seconds an account's lease holds, STALE: how old an intent may become before its send does not leave
  any more; so that a story need not wait for minutes.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from campaignbot.__main__ import main
from campaignbot.stages.deliver import desk, lane, sender, settling
from campaignbot.store import database
from campaignbot.store.ledger import sending

Call = Callable[..., Any]

#: In the order of a post's way. What is "written" is not yet committed. The start-up look is for what was due before
#: this start, the later one for what is in doubt.
POINTS = (
    "recovered written",
    "recovered committed",
    "turn",
    "before look",
    "after look",
    "look committed",
    "before intent",
    "intent written",
    "intent committed",
    "before send",
    "after send",
    "before result",
    "result written",
    "result committed",
    "before later look",
    "after later look",
    "settled written",
    "settled committed",
)

wanted, times, signalled = os.environ.get("POINT", ":0:SIGKILL").split(":")
number = int(times), signal.Signals[signalled]
together = "TOGETHER" in os.environ
assert wanted in ("", *POINTS), wanted
_counting = threading.Lock()
_there: list[list[str]] = []
_never = threading.Event()
_written = threading.local()  #: what this thread wrote in its transaction, and of which posts


def reached(name: str, keys: Iterable[str] = ()) -> None:
    """The program is at this point, with these posts."""
    if name != wanted:
        return
    with _counting:
        _there.append(list(keys))
        if len(_there) == number[0]:
            if "STRUCK" in os.environ:
                struck = _there if together else _there[-1:]
                with Path(os.environ["STRUCK"]).open("a") as said:
                    said.writelines(f"{key}\n" for some in struck for key in some)
            os.kill(os.getpid(), number[1])
    if together and number[1] is signal.SIGKILL:
        _never.wait()


def wrote(what: str, keys: list[str]) -> None:
    """This is written, and counts with the transaction."""
    reached(f"{what} written", keys)
    _written.what = {**getattr(_written, "what", {}), what: keys}


@contextlib.contextmanager
def write(self: database.Database, **how: Any) -> Iterator[database.Connection]:
    _written.what = {}
    with _write(self, **how) as c:
        yield c
    for what, keys in _written.what.items():
        reached(f"{what} committed", keys)


def orders(self: desk.Desk, *arguments: Any, **named: Any) -> Any:
    reached("turn")
    return _orders(self, *arguments, **named)


def begin(c: Any, chosen: Any, **named: Any) -> Any:
    keys = [one.key for one in chosen]
    if keys:
        reached("before intent", keys)
    found = _begin(c, chosen, **named)
    if keys:
        wrote("intent", keys)
    return found


def record(c: Any, results: Any, **named: Any) -> Any:
    keys = [result.delivery.key for result in results]
    if keys:
        reached("before result", keys)
    found = _record(c, results, **named)
    if keys:
        wrote("result", keys)
    return found


def looked(self: desk.Desk, order: lane.Look, outcome: Any) -> None:
    _looked(self, order, outcome)
    wrote("look", [*getattr(_written, "what", {}).get("look", ()), order.delivery.key])


def settled(c: Any, line: Any, *arguments: Any, **named: Any) -> None:
    _settled(c, line, *arguments, **named)
    wrote("settled", [line.delivery.key])


def orphans(*arguments: Any, **named: Any) -> Any:
    found = _orphans(*arguments, **named)
    if found:
        wrote("recovered", [one.key for one in found])
    return found


def carry_out(platform: Any, order: lane.Order) -> Any:
    what = "send" if isinstance(order, lane.Send) else "look"
    if threading.current_thread().name.startswith("look"):
        what = "later look"
    reached(f"before {what}", [order.delivery.key])
    found = _carry_out(platform, order)
    reached(f"after {what}", [order.delivery.key])
    return found


_write, _orders, _looked = database.Database.write, desk.Desk.orders, desk.Desk._looked
_begin, _record, _carry_out = sending.begin, sending.record, lane.carry_out
_settled, _orphans = settling._settled, settling._orphans
for place, name, watched in (
    (database.Database, "write", write),
    (desk.Desk, "orders", orders),
    (desk.Desk, "_looked", looked),
    (sending, "begin", begin),
    (sending, "record", record),
    (lane, "carry_out", carry_out),
    (settling, "_settled", settled),
    (settling, "_orphans", orphans),
):
    setattr(place, name, watched)
if together:
    sender.PAUSE = sender.GATHER = settling.LOOKERS = 60
for constant in ("LEASE", "STALE"):
    if constant in os.environ:
        setattr(desk, constant, timedelta(seconds=float(os.environ[constant])))

if __name__ == "__main__":
    sys.argv[0] = "campaignbot"
    main()
