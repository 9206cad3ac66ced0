"""Print every figure as one JSON line; exit 3 if one is out of its bound."""

import json
import sys

from benchmarks import cold_start, idle, plan_render_store
from benchmarks.figures import Figure

OUT_OF_BOUND = 3


def main() -> int:
    figures: list[Figure] = []
    for measure in (plan_render_store.measure, cold_start.measure, idle.measure):
        found = measure()
        if found is not None:
            figures.append(found)
            print(json.dumps(found.record()), flush=True)
    for figure in figures:
        if not figure.ok:
            print(
                f"out of bound: {figure.name} is {figure.record()['value']}, not {figure.record()['bound']}",
                file=sys.stderr,
            )
    return 0 if all(figure.ok for figure in figures) else OUT_OF_BOUND


if __name__ == "__main__":
    sys.exit(main())
