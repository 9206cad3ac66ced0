"""Loaded by Python itself at its start: writes down every connection and every look-up of a name, and refuses it."""

import os
import runpy
import socket
from pathlib import Path
from typing import Any

SEEN = Path(os.environ["CONNECTIONS"])


def _refuse(*arguments: Any, **_named: Any) -> Any:
    with SEEN.open("a") as seen:
        seen.write(f"{arguments!r}\n")
    raise OSError("nothing leaves")


if "TESTS_AHEAD" in os.environ:  # Python loads one file of this name: the other one's work is done from here
    runpy.run_path(str(Path(__file__).parents[1] / "ahead" / "sitecustomize.py"))
with SEEN.open("a") as _seen:
    _seen.write("guarded\n")
socket.socket.connect = _refuse  # type: ignore[method-assign]  # the guard
socket.socket.connect_ex = _refuse  # type: ignore[method-assign]  # the guard
socket.socket.sendto = _refuse  # type: ignore[method-assign]  # the guard
socket.getaddrinfo = _refuse
