"""status and deliveries, and what people decide on the day."""

import getpass
from datetime import timedelta
from typing import Any

import pytest

from campaignbot import app
from campaignbot.model.delivery import Receipt, State
from campaignbot.model.reply import Cursor, Intent, Reading, Reply
from campaignbot.store import cursors, inbox, journal, ledger
from campaignbot.store.ledger import accounts
from cli.place import ANNOUNCE, ARMED, CALLED, NOW, X_LONDON, X_MARSEILLE, Place, z

FB_LONDON = "wad/announce/london/en-GB/fb-london"
NOTHING = dict.fromkeys(map(str, State), 0)
NO_ACCOUNT: dict[str, Any] = {"paused": None, "not_before_utc": None, "replies_claimed": None, "replies_read": 0}


@pytest.fixture
def open_(here: Place) -> Place:
    """A place where everything is approved."""
    here.approve()
    return here


def _wait(here: Place, text: str, intent: Intent) -> None:
    """A reply to our post waits for a person."""
    reply = Reply(
        account="x-london",
        platform="x",
        id=text,
        author="ann",
        handle="@ann",
        text=text,
        at=NOW,
        root=None,
        city="London",
    )
    reading = Reading(
        intent=intent, city=None, party_size=None, language="en", confidence=0.9, needs_review=True, why="a test"
    )
    with here.books() as books, books.people.write() as c:
        inbox.wait(c, [(reply, reading)], key=books.key, campaign="wad", now=NOW)


def test_the_status_of_nothing(here: Place) -> None:
    assert here.one("status") == {"counts": NOTHING, "attention": [], "next": [], "stops": [], "accounts": []}


def test_the_status_of_a_plan_that_is_approved(open_: Place) -> None:
    assert open_.one("status") == {
        "counts": NOTHING | {"WAITING": 3, "HELD": 2},
        "attention": [],
        "next": [
            {"key": FB_LONDON, "due_utc": z(ANNOUNCE)},
            {"key": X_LONDON, "due_utc": z(ANNOUNCE)},
            {"key": X_MARSEILLE, "due_utc": z(ANNOUNCE)},
        ],
        "stops": [],
        "accounts": [{"account": name} | NO_ACCOUNT for name in ("fb-london", "x-london", "x-marseille")],
    }


def test_the_networks_own_count_of_replies_is_shown_beside_ours(open_: Place) -> None:
    with open_.books() as books, books.people.write() as c:
        cursors.keep(c, "x-london", to=Cursor("a"), claimed=7, read=5, now=NOW)
        cursors.keep(c, "fb-london", to=Cursor("a"), claimed=2, read=0, now=NOW - timedelta(hours=2))

    found = open_.one("status", code=3)

    assert [(one["account"], one["replies_claimed"], one["replies_read"]) for one in found["accounts"]] == [
        ("fb-london", 2, 0),
        ("x-london", 7, 5),
        ("x-marseille", None, 0),
    ]
    assert [(one["kind"], one["account"]) for one in found["attention"]] == [("unread", "fb-london")]
    assert "counts 2 replies and shows us none" in open_.out("status", code=3)


def test_what_needs_a_person_is_told_with_the_remedy_and_exit_code_3(open_: Place) -> None:
    open_.move(X_LONDON, State.WAITING, State.SENDING, State.IN_DOUBT, reason="no answer")
    open_.call("stop", "--city", "marseille", "--by", "marseille-1")
    with open_.books() as books, books.ledger.write() as c:
        accounts.pause(c, "fb-london", reason="the token has expired", by="test", now=NOW)
    _wait(open_, "he is not breathing", Intent.CRISIS)
    _wait(open_, "when?", Intent.QUESTION)

    found = open_.one("status", code=3)
    assert [list(one) for one in found["attention"]] == [["kind", "key", "account", "since_utc", "fix"]] * 4
    assert [(one["kind"], one["key"], one["account"]) for one in found["attention"]] == [
        ("crisis", None, None),
        ("stop", None, None),
        ("paused", None, "fb-london"),
        ("in_doubt", X_LONDON, "x-london"),
    ]
    (stop,) = found["stops"]
    assert stop | {"since_utc": None} == {
        "scope": "city",
        "value": "marseille",
        "by": "marseille-1",
        "since_utc": None,
    }
    assert found["accounts"][0] == NO_ACCOUNT | {"account": "fb-london", "paused": "the token has expired"}

    said = open_.out("status", code=3)
    assert "Replies that wait for a person: 1 crisis, 1 question" in said
    assert "campaignbot resume --city marseille" in " ".join(said.split())
    assert "breathing" not in said


