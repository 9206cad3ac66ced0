import dataclasses
from datetime import time, timedelta
from typing import Any

import pytest

import made
from campaignbot.model import campaign as c
from campaignbot.model import post as p
from campaignbot.model.errors import Fault
from campaignbot.stages import plan, render
from campaignbot.stages.render import templates

PATH = "messages/en/morning_of.txt.j2"


def found(source: str, **changes: Any) -> list[tuple[int, int, str, str]]:
    template = made.template(source=source)
    faults = render.template_faults(template, made.campaign(templates=(template,), **changes))
    return [(fault.line, fault.column, fault.code, fault.message) for fault in faults]


def test_a_sound_template_has_no_faults() -> None:
    source = "{{ city.name }}: {{ links.join }} https://example.org/a\n{% if days_left == 1 %}a{% endif %} 18.30 p.m.\n"
    assert found(source) == []


def test_a_fault_whole() -> None:
    (fault,) = render.template_faults(made.template(source="Come to {{ city.vneue }}"), made.campaign())
    assert fault == Fault(
        file=PATH,
        line=1,
        column=12,
        code="variable",
        message="there is no variable `city.vneue`",
        fix="did you mean `city.venue`?",
    )


def test_a_variable_like_no_other_lists_them_all() -> None:
    (fault,) = render.template_faults(made.template(source="a\n b {%\nif zzz %}{% endif %}"), made.campaign())
    assert (fault.line, fault.column) == (3, 4)
    assert fault.fix == f"the variables are {', '.join(templates.VARIABLES)}"


def test_a_link_that_the_campaign_names_is_a_variable() -> None:
    links = {"rights": "https://example.org/rights"}
    assert found("{{ links.rights }}", links=links) == []
    assert [fault[2] for fault in found("{{ links.rights }}")] == ["variable"]


def test_a_variable_written_in_an_odd_way_is_told_at_the_start() -> None:
    assert found("x {{ city . nmae }}") == [(1, 1, "variable", "there is no variable `city.nmae`")]


def test_capitals_do_not_hide_what_was_meant() -> None:
    (fault,) = render.template_faults(made.template(source="{{ CITY.NAME }}"), made.campaign())
    assert fault.fix == "did you mean `city.name`?"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("in { city.name } {{ city.name }}", [(1, 4, "{ city.name }")]),
        ("{{ city.name }}\nin { hashtags }", [(2, 4, "{ hashtags }")]),
        ("in { { city.name } }", [(1, 4, "{ { city.name } }")]),
        ("in city.name }}", [(1, 14, "}}")]),
        ("{{ city.name }} {# { #} {% if days_left == 1 %}a{% endif %}", []),
    ],
)
def test_a_brace_too_few_does_not_go_out(source: str, told: list[tuple[int, int, str]]) -> None:
    says = "would go out as it stands: a gap has two braces on each side, side by side"
    assert found(source) == [(line, column, "braces", f"`{said}` {says}") for line, column, said in told]


def test_a_template_that_cannot_be_read_is_one_fault() -> None:
    assert found("in {{ city.name } or example.org") == [
        (1, 1, "template", "this template cannot be read: unexpected '}'")
    ]


def test_what_is_not_allowed_is_told_with_its_line() -> None:
    assert found("a\n{{ 1 + 1 }}") == [(2, 1, "template", "a message may not use arithmetic")]


def test_a_called_slot_cannot_count_days() -> None:
    called = (made.slot(), made.slot(id="moved", when=c.Called()))
    message = "slot moved is called: it has no day from which `days_left` could count"
    assert found("{{ days_left }}", slots=called) == [(1, 4, "variable", message)]
    assert found("{{ action.date }}", slots=called) == []


GLUED = "this link is glued to other characters"


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("Join:{{ links.join }} now", 6, GLUED),
        ("Join {{ links.join }}.", 6, GLUED),
        ("Join {{- links.join }} now", 6, GLUED),
        ("Join {{ links.join -}} now", 6, GLUED),
        ("{{ links.join }}{{ hashtags }}", 1, GLUED),
        ("see http://example.org", 5, "the link in `http://example.org` does not begin with https://"),
        ("see (https://example.org)", 5, "the link in `(https://example.org)` does not begin with https://"),
        ("x{{ city.name }}https://example.org", 1, "the link in `x…https://example.org` does not begin with https://"),
        ("https://example.org/{{ city.name }}", 1, "this link has a variable in it"),
        ("https://example.org/a. Come", 1, "`https://example.org/a.` is not wholly a link"),
        ("We meet.Here", 4, "X makes a link of `meet.Here`"),
        ("www.example.org", 1, "X makes a link of `www.example.org`"),
        ("{{ city.name }}.org", 0, ""),
    ],
)
def test_links_stand_alone_and_begin_with_https(source: str, column: int, message: str) -> None:
    assert found(source) == ([(1, column, "link", message)] if message else [])


@pytest.mark.parametrize(
    ("source", "point"),
    [("a\u200bb", "200B"), ("a\u202eb", "202E"), ("\ufeffa", "FEFF"), ("a\u200db", "200D"), ("a\u00adb", "00AD")],
)
def test_characters_that_nobody_sees(source: str, point: str) -> None:
    column = 1 if source.startswith("\ufeff") else 2
    assert found(source) == [(1, column, "hidden", f"a character that nobody sees (U+{point})")]


