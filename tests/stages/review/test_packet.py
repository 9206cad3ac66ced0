import base64
import dataclasses
import hashlib
import html
import html.parser
import re
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from markupsafe import Markup

import made
from campaignbot.model import errors
from campaignbot.model import post as p
from campaignbot.model.campaign import Account, Campaign, CityStatus
from campaignbot.stages import review
from campaignbot.stages.review import cards, pages

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
VERSIONS = {"campaignbot": "0.1.0", "tzdata": "2026.2"}
PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</title><script>1</script>",
    "</style><script>1</script>",
    "</pre></code><iframe src=//evil.example>",
    '" autofocus onfocus="alert(1)',
    "{{ 7 * 7 }}{% raw %}",
    "https://e.example/\"onmouseover='alert(1)'",
    "https://e.example/<b onclick=1>",
    "javascript:alert(1)",
    "#tag<script>",
    "⟦<script>1</script>⟧",
    "<!--",
    "&lt;script&gt;",
]


class Parsed(html.parser.HTMLParser):
    """Every element and attribute of a page, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def written(drafts: list[p.Draft], campaign: Campaign, folder: Path, name: str = "index.html") -> Parsed:
    review.packet(drafts, campaign, out=folder, now=NOW, versions=VERSIONS)
    return Parsed((folder / name).read_text(encoding="utf-8"))


def test_a_page_a_city_and_one_for_all(tmp_path: Path) -> None:
    cities = {"london": made.city(), "index": made.city(id="index")}
    steps: list[str] = []
    paths = review.packet(
        [], made.campaign(cities=cities), out=tmp_path / "new" / "folder", now=NOW, versions=VERSIONS, step=steps.append
    )
    assert [path.name for path in paths] == ["london.html", "index-city.html", "index.html"]
    assert steps == ["london.html", "index-city.html", "index.html"]
    assert all(path.parent == tmp_path / "new" / "folder" for path in paths)


def test_a_folder_that_cannot_be_written_is_the_input_at_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(errors.UserError, match="name another folder"):
        review.packet([], made.campaign(), out=tmp_path / "file", now=NOW, versions=VERSIONS)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_whatever_a_file_says_stays_words(payload: str, tmp_path: Path) -> None:
    city = made.city(names={"en": payload}, venue=payload)
    account = made.account(handle=payload)
    campaign = made.campaign(name=payload, cities={"london": city}, accounts={"x-london": account})
    picture = p.Shown(path=payload, media_type="image/png", data=b"\x89PNG", alt=payload)
    draft = made.draft(
        text=f"a {payload} z", account=account, pictures=(picture,), warnings=(payload,), missing=(payload,)
    )
    review.packet([draft], campaign, out=tmp_path, now=NOW, versions={"campaignbot": payload})
    for name in ("london.html", "index.html"):
        page = Parsed((tmp_path / name).read_text(encoding="utf-8"))
        assert {tag for tag, _ in page.tags} <= KNOWN_TAGS
        assert {attr for _, attrs in page.tags for attr in attrs} <= KNOWN_ATTRIBUTES
        assert [
            a["href"] for a in page.named("a") if not (a["href"] or "").startswith(("https://", "#", "london"))
        ] == []
        assert f"a {payload} z" in page.words


KNOWN_TAGS = set(
    re.findall(
        r"\S+",
        """html head meta title style body div p h1 h2 h3 bdi dl dt dd main nav ul li a strong span table thead tbody tr
        th td section header article figure figcaption img svg circle details summary code pre mark footer br""",
    )
)
KNOWN_ATTRIBUTES = set(
    re.findall(
        r"\S+",
        """lang dir charset http-equiv content name class href rel target id role tabindex scope title src alt viewbox
        cx cy r pathlength stroke-dasharray aria-hidden aria-label aria-labelledby data-of""",
    )
)


def test_nothing_is_fetched_and_nothing_runs(tmp_path: Path) -> None:
    page = written([made.draft(pictures=(PICTURE,))], made.campaign(), tmp_path)
    policy = next(m["content"] for m in page.named("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.split("; ")[:2] == ["default-src 'none'", "img-src data:"]
    assert [image["src"] for image in page.named("img")] == ["data:image/png;base64,iVBORw=="]
    assert page.named("link") == page.named("script") == []
    assert all("style" not in attrs for _, attrs in page.tags)


def test_the_policy_allows_just_the_style_sheet_that_is_in_the_page(tmp_path: Path) -> None:
    review.packet([], made.campaign(), out=tmp_path, now=NOW, versions=VERSIONS)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    style = text.partition("<style>")[2].partition("</style>")[0]
    seen = html.unescape(text.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0])
    digest = hashlib.sha256(style.encode()).digest()
    assert f"'sha256-{base64.b64encode(digest).decode()}'" in seen


PICTURE = p.Shown(path="media/announce.png", media_type="image/png", data=b"\x89PNG", alt="Candles at a gate")


def test_the_page_of_all_carries_each_picture_once(tmp_path: Path) -> None:
    page = made.account(id="fb-london", platform="facebook", handle=None, page="1234567890")
    there = made.draft(post=made.post(account="fb-london", platform="facebook"), account=page, pictures=(PICTURE,))
    drafts = [made.draft(pictures=(PICTURE,)), there]
    assert len(written(drafts, made.campaign(), tmp_path).named("img")) == 1
    assert len(written(drafts, made.campaign(), tmp_path, "london.html").named("img")) == 2


def test_a_card_draws_the_draft_as_its_network_will() -> None:
    post = made.post(language="fr-FR", due=datetime(2026, 11, 20, 8, 30, tzinfo=UTC), armed=True)
    draft = made.draft(post=post, text="Ici", length=70, warnings=("near a copy",), pictures=(PICTURE,))
    digest = draft.digest
    assert cards.card(draft, made.campaign(), now=NOW, shown=None) == cards.Card(
        key="wad/morning/london/fr-FR/x-london",
        anchor="london-morning-fr-FR-x-london",
        language="fr-FR",
        account="x-london",
        look="x",
        initials="LO",
        speaker="wad_london",
        address="@wad_london",
        at="Fri 20 Nov 2026, 08:30",
        text=Markup("Ici"),
        pictures=(
            cards.Image(path="media/announce.png", alt="Candles at a gate", uri="data:image/png;base64,iVBORw=="),
        ),
        length="70",
        limit="280",
        percent=25,
        over=False,
        cost="no cost",
        missing=(),
        warnings=("near a copy",),
        digest=digest,
        armed=True,
        called=False,
        answer=False,
        past=True,
    )


def test_a_called_post_on_another_network_has_no_hour() -> None:
    account = Account(id="wp-london", platform="wordpress")
    post = made.post(account="wp-london", platform="wordpress", due=None, wall=None, called=True)
    card = cards.card(made.draft(post=post, account=account, limit=0), made.campaign(), now=NOW, shown=None)
    assert (card.look, card.speaker, card.address, card.at, card.percent, card.past) == (
        "plain",
        "wp-london",
        "Wordpress",
        "when called",
        0,
        False,
    )


def test_an_answer_is_no_post_that_a_person_calls(tmp_path: Path) -> None:
    post = made.post(due=None, wall=None, called=True, person="")
    draft = made.draft(post=post)
    card = cards.card(draft, made.campaign(), now=NOW, shown=None)
    assert (card.at, card.called, card.answer) == ("as an answer", False, True)
    page = next(pages.pages([draft], made.campaign(), now=NOW, versions=VERSIONS))
    assert [row.note for row in page.calendar] == ["goes by itself to each person who asks, once"]
    words = written([draft], made.campaign(), tmp_path).words
    assert ("only by a person’s command" in words, words.count("by itself to each person who asks")) == (False, 2)


def test_links_hashtags_and_gaps_are_marked_and_the_words_stay_the_same() -> None:
    text = "See https://example.org/a?b=1&c=2 #Été &#39; x#no ⟦city.venue⟧\nend"
    marked = cards.marked(text)
    assert str(marked) == (
        'See <a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer" target="_blank">'
        'https://example.org/a?b=1&amp;c=2</a> <span class="hash">#Été</span> &amp;#39; x#no '
        "<mark>⟦city.venue⟧</mark>\nend"
    )
    assert Parsed(str(marked)).words == text


@pytest.mark.parametrize(
    ("local", "said"),
    [
        (datetime(2026, 12, 1, 8, 30, tzinfo=ZoneInfo("Europe/Bucharest")), "06:30 UTC"),
        (datetime(2026, 12, 1, 8, 30, tzinfo=ZoneInfo("Australia/Sydney")), "21:30 UTC on Mon 30 Nov"),
    ],
)
def test_utc_names_the_day_where_it_is_another(local: datetime, said: str) -> None:
    assert cards.utc(local) == said


@pytest.mark.parametrize(
    ("usd", "said"), [("0", "no cost"), ("0.2", "0.20 USD"), ("0.015", "0.015 USD"), ("3", "3.00 USD")]
)
def test_cost_in_dollars(usd: str, said: str) -> None:
    assert cards.cost(Decimal(usd)) == said


def two_versions() -> tuple[list[p.Draft], Campaign]:
    city = made.city(languages=("en-GB", "fr-FR"))
    page = made.account(id="fb-london", platform="facebook", handle=None, page="1234567890")
    drafts = [
        made.draft(),
        made.draft(post=made.post(account="fb-london", platform="facebook"), account=page, missing=("city.venue",)),
        made.draft(post=made.post(language="fr-FR", due=datetime(2026, 12, 1, 8, 31, tzinfo=UTC))),
        made.draft(post=made.post(slot="cancelled", due=None, wall=None, called=True)),
    ]
    return drafts, made.campaign(cities={"london": city}, approvals=2)


def test_versions_of_one_slot_stand_back_to_back() -> None:
    drafts, campaign = two_versions()
    page = next(pages.pages(drafts, campaign, now=NOW, versions=VERSIONS))
    (section,) = page.sections
    assert [(g.slot, g.local, g.utc, [c.key for c in g.cards]) for g in section.groups] == [
        (
            "morning",
            "Tue 1 Dec 2026, 08:30–08:31",
            "08:30 UTC",
            [
                "wad/morning/london/en-GB/x-london",
                "wad/morning/london/fr-FR/x-london",
                "wad/morning/london/en-GB/fb-london",
            ],
        ),
        ("cancelled", "when called", "", ["wad/cancelled/london/en-GB/x-london"]),
    ]


def test_the_cover_the_calendar_and_the_sign_off() -> None:
    drafts, campaign = two_versions()
    page = next(pages.pages(drafts, campaign, now=NOW, versions=VERSIONS))
    seen = p.digest_of_set(drafts)
    assert page.facts == (
        ("Campaign", "World AIDS Day 2026"),
        ("Action", "Tue 1 Dec 2026, 18:00 to 19:30"),
        ("Made at", "Mon 23 Nov 2026, 09:30"),
        ("Made at (UTC)", "Mon 23 Nov 2026, 09:30 UTC"),
        ("Posts", "4, of them 3 ready to approve"),
        ("Cost if all go out", "no cost"),
        ("Needs", "the yes of 2 organisers"),
        ("Set digest", seen[:12]),
        ("campaignbot", "0.1.0"),
        ("tzdata", "2026.2"),
    )
    assert page.calendar == (
        pages.Row(
            anchor="london-morning",
            city="London",
            slot="morning",
            local="Tue 1 Dec 2026, 08:30–08:31",
            utc="08:30 UTC",
            languages="en-GB, fr-FR",
            accounts="x-london, fb-london",
            note="1 not ready",
        ),
        pages.Row(
            anchor="london-cancelled",
            city="London",
            slot="cancelled",
            local="when called",
            utc="",
            languages="en-GB",
            accounts="x-london",
            note="called",
        ),
    )
    assert page.command == f"campaignbot approve --city london --by YOUR-ID --seen {seen}"
    assert page.signs == ("Organiser", "Organiser no. 2", "Native reader (en)", "Native reader (fr)", "Safety person")


def test_notes_say_what_is_armed_and_what_is_past() -> None:
    late = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    page = next(pages.pages([made.draft(post=made.post(armed=True, due=late))], made.campaign(), now=NOW, versions={}))
    assert [row.note for row in page.calendar] == ["armed, its time is past"]


def test_a_cancelled_city_is_said_to_be_cancelled() -> None:
    city = made.city(status=CityStatus.CANCELLED, action=dataclasses.replace(made.city().action, end=time(20, 0)))
    first, index = pages.pages([], made.campaign(cities={"london": city}), now=NOW, versions=VERSIONS)
    assert first.lead == "This city is cancelled: only the posts that a person calls can go out."
    assert index.links == (
        pages.Link(href="london.html", name="London", about="cancelled · 0 posts, 0 ready to approve"),
    )


def test_while_nothing_is_ready_there_is_nothing_to_approve(tmp_path: Path) -> None:
    drafts = [made.draft(missing=("city.venue",))]
    page = next(pages.pages(drafts, made.campaign(), now=NOW, versions=VERSIONS))
    assert (page.command, page.digest) == (None, None)
    assert ("Set digest", "none yet: nothing is ready") in page.facts
    assert "Nothing on this page can be approved yet" in written(drafts, made.campaign(), tmp_path).words
