"""The review packet: HTML pages that hold all they need, to be read on a phone or on paper, without the program."""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import jinja2
from markupsafe import Markup

from campaignbot.model import errors
from campaignbot.model.campaign import Campaign
from campaignbot.model.post import Draft
from campaignbot.stages.review import pages

FOLDER = Path(__file__).parent / "html"


def packet(
    drafts: Sequence[Draft],
    campaign: Campaign,
    *,
    out: Path,
    now: datetime,
    versions: Mapping[str, str],
    step: Callable[[str], None] = lambda name: None,
) -> list[Path]:
    """Writes a page a city and `index.html` for all below `out`, and gives their paths, the index last.

    A page asks for nothing from outside and runs no script. `now` is UTC; `versions` names what made it (program,
    tzdata); `step` is told each file's name once it is written. UserError where `out` cannot be written.
    """
    style = Markup((FOLDER / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own file
    template = _environment().get_template("page.html.j2")
    written = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for page in pages.pages(drafts, campaign, now=now, versions=versions):
            path = out / page.file
            path.write_text(template.render(page=page, style=style, policy=_policy(style)), encoding="utf-8")
            written.append(path)
            step(page.file)
    except OSError as error:
        raise errors.UserError(
            f"the packet cannot be written below {out}: {error.strerror}; name another folder"
        ) from error
    return written


def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(FOLDER)
    return jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _policy(style: str) -> str:
    """Nothing but pictures inside the page and this one style sheet."""
    seen = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{seen}'; base-uri 'none'; form-action 'none'"