def test_joiners_inside_emoji_and_persian_are_right() -> None:
    assert found("👨\u200d🎤 می\u200cشود") == []


def drafts(campaign: c.Campaign, limits: p.Limits = made.LIMITS_X) -> list[p.Draft]:
    return [render.draft(post, campaign, limits) for post in plan.posts(campaign)]


def told(campaign: c.Campaign, limits: p.Limits = made.LIMITS_X) -> list[tuple[str, str, str]]:
    marks = {PATH: c.Mark(file=PATH, line=1, column=1)}
    campaign = dataclasses.replace(campaign, marks=marks)
    return [(f.file, f.code, f.message) for f in render.draft_faults(drafts(campaign, limits), campaign)]


def one_account(*slots: c.Slot, source: str = "{{ city.name }}", **changes: Any) -> c.Campaign:
    return made.campaign(
        **{
            "slots": slots or (made.slot(),),
            "templates": (made.template(source=source),),
            "cities": {"london": made.city(accounts=("x-london",))},
            **changes,
        }
    )


def test_sound_drafts_have_no_faults() -> None:
    assert told(made.campaign()) == []


def test_a_text_over_the_limit_is_told_once() -> None:
    campaign = one_account(made.slot(), made.slot(id="again", when=c.OnDay(days=-20, at=time(9))), source="x" * 281)
    message = "281 characters in London (en-GB) on x-london, where 280 fit"
    assert told(campaign) == [(PATH, "length", message)]


def test_gaps_do_not_count() -> None:
    bare = {"london": made.city(accounts=("x-london",), venue=None)}
    assert told(one_account(source="x" * 270 + " {{ city.venue }}", cities=bare)) == []
    message = "291 characters in London (en-GB) on x-london, where 280 fit"
    assert told(one_account(source="x" * 290 + " {{ city.venue }}", cities=bare)) == [(PATH, "length", message)]


def test_a_slot_without_words_in_a_language_is_told_once() -> None:
    cities = {
        name: made.city(id=name, languages=("sv-SE", "sv-FI"), accounts=("x-london",)) for name in ("london", "leeds")
    }
    message = "slot morning has no words in sv (London)"
    assert told(one_account(cities=cities)) == [("schedules.yaml", "translation", message)]


def test_a_message_that_nobody_has_written_is_told_once_with_what_was_meant() -> None:
    cities = {"london": made.city(languages=("en-GB", "sv-SE"), accounts=("x-london",))}
    for message, fix in (("mornin_of", 'did you mean "morning_of"?'), ("zzz", "write messages/en/zzz.txt.j2")):
        campaign = one_account(made.slot(message=message), cities=cities)
        (fault,) = render.draft_faults(drafts(campaign), campaign)
        assert (fault.message, fault.fix) == (f'no file holds the words of the message "{message}"', fix)


def test_a_text_that_cannot_be_filled_is_told_where_it_stands_and_not_as_missing() -> None:
    assert told(one_account(source="{% if city.name %}")) == []


def again(days: int) -> c.Slot:
    return made.slot(id="again", when=c.OnDay(days=days, at=time(8, 30)))


DUPLICATE = (
    PATH,
    "duplicate",
    "wad/morning/london/en-GB/x-london says the same as wad/again/london/en-GB/x-london, on one account within 7 days",
)


def test_equal_texts_within_the_window() -> None:
    assert told(one_account(again(-6), made.slot())) == [DUPLICATE]
    assert told(one_account(again(-7), made.slot())) == []
    assert told(one_account(again(-6), made.slot(), source="{{ days_left }}")) == []


def test_a_called_post_may_go_out_at_any_time() -> None:
    called = made.slot(id="again", when=c.Called())
    assert told(one_account(called, made.slot())) == [DUPLICATE]


def test_equal_texts_on_two_ids_of_one_login() -> None:
    accounts = {name: made.account(id=name) for name in ("x-london", "x-again")}
    cities = {"london": made.city(accounts=("x-london", "x-again"))}
    assert [code for _, code, _ in told(one_account(accounts=accounts, cities=cities))] == ["duplicate"]


def test_gaps_of_two_cities_may_yet_differ() -> None:
    cities = {name: made.city(id=name, venue=None, accounts=("x-london",)) for name in ("london", "leeds")}
    assert told(one_account(source="{{ city.venue }}", cities=cities)) == []
    assert told(one_account(again(-6), made.slot(), source="{{ city.venue }}", cities=cities)) != []


def test_an_alt_text_that_is_too_long() -> None:
    picture = c.Picture(path="media/morning_of.png", media_type="image/png", data=b"")
    alt = made.template(path="messages/en/morning_of.alt.txt.j2", kind=c.Kind.ALT, source="xxxx")
    campaign = one_account(pictures={"morning_of": picture}, templates=(made.template(), alt))
    limits = dataclasses.replace(made.LIMITS_X, alt_length=3)
    message = "London (en-GB) on x needs an alt text (en) of at most 3 characters"
    assert told(campaign, limits) == [("schedules.yaml", "alt-length", message)]


def test_a_window_of_nothing_refuses_nothing() -> None:
    pacing = dataclasses.replace(made.campaign().pacing, duplicate_window=timedelta(0))
    assert told(one_account(again(-6), made.slot(), pacing=pacing)) == []
