"""X's search language, as far as a campaign speaks it: AND by a space, OR, parentheses, - and six operators."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from campaignbot.networks.x import asked, problems
from campaignbot.networks.x import text as text_module
from campaignbot.networks.x.world import Post, World

LONGEST = 512
_TERM = re.compile(r"\s*(\(|\)|-?[^\s()]+)")


@dataclass(frozen=True)
class Wanted:
    """A parsed query: `matches` judges a post, `conversations` are the only ones it can match (None: any)."""

    matches: Callable[[Post], bool]
    roots: frozenset[int] | None

    def conversations(self) -> frozenset[int] | None:
        """The conversations that a match must belong to."""
        return self.roots


def parse(words: str, world: World, *, types: str) -> Wanted:
    """Read a query; raises Problem 400 where it is too long or says something X does not know."""
    if len(words) > LONGEST:
        raise _wrong(words, f"maximum query length is {LONGEST} characters", types=types)
    terms = _TERM.findall(words)
    reader = _Reader(terms, words, world, types)
    wanted = reader.any_of()
    if reader.place != len(terms):
        raise _wrong(words, f"no viable alternative at input '{terms[reader.place]}'", types=types)
    return wanted


def _wrong(words: str, why: str, *, types: str) -> problems.Problem:
    return problems.invalid(f"There were errors processing your request: {why}", types=types, query=[words])


class _Reader:
    def __init__(self, terms: list[str], words: str, world: World, types: str) -> None:
        self._terms, self._words, self._world, self._types = terms, words, world, types
        self.place = 0

    def any_of(self) -> Wanted:
        found = [self._all_of()]
        while self._next() == "OR":
            self.place += 1
            found.append(self._all_of())
        if len(found) == 1:
            return found[0]
        roots: frozenset[int] | None = frozenset()
        for each in found:
            roots = None if roots is None or each.roots is None else roots | each.roots
        return Wanted(lambda post: any(each.matches(post) for each in found), roots)

    def _all_of(self) -> Wanted:
        found = []
        while self._next() not in (None, "OR", ")"):
            found.append(self._one())
        if not found:
            raise _wrong(self._words, "missing EOF at ''", types=self._types)
        roots: frozenset[int] | None = None
        for each in found:
            if each.roots is not None:
                roots = each.roots if roots is None else roots & each.roots
        return Wanted(lambda post: all(each.matches(post) for each in found), roots)

    def _one(self) -> Wanted:
        term = self._terms[self.place]
        self.place += 1
        if term == "(":
            inner = self.any_of()
            if self._next() != ")":
                raise _wrong(self._words, "missing ')'", types=self._types)
            self.place += 1
            return inner
        if term.startswith("-"):
            inner = self._operator(term[1:])
            return Wanted(lambda post: not inner.matches(post), None)
        return self._operator(term)

    def _next(self) -> str | None:
        return self._terms[self.place] if self.place < len(self._terms) else None

    def _operator(self, term: str) -> Wanted:
        name, colon, value = term.partition(":")
        if term.startswith("@") and not colon:
            who = self._user(term[1:])
            return Wanted(lambda post: who in post.mentions, None)
        if name == "conversation_id" and asked.ID.fullmatch(value):
            root = int(value)
            return Wanted(lambda post: post.conversation == root, frozenset({root}))
        if name == "in_reply_to_tweet_id" and asked.ID.fullmatch(value):
            parent = int(value)
            return Wanted(lambda post: post.parent == parent, None)
        if name in ("from", "to") and value:
            who = self._user(value)
            return Wanted(
                (lambda post: post.author.id == who) if name == "from" else (lambda post: post.parent_author == who),
                None,
            )
        if term == "is:reply":
            return Wanted(lambda post: post.parent is not None, None)
        if term in ("is:retweet", "is:quote"):
            return Wanted(lambda _post: False, None)
        if term.startswith("#") and text_module.HASHTAG.fullmatch(term):
            return Wanted(lambda post: term.lower() in post.shown.lower().split(), None)
        raise _wrong(self._words, f"Reference to invalid operator '{name}'", types=self._types)

    def _user(self, text: str) -> int:
        if text.isdigit():
            return int(text)
        found = self._world.user(text)
        return -1 if found is None else found.id
