"""Accounts are woken one by one and served together: one pass for all that are woken at the moment, so that what it
writes of many of them shares a commit."""

import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from types import TracebackType
from typing import Self

Failed = Callable[[str, Exception], None]


class Woken:
    """The accounts that were woken, and the one thread that serves them, pass after pass, while the `with` lasts.

    `serve` is given those that its pass begins with. Those that are woken while it lasts may `join` it, and whoever is
    done with may `leave`; the others of a pass leave when it ends. What it raises is told to `failed` by this name.
    """

    def __init__(self, name: str, serve: Callable[[list[str], "Woken"], None], *, failed: Failed) -> None:
        self._name, self._serve, self._failed = name, serve, failed
        self._came: dict[str, list[Future[None]]] = {}
        self._inside: dict[str, list[Future[None]]] = {}
        self._over = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._passes, name=name)

    def wake(self, account: str) -> Future[None]:
        """Have an account served; done when it has left. It cannot be cancelled."""
        woken: Future[None] = Future()
        woken.set_running_or_notify_cancel()
        with self._changed:
            self._came.setdefault(account, []).append(woken)
            self._changed.notify()
        return woken

    def join(self) -> list[str]:
        """Those that were woken since this was last asked: from now on they are in the pass."""
        with self._changed:
            came, self._came = self._came, {}
            for account, woken in came.items():
                self._inside.setdefault(account, []).extend(woken)
        return sorted(came)

    def leave(self, accounts: Collection[str]) -> None:
        """These have been served."""
        with self._changed:
            served = [woken for account in accounts for woken in self._inside.pop(account, ())]
        for woken in served:
            woken.set_result(None)

    def _passes(self) -> None:
        while self._somebody():
            try:
                self._serve(self.join(), self)
            except Exception as error:  # noqa: BLE001 - the net of one pass: told, and woken again
                self._failed(self._name, error)
            finally:
                self.leave(list(self._inside))

    def _somebody(self) -> bool:
        """Wait until somebody is woken; False where it is over, and nobody waits any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._came or self._over)
            return bool(self._came)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """A pass that is under way is finished."""
        with self._changed:
            self._over = True
            self._changed.notify()
        self._thread.join()
