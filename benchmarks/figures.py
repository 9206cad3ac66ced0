"""One figure and its bound."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    name: str
    value: float
    bound: float | None  #: None: a peer's figure, shown beside ours
    at_least: bool  #: whether the value must be at least the bound, or at most
    detail: dict[str, Any]
    exactly: bool = False  #: it must be the bound, no more and no less

    @property
    def ok(self) -> bool:
        if self.bound is None:
            return True
        if self.exactly:
            return self.value == self.bound
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def record(self) -> dict[str, Any]:
        sign = "=" if self.exactly else ">=" if self.at_least else "<="
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "bound": None if self.bound is None else f"{sign} {self.bound}",
            "ok": self.ok,
            **self.detail,
        }
