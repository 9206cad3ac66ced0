"""A picture of the figures: `python -m benchmarks.picture docs/figures.jsonl > docs/figures.svg`.

A line a figure, its bar measured in its own bound: the upright line is the bound. Where the figure must be at least
that, the bar should reach the line; where it must be at most that, it should not.
"""

import json
import sys
from html import escape
from pathlib import Path
from typing import Any

WORDS = {
    "plan_render_store_ratio": "plan, render and store, over raw Jinja2 rendering",
    "help_instructions_ratio": "--help, in instructions of an empty Python",
    "idle_memory_ratio": "memory of an idle daemon, over its bare imports",
    "burst_rate_ratio": "10,000 posts at once, over the same client without a ledger",
    "burst_p99_lateness_ratio": "their p99 lateness, over all of them at the client's rate",
    "burst_commits_a_post": "commits a post in that burst",
    "lone_post_commits": "commits of a lone post",
    "burst_rate_over_apscheduler": "10,000 posts at once, over APScheduler on SQLite",
    "killed_lost_and_doubled": "kill -9 in mid-burst: lost and doubled, of 1,000",
    "killed_apscheduler_lost": "the same, APScheduler on SQLite: lost, of 1,000",
    "workers_killed_lost_and_doubled": "one of two workers killed: lost and doubled, of 640",
    "workers_killed_job_a_post_doubled": "the same, a procrastinate job a post: doubled, of 640",
    "two_workers_over_one": "two workers over one",
    "waiting_100000_memory_mib": "100,000 posts waiting: MiB more than none",
    "waiting_100000_start_ratio": "100,000 posts waiting: start, over none",
    "waiting_1000000_memory_mib": "1,000,000 posts waiting: MiB more than none",
    "waiting_1000000_start_ratio": "1,000,000 posts waiting: start, over none",
    "first_due_of_a_million_ms": "the first due of 1,000,000, in ms",
    "disk_over_raw_rows": "disk, over the bare rows",
    "bytes_a_post_growth": "bytes a post: change from 1,000 to 1,000,000",
    "classify_rules_ms": "reading a reply by the rules, in ms",
    "classify_rules_mib": "memory of that, in MiB",
    "classify_model_ms": "reading a reply with the model, in ms",
    "classify_model_mib": "memory of that, in MiB",
    "classify_hostile_2000_over_1000": "hostile texts: 2,000 characters over 1,000",
    "classify_hostile_100000_over_50000": "hostile texts: 100,000 characters over 50,000",
    "classify_hostile_ms": "the dearest of 100,000 characters, in ms",
    "ingestion_ratio": "100,000 replies taken in, over bare inserts",
    "ingestion_stored_twice": "the same ones once more: stored twice",
}
LINE, TOP, LEFT, UNIT, LONGEST, WIDTH = 30, 46, 470, 120, 2.0, 1000
GOOD, BAD, PEER, INK, FAINT = "#1a7f5a", "#b3261e", "#6b7280", "#1f2328", "#8c959f"


def drawn(figures: list[dict[str, Any]]) -> str:
    """The figures as SVG."""
    height = TOP + LINE * len(figures) + 16
    bound = LEFT + UNIT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        f'font-size="14" fill="{INK}" role="img">',
        "<title>Each figure of campaignbot's benchmarks, measured in its own bound</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{bound}" y="22" text-anchor="middle" fill="{FAINT}">bound</text>',
        f'<line x1="{bound}" y1="30" x2="{bound}" y2="{height - 10}" stroke="{FAINT}"/>',
    ]
    for number, figure in enumerate(figures):
        parts += _row(figure, TOP + LINE * number)
    return "\n".join([*parts, "</svg>\n"])


def _row(figure: dict[str, Any], y: int) -> list[str]:
    value, said = float(figure["value"]), f"{figure['value']:g}"
    words = f'<text x="{LEFT - 12}" y="{y + 13}" text-anchor="end">{escape(WORDS[figure["name"]])}</text>'
    if figure["bound"] is None:
        return [words, f'<text x="{LEFT + UNIT + 10}" y="{y + 13}" fill="{PEER}">{said} (a peer: no bound)</text>']
    sign, _, bound = figure["bound"].partition(" ")
    limit = float(bound)
    share = min(value / limit if limit else (LONGEST if value else 0.0), LONGEST)
    needs = {"<=": "at most", ">=": "at least", "=": "exactly"}[sign]
    colour = GOOD if figure["ok"] else BAD
    x = LEFT + max(UNIT * max(share, 0.0), UNIT) + 10
    return [
        words,
        f'<rect x="{LEFT}" y="{y}" width="{max(UNIT * share, 1):.1f}" height="17" fill="{colour}"/>',
        f'<text x="{x:.1f}" y="{y + 13}">{said} <tspan fill="{FAINT}">({needs} {limit:g})</tspan></text>',
    ]


if __name__ == "__main__":
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    sys.stdout.write(drawn([json.loads(line) for line in lines]))
