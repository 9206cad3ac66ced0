"""Print every figure as one JSON line; exit 3 if one is out of its bound.

`python -m benchmarks NAME ...` measures only these; the names are those of the modules.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence

from benchmarks import burst, classify, cold_start, idle, ingestion, killed, plan_render_store, waiting, workers
from benchmarks.figures import Figure

OUT_OF_BOUND = 3
WRONG_USAGE = 2

MEASURES: dict[str, Callable[[], Iterator[Figure]]] = {
    "plan_render_store": plan_render_store.measure,
    "cold_start": cold_start.measure,
    "idle": idle.measure,
    "burst": burst.measure,
    "killed": killed.measure,
    "workers": workers.measure,
    "waiting": waiting.measure,
    "classify": classify.measure,
    "ingestion": ingestion.measure,
}


def main(names: Sequence[str]) -> int:
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(MEASURES)}", file=sys.stderr)
        return WRONG_USAGE
    figures: list[Figure] = []
    for name in names or MEASURES:
        for figure in MEASURES[name]():
            figures.append(figure)
            print(json.dumps(figure.record()), flush=True)
    for figure in figures:
        if not figure.ok:
            print(
                f"out of bound: {figure.name} is {figure.record()['value']}, not {figure.record()['bound']}",
                file=sys.stderr,
            )
    return 0 if all(figure.ok for figure in figures) else OUT_OF_BOUND


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
