from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest

import made
from campaignbot import platforms
from campaignbot.model.campaign import Account
from campaignbot.model.delivery import Receipt
from campaignbot.model.reply import Check
from campaignbot.networks import graph as graph_network
from campaignbot.networks import x as x_network
from campaignbot.platforms import base
from platforms import contract
from platforms.contract import START, Clock, OverHttp, Saying, World

PATIENCE = base.Patience(connect=2.0, read=1.0, total=2.0)
X_SECRETS = {name: f"canary-{name.lower()}" for name in ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "ACCESS_SECRET")}
PAGE_TOKEN, APP_SECRET = "canary-page-token", "canary-app-secret"


class TestDry(Saying):
    limits: ClassVar[Any] = made.LIMITS_X
    proves_absence = True

    @pytest.fixture
    def world(self) -> World:
        clock, account = Clock(), made.account()

        def nothing(*_: object) -> Any:
            raise AssertionError("a dry platform has no network")

        return World(
            platform=platforms.dry(account, clock),
            clock=clock,
            network=None,
            draft=contract.draft_for(account),
            out=nothing,
            answer=nothing,
            late=nothing,
            lock_out=nothing,
            another=nothing,
            canaries=(),
        )


class TestX(OverHttp):
    limits: ClassVar[Any] = made.LIMITS_X
    proves_absence = True

    @pytest.fixture
    def world(self) -> Iterator[World]:
        clock = Clock()
        network = x_network.Network(clock=clock, prefix="/x")
        network.start()
        network.add_account("wad_london", **{name.lower(): value for name, value in X_SECRETS.items()})

        def connected(handle: str) -> base.Platform:
            account = made.account(handle=handle, base_url=network.url)
            return platforms.connect(account, X_SECRETS.get, clock=clock, patience=PATIENCE)

        yield World(
            platform=connected("WAD_London"),
            clock=clock,
            network=network,
            draft=contract.draft_for(made.account()),
            out=lambda: [(post.text, tuple(post.alt_texts)) for post in network.posts("wad_london")],
            answer=lambda who, to, text: network.reply(who, to=to, text=text),
            late=lambda who, to, text, after: network.reply(who, to=to, text=text, indexed_after=after),
            lock_out=lambda: network.revoke("wad_london"),
            another=lambda: connected("wad_paris"),
            canaries=(*X_SECRETS.values(), "wad_london"),
        )
        network.stop()

    def test_a_bare_mention_answers_no_post(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        mention = world.network.mention("anna", "@wad_london where do you meet?")
        page = world.platform.replies([receipt], after=None)
        assert [(reply.id, reply.root) for reply in page.replies] == [(mention, None)]

    def test_an_answer_to_an_answer_belongs_to_our_post(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        first = world.network.reply("anna", to=receipt.id, text="I come")
        second = world.network.reply("boris", to=first, text="@anna so do I")
        page = world.platform.replies([receipt], after=None)
        assert {reply.id: reply.root for reply in page.replies} == {first: receipt.id, second: receipt.id}

    def test_a_sweep_searches_only_so_many_conversations_at_once(self, world: World) -> None:
        receipts = []
        for number in range(25):
            receipts.append(world.platform.publish(world.saying(f"Number {number}"), parent=None))
        page = world.platform.replies(receipts, after=None)
        world.clock.pass_by(timedelta(hours=4))
        searches = []
        for _ in range(3):
            before = _searches(world)
            page = world.platform.replies(receipts, after=page.cursor)
            searches.append(_searches(world) - before)
        assert searches == [20, 5, 0]

    def test_a_timeline_that_hides_the_newest_finds_nothing_and_proves_it_later(self, world: World) -> None:
        world.fault("late_indexing", seconds=120)
        receipt = world.platform.publish(world.draft, parent=None)
        assert world.platform.find(world.draft, since=START) == ()
        world.clock.pass_by(timedelta(minutes=5))
        assert [each.id for each in world.platform.find(world.draft, since=START)] == [receipt.id]

    def test_a_link_to_anothers_picture_is_found_again(self, world: World) -> None:
        draft = world.saying("Look: https://x.com/unaids/status/98/photo/1", "a candle")
        receipt = world.platform.publish(draft, parent=None)
        assert [each.id for each in world.platform.find(draft, since=START)] == [receipt.id]

    @pytest.mark.parametrize("words", ["Thank you", "@who_hrp says: come"])
    def test_an_answer_is_found_again(self, world: World, words: str) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        first = world.answer("anna", receipt.id, "I come")
        second = world.answer("boris", first, "@anna so do I")
        told = world.platform.publish(world.saying(words), parent=Receipt(id=second, url=None, at=START))
        assert [each.id for each in world.platform.find(world.saying(words), since=START)] == [told.id]

    def test_a_post_to_somebody_is_no_other_post(self, world: World) -> None:
        world.platform.publish(world.saying("@who_hrp Come"), parent=None)
        assert world.platform.find(world.saying("Come"), since=START) == ()

    def test_more_mentions_than_x_ever_shows_are_found_by_the_sweep(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        written = {world.answer("anna", receipt.id, f"{number}") for number in range(805)}
        page = world.platform.replies([receipt], after=None)
        assert ({reply.id for reply in page.replies}, page.complete) == (written, False)


class TestFacebook(OverHttp):
    limits: ClassVar[Any] = made.LIMITS_FACEBOOK
    proves_absence = False

    @pytest.fixture
    def world(self) -> Iterator[World]:
        clock = Clock()
        network = graph_network.Network(clock=clock, prefix="/fb", app_secret=APP_SECRET, wants_proof=True)
        network.start()
        network.add_page("1234567890", "WAD London", PAGE_TOKEN)
        secrets = {"PAGE_TOKEN": PAGE_TOKEN, "APP_SECRET": APP_SECRET}

        def connected(page: str) -> base.Platform:
            return platforms.connect(_page(network.url, page), secrets.get, clock=clock, patience=PATIENCE)

        yield World(
            platform=connected("1234567890"),
            clock=clock,
            network=network,
            draft=contract.draft_for(_page(None, "1234567890")),
            out=lambda: [(post.text, tuple(post.alt_texts)) for post in network.posts("1234567890")],
            answer=lambda who, to, text: network.comment(to, who, text),
            late=lambda who, to, text, after: network.comment(to, who, text, indexed_after=after),
            lock_out=lambda: network.invalidate(PAGE_TOKEN),
            another=lambda: connected("42"),
            canaries=(PAGE_TOKEN, APP_SECRET),
        )
        network.stop()

    def test_a_hidden_author_is_no_author(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        world.network.comment(receipt.id, "anna", "I come", hide_from=True)
        (reply,) = world.platform.replies([receipt], after=None).replies
        assert (reply.author, reply.handle, reply.text) == ("", None, "I come")

    def test_a_persons_token_locks_out(self, world: World) -> None:
        world.network.add_user("canary-user-token", pages=("1234567890",))
        person = platforms.connect(
            _page(world.network.url, "1234567890"),
            {"PAGE_TOKEN": "canary-user-token", "APP_SECRET": APP_SECRET}.get,
            clock=world.clock,
            patience=PATIENCE,
        )
        (check,) = person.check()
        assert (check.ok, check.detail) == (False, "the token of fb-london belongs to another Page or to a person")

    def test_doctor_says_when_the_token_ends(self, world: World) -> None:
        secrets = {"PAGE_TOKEN": PAGE_TOKEN, "APP_SECRET": APP_SECRET, "APP_ID": graph_network.network.APP_ID}
        page = platforms.connect(
            _page(world.network.url, "1234567890"), secrets.get, clock=world.clock, patience=PATIENCE
        )
        told = [check for check in page.check() if check.name == "fb-london: Facebook token"]
        assert told == [Check(name="fb-london: Facebook token", ok=True, detail="has no end")]
        assert [path for _, path, query in world.network.requests if "canary" in query] == []

    def test_an_answer_below_a_comment_is_seen_as_new_and_read(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        top = world.network.comment(receipt.id, "anna", "I come")
        first = world.platform.replies([receipt], after=None)
        world.clock.pass_by(timedelta(minutes=3))
        below = world.network.comment(receipt.id, "boris", "so do I", parent=top)
        second = world.platform.replies([receipt], after=first.cursor)
        told = [({reply.id: reply.root for reply in page.replies}, page.claimed_total) for page in (first, second)]
        assert told == [({top: receipt.id}, 1), ({top: receipt.id, below: receipt.id}, 2)]

    def test_more_comments_than_one_call_reads_are_all_read(self, world: World) -> None:
        receipt = world.platform.publish(world.draft, parent=None)
        written = set()
        for number in range(5150):
            world.clock.now = START + timedelta(seconds=number // 10)
            written.add(world.answer("anna", receipt.id, f"{number}"))
        read: dict[str, bool] = {}
        cursor, complete = None, []
        for _ in range(3):
            page = world.platform.replies([receipt], after=cursor)
            cursor = page.cursor
            complete.append(page.complete)
            read |= {reply.id: True for reply in page.replies}
        assert (set(read), complete) == (written, [False, True, True])

    def test_only_posts_with_something_new_are_asked_for_comments(self, world: World) -> None:
        receipts = [world.platform.publish(world.saying(f"Number {number}"), parent=None) for number in range(3)]
        page = world.platform.replies(receipts, after=None)
        world.clock.pass_by(timedelta(minutes=3))
        world.network.comment(receipts[1].id, "anna", "hello")
        before = len(world.network.requests)
        page = world.platform.replies(receipts, after=page.cursor)
        asked = [path for _, path, _ in list(world.network.requests)[before:]]
        assert asked == ["/v26.0/1234567890/published_posts", f"/v26.0/{receipts[1].id}/comments"]
        assert [reply.root for reply in page.replies] == [receipts[1].id]


def _page(base_url: str | None, page: str) -> Account:
    return Account(id="fb-london", platform="facebook", page=page, base_url=base_url)


def _searches(world: World) -> int:
    return sum("/search/recent" in path for _, path, _ in world.network.requests)
