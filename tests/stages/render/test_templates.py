"""What a template may say, and a corpus of what it must not: each is refused, or prints nothing of ours."""

import pytest

from campaignbot.stages.render import templates

VALUES: dict[str, str | int] = {
    templates.key("city.name"): "București",
    templates.key("city.venue"): "e\u0301",
    templates.key("days_left"): 1,
}

ESCAPES = [
    "{{ city.__class__ }}",
    "{{ city.__class__.__mro__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ city['__class__'] }}",
    "{{ city|attr('__class__') }}",
    "{{ '{0.__class__}'.format(city) }}",
    "{{ '%s'|format(city) }}",
    "{{ city.name.upper() }}",
    "{{ city.name.upper.__globals__ }}",
    "{{ self }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum(n=2000000) }}",
    "{{ lipsum.__globals__ }}",
    "{{ joiner }}",
    "{{ namespace() }}",
    "{{ range(99999) }}",
    "{{ dict }}",
    "{{ config }}",
    "{{ request.environ }}",
    "{{ caller() }}",
    "{{ super() }}",
    "{{ loop.index }}",
    "{{ v_city__name }}",
    "{{ city__name }}",
    "{{ _ }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set x = 'x' %}{{ x }}",
    "{% set x %}y{% endset %}",
    "{% with x = 1 %}{{ x }}{% endwith %}",
    "{% include '/etc/passwd' %}",
    "{% import '/etc/passwd' as p %}",
    "{% from 'os' import path %}",
    "{% extends 'base' %}",
    "{% block a %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% call city.name() %}x{% endcall %}",
    "{% raw %}{% endraw %}{{ 'x' * 3000000000 }}",
    "{{ 9 ** 99999999 }}",
    "{{ 1 + 1 }}",
    "{{ 1 / 0 }}",
    "{{ -days_left }}",
    "{{ 'a' ~ 'b' }}",
    "{{ ('a\\n'*9999)|indent(99999) }}",
    "{{ city.name|center(999999999) }}",
    "{{ city.name|replace('', 'aaaa') }}",
    "{{ city.name|trim('a') }}",
    "{{ city.name|default('x') }}",
    "{{ city.name|tojson }}",
    "{{ city.name|safe }}",
    "{{ city.name|pprint }}",
    "{{ [1, 2] }}",
    "{{ (1, 2) }}",
    "{{ {'a': 1} }}",
    "{{ city.name[0:1] }}",
    "{{ city is defined }}",
    "{{ 'a' in city.name }}",
    "{{ city.name < 'x' }}",
    "{{ days_left < city.name }}",
    "{{ days_left < 'x' }}",
    "{{ 'x' if days_left == 1 }}",
    "{{ 1.5 }}",
    "{{ none }}",
    "{{ 10000000 }}",
    "{{ '" + "x" * 501 + "' }}",
    "{{ city.name.first.second }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{{ 1" + "0" * 5000 + " }}",
    "{% if city.name %}" * 60 + "{% endif %}" * 60,
    "x" * 10_001,
    "{{ city.name",
    "{% if x %}",
    "{% nonsense %}",
    "{{ city..name }}",
]


@pytest.mark.parametrize("source", ESCAPES, ids=range(len(ESCAPES)))
def test_an_escape_is_refused_or_prints_nothing(source: str) -> None:
    ready = templates.compiled(source)
    known = {*templates.VARIABLES}
    assert ready.problems or not known.issuperset(ready.uses)
    if ready.problems:
        assert ready.fill(templates.context(VALUES)) == ""


def fill(source: str) -> str:
    ready = templates.compiled(source)
    assert ready.problems == ()
    return ready.fill(templates.context(VALUES))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ city.name|upper }} {{ 'x'|capitalize }}{{ 'Y'|lower }}{{ ' z '|trim }}\n", "BUCUREȘTI Xyz"),
        ("{% if days_left == 1 %}tomorrow{% elif days_left > 3 %}later{% else %}soon{% endif %}", "tomorrow"),
        ("{% if not (days_left >= 2 or days_left != 1) and city.name %}a{% endif %}", "a"),
        ("{{ 'a' if days_left <= 1 else 'b' }}{{ 1 }}{{ true }}", "a1True"),
        ("  {# a note #}{{ city.venue }}  {{ city.venue }}  ", "é  é"),
        ("{{ city.name == 'București' }}", "True"),
    ],
)
def test_what_a_template_may_say(source: str, text: str) -> None:
    assert fill(source) == text


def test_it_says_what_is_wrong_in_plain_words_with_its_line() -> None:
    ready = templates.compiled("Hello\n{% for x in city %}{% endfor %}\n{{ city.name|wordwrap }}")
    fix = "messages hold words, {{ variables }}, {% if %} and the filters capitalize, lower, trim, upper"
    assert ready.problems == (
        templates.Problem(line=2, code="template", message="a message may not use a loop", fix=fix),
        templates.Problem(line=3, code="template", message="a message may not use the filter `wordwrap`", fix=fix),
    )


def test_a_syntax_error_has_its_line() -> None:
    (problem,) = templates.compiled("Hello\n{{ city.name }\n").problems
    assert (problem.line, problem.message) == (2, "this template cannot be read: unexpected '}'")


def test_a_template_knows_what_it_uses() -> None:
    ready = templates.compiled("{% if days_left == 1 %}{{ city.name }}{% endif %}{{ city.name }} {{ links.join }}")
    assert (ready.uses, ready.moving) == (("days_left", "city.name", "links.join"), True)
    assert not templates.compiled("{{ city.name }}").moving


def test_a_template_is_compiled_once() -> None:
    assert templates.compiled("{{ city.name }} once") is templates.compiled("{{ city.name }} " + "once")


def test_a_flood_is_cut() -> None:
    source = "{{ city.name }}" * 600
    ready = templates.compiled(source)
    assert len(ready.fill(templates.context({templates.key("city.name"): "x" * 1000}))) == templates.OUTPUT_LENGTH