def test_the_ledger_line_by_line(open_: Place) -> None:
    open_.move(
        X_LONDON,
        State.WAITING,
        State.SENDING,
        State.SENT,
        receipt=Receipt(id="900", url="https://x.example/900", at=NOW),
    )
    nothing = {"remote_id": None, "url": None, "attempts": 0, "sent_utc": None, "reason": None}
    rows = {row["key"]: row for row in open_.lines("deliveries")}
    assert list(rows) == [FB_LONDON, X_LONDON, X_MARSEILLE, ARMED, CALLED]
    assert rows[FB_LONDON] == {"key": FB_LONDON, "state": "WAITING", "due_utc": z(ANNOUNCE)} | nothing
    assert rows[CALLED] == {"key": CALLED, "state": "HELD", "due_utc": None} | nothing | {
        "reason": "called: sent only by a person's command"
    }
    assert rows[X_LONDON] | {"attempts": 0} == {
        "key": X_LONDON,
        "state": "SENT",
        "remote_id": "900",
        "url": "https://x.example/900",
        "attempts": 0,
        "due_utc": z(ANNOUNCE),
        "sent_utc": z(NOW),
        "reason": None,
    }
    assert "https://x.example/900" in open_.out("deliveries")


def test_the_ledger_of_nothing(here: Place) -> None:
    assert (here.lines("deliveries"), here.out("deliveries")) == ([], "Deliveries: none\n")


def test_hold_and_arm(open_: Place) -> None:
    assert open_.out("hold", X_LONDON, "--by", "london-1") == f"held: {X_LONDON}\n"
    assert open_.states()[X_LONDON] == ("HELD", "held by a person")
    assert open_.err("hold", X_LONDON) == f"Error: {X_LONDON} is HELD, not WAITING: it cannot be held back\n"
    assert open_.out("arm", X_LONDON, "--by", "london-2") == f"armed: {X_LONDON}\n"
    assert open_.states()[X_LONDON] == ("WAITING", None)
    assert open_.err("arm", X_LONDON) == f"Error: {X_LONDON} is WAITING, not HELD: there is nothing to arm\n"
    with open_.books() as books, books.ledger.read() as c:
        said = [entry for entry in journal.entries(c, "account/x-london") if entry.entry.get("key") == X_LONDON]
    assert [entry.entry["by"] for entry in said] == ["london-1", "london-1", "london-2"]


def test_who_decides_is_the_system_user_unless_named(open_: Place) -> None:
    open_.call("stop")
    assert open_.one("status", code=3)["stops"][0]["by"] == getpass.getuser()


@pytest.mark.parametrize("by", ["", " ", "a\nb", "\x1b[31m", "x" * 65])
def test_who_decides_has_a_short_id(open_: Place, by: str) -> None:
    for command in (["arm", ARMED], ["hold", X_LONDON], ["stop"], ["cancel", "--city", "london"]):
        assert open_.err(*command, "--by", by) == (
            "Error: an organiser is named by a short id such as toronto-1 (at most 64 letters)\n"
        )
    assert open_.one("status")["counts"] == NOTHING | {"WAITING": 3, "HELD": 2}


def test_brackets_and_colons_are_words_not_markup(open_: Place) -> None:
    open_.move(X_LONDON, State.WAITING, State.SENDING, State.FAILED, reason="[code 187] :fire: [/b]")
    assert "[code 187] :fire: [/b]" in open_.out("deliveries")


def test_a_user_without_a_name_is_a_number(open_: Place) -> None:
    def nobody() -> str:
        raise OSError("no username set in the environment")

    open_.environment.setattr(getpass, "getuser", nobody)
    open_.call("stop")
    assert open_.one("status", code=3)["stops"][0]["by"].startswith("user ")


def test_a_key_that_is_not_there(open_: Place) -> None:
    for command in (["arm"], ["hold"], ["retry"], ["settle", "--drop"]):
        assert open_.err(command[0], X_LONDON + "n", *command[1:]) == (
            f"Error: the ledger has no post '{X_LONDON}n'; did you mean '{X_LONDON}'?\n"
        )


def test_retry(open_: Place) -> None:
    assert open_.err("retry", X_LONDON) == f"Error: {X_LONDON} is WAITING, not FAILED: there is nothing to retry\n"
    open_.move(X_LONDON, State.WAITING, State.SENDING, State.FAILED, reason="too long")
    assert open_.out("retry", X_LONDON) == f"will be tried again: {X_LONDON}\n"
    assert open_.states()[X_LONDON] == ("WAITING", None)


