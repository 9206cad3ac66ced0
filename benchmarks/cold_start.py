"""`campaignbot --help` in instructions, against `python -c pass`: counted by valgrind, so no noise."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.figures import Figure

BOUND = 8.0


def measure() -> Iterator[Figure]:
    if shutil.which("valgrind") is None:
        if os.environ.get("CI"):
            raise SystemExit("valgrind is missing: apt-get install valgrind")
        print("cold start is left out: valgrind is not installed", file=sys.stderr)
        return
    bare = _instructions(["-c", "pass"])
    ours = _instructions(["-m", "campaignbot", "--help"])
    yield Figure(
        name="help_instructions_ratio",
        value=ours / bare,
        bound=BOUND,
        at_least=False,
        detail={"python_pass": bare, "help": ours},
    )


def _instructions(arguments: list[str]) -> int:
    # once without counting, so that every .pyc is there
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        ["valgrind", "--tool=none", "--log-file=/dev/null", "true"], check=False, stdout=subprocess.DEVNULL
    )
    assert done.returncode == 0
    counted = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    found = re.search(r"Collected : (\d+)", counted.stderr)
    assert found is not None, counted.stderr[-500:]
    return int(found.group(1))
