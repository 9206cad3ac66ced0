from campaignbot.networks.x import asked, windows
from made import NOON
from networks.asking import AskX, Clock, x_network


def test_counts_calls_and_says_so() -> None:
    clock = Clock()
    reset = str(int((NOON + windows.WINDOW).timestamp()))
    with x_network(clock) as network, AskX(network) as asking:
        first, second = (asking.get("/2/users/me").headers for _turn in range(2))
        clock.turn(minutes=15)
        third = asking.get("/2/users/me").headers

    names = ("x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset")
    assert [[headers[name] for name in names] for headers in (first, second, third)] == [
        ["75", "74", reset],
        ["75", "73", reset],
        ["75", "74", str(int(reset) + 900)],
    ]


def test_enforces_the_documented_calls() -> None:
    clock = Clock()
    with x_network(clock, limits=True) as network, AskX(network) as asking:
        codes = [asking.get("/2/users/me").status_code for _turn in range(asked.ME.calls + 1)]
        refused = asking.get("/2/users/me")
        clock.turn(minutes=15)
        after = asking.get("/2/users/me").status_code

    assert (codes, after) == ([200] * 75 + [429], 200)
    assert refused.json() == {
        "title": "Too Many Requests",
        "type": "about:blank",
        "status": 429,
        "detail": "Too Many Requests",
    }
    assert refused.headers["x-rate-limit-remaining"] == "0"