@pytest.mark.parametrize(
    ("how", "state"),
    [
        (("--sent", "https://x.com/wad_london/status/900"), ("SENT", None)),
        (("--not-sent",), ("WAITING", "not on the timeline")),
        (("--drop",), ("CANCELLED", "dropped by a person")),
    ],
)
def test_settle(open_: Place, how: tuple[str, ...], state: tuple[str, str | None]) -> None:
    assert open_.err("settle", X_LONDON, *how) == (
        f"Error: {X_LONDON} is WAITING, not IN_DOUBT: there is nothing to settle\n"
    )
    open_.move(X_LONDON, State.WAITING, State.SENDING, State.IN_DOUBT, reason="no answer")
    assert open_.out("settle", X_LONDON, *how) == f"settled: {X_LONDON}\n"
    assert open_.states()[X_LONDON] == state
    (row,) = (row for row in open_.lines("deliveries") if row["key"] == X_LONDON)
    assert (row["remote_id"], row["url"]) == (("900", how[1]) if state[0] == "SENT" else (None, None))


@pytest.mark.parametrize("how", [(), ("--drop", "--not-sent"), ("--sent", "https://x.com/1", "--drop")])
def test_settle_wants_one_of_three(open_: Place, how: tuple[str, ...]) -> None:
    assert open_.err("settle", X_LONDON, *how, code=2) == "Error: say one of --sent URL, --not-sent and --drop\n"


def test_settle_wants_an_address(open_: Place) -> None:
    open_.move(X_LONDON, State.WAITING, State.SENDING, State.IN_DOUBT, reason="no answer")
    assert open_.err("settle", X_LONDON, "--sent", "900") == (
        "Error: '900' is no web address; give the post's own, beginning with https://\n"
    )


def test_send_a_called_slot(open_: Place) -> None:
    assert open_.out("send", "cancelled", "--city", "london") == f"due now: {CALLED}\n"
    assert open_.states()[CALLED] == ("WAITING", None)
    assert open_.err("send", "cancelled", "--city", "london") == (
        "Error: nothing of cancelled in london can still be sent: it is WAITING\n"
    )
    assert open_.err("send", "announce", "--city", "london").startswith("Error: announce is not called")
    assert "did you mean 'cancelled'?" in open_.err("send", "canceled", "--city", "london")
    assert "did you mean 'london'?" in open_.err("send", "cancelled", "--city", "londn")
    assert "Missing option '--city'" in open_.err("send", "cancelled", code=2)


def test_cancel_a_city_and_say_so(open_: Place) -> None:
    assert open_.call("cancel", "--city", "london") == (
        "london: 3 posts cancelled, 1 `cancelled` posts due now.\n",
        "",
    )
    gone = ("CANCELLED", "its city is cancelled")
    assert open_.states() == {
        FB_LONDON: gone,
        X_LONDON: gone,
        ARMED: gone,
        CALLED: ("WAITING", None),
        X_MARSEILLE: ("WAITING", None),
    }
    assert open_.call("cancel", "--city", "london") == (
        "london: 0 posts cancelled, 0 `cancelled` posts due now.\n"
        "london: 1 `cancelled` posts were called before; `campaignbot deliveries` says where they are.\n",
        "",
    )


def test_cancel_where_there_is_nothing_approved_to_say_so(open_: Place) -> None:
    assert open_.call("cancel", "--city", "marseille", code=3) == (
        "marseille: 1 posts cancelled, 0 `cancelled` posts due now.\n",
        "No approved `cancelled` text for marseille: tell people by hand, now.\n",
    )
    assert open_.states()[X_MARSEILLE] == ("CANCELLED", "its city is cancelled")
    assert "did you mean 'marseille'?" in open_.err("cancel", "--city", "marseile")


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ((), "everything"),
        (("--country", "gb"), "gb"),
        (("--city", "london"), "london"),
        (("--account", "x-london"), "x-london"),
    ],
)
def test_the_stop_cord_and_its_release(open_: Place, named: tuple[str, ...], said: str) -> None:
    with open_.books() as books, books.ledger.write() as c:
        accounts.know(c, ["x-london"])
        ledger.keep_places(c, {"london": "GB", "marseille": "FR"})
    assert open_.out("stop", *named) == f"stopped: {said}. What is already in flight may still arrive.\n"
    assert len(open_.one("status", code=3)["stops"]) == 1
    assert open_.out("resume", *named) == f"resumed: {said}\n"
    assert open_.one("status")["stops"] == []
    assert "is not stopped" in open_.err("resume", *named)


def test_the_stop_cord_wants_one_place_that_is_known(open_: Place) -> None:
    assert open_.err("stop", "--city", "london", "--country", "GB", code=2) == (
        "Error: name at most one of --country, --city and --account\n"
    )
    assert open_.err("stop", "--city", "londn") == "Error: the ledger knows no city 'londn'; did you mean 'london'?\n"


def test_resume_lifts_the_pause_of_an_account(open_: Place) -> None:
    with open_.books() as books, books.ledger.write() as c:
        accounts.pause(c, "x-london", reason="the token has expired", by="test", now=app.utc_now())
    assert open_.out("resume", "--account", "x-london") == "resumed: x-london\n"
    assert open_.one("status")["attention"] == []
