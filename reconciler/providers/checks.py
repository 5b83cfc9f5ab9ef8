"""What was checked of an account before something was asked of it, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from reconciler.planning.asking import Ask


class Result(StrEnum):
    OK = "ok"
    MISSING = "missing"  # something that is asked for cannot be done
    WARNING = "warning"  # it can be done, and something is amiss
    UNKNOWN = "unknown"  # nobody could say


@dataclass(frozen=True)
class Check:
    account: str
    name: str
    result: Result
    detail: str = ""  # what was found
    remedy: str = ""  # what a person may do


@dataclass(frozen=True)
class Visit:
    """What to look after in an account.

    A thorough one also tries everything that a plan reads there.
    """

    account: str
    asks: tuple[Ask, ...]
    at: datetime
    is_thorough: bool = False
    catalogue: Any = None  # what is known of the provider, as its own type
