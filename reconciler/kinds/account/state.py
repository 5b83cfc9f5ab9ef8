"""What the service says about an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AccountState:
    region: str
    endpoint: str
    created_at: datetime | None = None
