"""One figure and its bound."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    name: str
    value: float
    bound: float
    at_least: bool  #: whether the value must be at least the bound, or at most
    detail: dict[str, Any]

    @property
    def ok(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def record(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "bound": f"{'>=' if self.at_least else '<='} {self.bound}",
            "ok": self.ok,
            **self.detail,
        }
