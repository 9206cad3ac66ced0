"""What goes wrong on the way: explicit faults, and faults sprinkled by a seed."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import timedelta
from typing import Literal, get_args

from campaignbot.networks.exchange import Answer, Network, Request, gateway

Kind = Literal[
    "lost_request",
    "lost_answer",
    "error_after_storing",
    "html_502",
    "rate_limited",
    "expired_token",
    "slow",
    "late_effect",
    "late_indexing",
    "says",
]

#: Those that may be sprinkled: what a network `says` needs a name.
_KINDS: Mapping[str, Kind] = {kind: kind for kind in get_args(Kind) if kind != "says"}
SECONDS: Mapping[Kind, float] = {"rate_limited": 60.0, "slow": 1.0, "late_effect": 60.0, "late_indexing": 60.0}
OK = range(200, 300)


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    `seconds`: for `slow` real time; for `rate_limited`, `late_effect` and `late_indexing` the network's clock; None is
    the kind's own default. `stores`: whether an `html_502`, or what it `says`, comes after storing. `path` is a part of
    the path. `says`: for `says`, the name of an answer in the network's own catalogue.
    """

    kind: Kind
    _: KW_ONLY
    method: str = "POST"
    path: str = ""
    times: int = 1
    seconds: float | None = None
    stores: bool = False
    says: str = ""

    @property
    def delay(self) -> float:
        """Its seconds, or the kind's own default."""
        return SECONDS.get(self.kind, 0.0) if self.seconds is None else self.seconds


@dataclass(frozen=True, kw_only=True)
class _Sprinkle:
    seed: int
    rate: float
    kinds: tuple[Kind, ...]
    methods: frozenset[str]
    paths: tuple[str, ...]
    seconds: Mapping[str, float]

    def draw(self, *, method: str, path: str, shape: str, speaker: str, number: int) -> Fault | None:
        if method not in self.methods or (self.paths and not any(part in path for part in self.paths)):
            return None
        drawn = hashlib.blake2b(f"{self.seed}|{method}|{shape}|{speaker}|{number}".encode(), digest_size=16).digest()
        if int.from_bytes(drawn[:8], "big") / 2**64 >= self.rate:
            return None
        kind = self.kinds[int.from_bytes(drawn[8:12], "big") % len(self.kinds)]
        return Fault(kind=kind, method=method, seconds=self.seconds.get(kind), stores=drawn[12] % 2 == 1)


class Faults:
    """The faults that a network has in store, and the `sayings` that it knows. Thread-safe."""

    def __init__(self, sayings: Collection[str] = ()) -> None:
        self.sayings = frozenset(sayings)
        self._lock = threading.Lock()
        self._planned: list[Fault] = []
        self._sprinkles: list[_Sprinkle] = []
        self._numbers: collections.Counter[tuple[str, str, str]] = collections.Counter()
        self.played: collections.Counter[str] = collections.Counter()

    def add(self, fault: Fault) -> None:
        """Let the next `fault.times` matching requests go wrong; earlier faults come first. Raises KeyError for what
        the network cannot say."""
        if fault.kind == "says" and fault.says not in self.sayings:
            raise KeyError(fault.says)
        with self._lock:
            self._planned.append(fault)

    def sprinkle(
        self,
        *,
        seed: int,
        rate: float,
        kinds: Sequence[str],
        methods: Sequence[str] = ("POST",),
        paths: Sequence[str] = (),
        seconds: Mapping[str, float] | None = None,
    ) -> None:
        """Let a part `rate` (0 to 1) of the requests go wrong.

        Which ones depends on the seed, the method, the path without ids and each account's own running number alone, so
        the same campaign meets the same faults however its threads interleave. Raises KeyError for an unknown kind.
        """
        made = _Sprinkle(
            seed=seed,
            rate=rate,
            kinds=tuple(_KINDS[kind] for kind in kinds),
            methods=frozenset(methods),
            paths=tuple(paths),
            seconds=dict(seconds or {}),
        )
        with self._lock:
            self._sprinkles.append(made)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._planned.clear()
            self._sprinkles.clear()

    def take(self, *, method: str, path: str, shape: str, speaker: str) -> Fault | None:
        """The fault for this request, if any; counts it as played."""
        with self._lock:
            fault = self._take_planned(method=method, path=path)
            number = self._numbers[(method, shape, speaker)]
            self._numbers[(method, shape, speaker)] += 1
            for sprinkle in self._sprinkles:
                fault = fault or sprinkle.draw(method=method, path=path, shape=shape, speaker=speaker, number=number)
            if fault is not None:
                self.played[fault.says or fault.kind] += 1
            return fault

    def _take_planned(self, *, method: str, path: str) -> Fault | None:
        for place, fault in enumerate(self._planned):
            if fault.method == method and fault.path in path:
                if fault.times == 1:
                    del self._planned[place]
                else:
                    self._planned[place] = dataclasses.replace(fault, times=fault.times - 1)
                return fault
        return None


def play(fault: Fault, network: Network, request: Request, *, wait: Callable[[float], bool]) -> Answer | None:
    """Answer this request as the fault would have it; None: drop the connection. `wait` sleeps for real seconds."""
    return _PLAYS[fault.kind](fault, network, request, wait)


_Play = Callable[[Fault, Network, Request, Callable[[float], bool]], Answer | None]


def _lost_answer(_fault: Fault, network: Network, request: Request, _wait: Callable[[float], bool]) -> Answer | None:
    network.answer(request)
    return None


def _error_after_storing(
    _fault: Fault, network: Network, request: Request, _wait: Callable[[float], bool]
) -> Answer | None:
    answer = network.answer(request)
    return network.broken() if answer.code in OK else answer


def _html_502(fault: Fault, network: Network, request: Request, _wait: Callable[[float], bool]) -> Answer | None:
    if fault.stores:
        network.answer(request)
    return gateway()


def _says(fault: Fault, network: Network, request: Request, _wait: Callable[[float], bool]) -> Answer | None:
    if fault.stores:
        network.answer(request)
    return network.says(fault.says)


def _slow(fault: Fault, network: Network, request: Request, wait: Callable[[float], bool]) -> Answer | None:
    # stored first: a client that gives up waiting must reckon with the post being there
    answer = network.answer(request)
    wait(fault.delay)
    return answer


def _late_effect(fault: Fault, network: Network, request: Request, _wait: Callable[[float], bool]) -> Answer | None:
    network.later(request, network.clock() + timedelta(seconds=fault.delay))
    return None


def _late_indexing(fault: Fault, network: Network, request: Request, _wait: Callable[[float], bool]) -> Answer | None:
    return network.answer(dataclasses.replace(request, indexed_after=timedelta(seconds=fault.delay)))


_PLAYS: Mapping[Kind, _Play] = {
    "lost_request": lambda _fault, _network, _request, _wait: None,
    "lost_answer": _lost_answer,
    "error_after_storing": _error_after_storing,
    "html_502": _html_502,
    "rate_limited": lambda fault, network, request, _wait: network.limited(request, fault.delay),
    "expired_token": lambda _fault, network, _request, _wait: network.expired(),
    "slow": _slow,
    "late_effect": _late_effect,
    "late_indexing": _late_indexing,
    "says": _says,
}
