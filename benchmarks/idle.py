"""Memory of an idle daemon against its bare imports; both measured as resident set of a process of its own.

The databases are there before, as they are when a daemon starts: `approve` has made them.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from benchmarks.figures import Figure

BOUND = 1.3

#: all that a live daemon imports, and nothing of it run
BARE = """
import campaignbot.cli.daemon, campaignbot.platforms.x.adapter, campaignbot.platforms.facebook.adapter
"""

BOOKS = """
import pathlib, sys
from campaignbot import app, settings
found = settings.read({}, folder=pathlib.Path(sys.argv[1]))
settings.prepare(found)
with app.open_books(found):
    pass
"""

RSS = """
import os, pathlib
resident = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
print("RSS", resident * os.sysconf("SC_PAGE_SIZE") // 1024, flush=True)
"""


def measure() -> Iterator[Figure]:
    bare = _resident(BARE + RSS)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", BOOKS, folder], check=True)
        program = [sys.executable, "-m", "benchmarks.idle_daemon", folder]
        daemon = int(json.loads(subprocess.run(program, check=True, capture_output=True).stdout)["rss_kib"])
    yield Figure(
        name="idle_memory_ratio",
        value=daemon / bare,
        bound=BOUND,
        at_least=False,
        detail={"bare_imports_kib": bare, "daemon_kib": daemon},
    )


def _resident(code: str) -> int:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout.rpartition("RSS ")[2].split()[0])
