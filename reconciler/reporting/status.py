"""Where everything stands: the rows, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from reconciler.planning.action import Cost
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed, standings
from reconciler.planning.kind import Found
from reconciler.planning.plan import is_hosted, plan
from reconciler.planning.standing import Phase, Standing
from reconciler.reporting.formats import FORMAT_VERSION
from reconciler.reporting.page import Page
from reconciler.reporting.words import duration, money

STYLES = {
    Phase.READY: "green",
    Phase.PENDING: "cyan",
    Phase.RUNNING: "cyan",
    Phase.MISSING: "yellow",
    Phase.HELD: "yellow",
    Phase.DEGRADED: "yellow",
    Phase.ASLEEP: "dim",
    Phase.FAILED: "red",
    Phase.REFUSED: "red",
}


@dataclass(frozen=True)
class Row:
    address: Address
    standing: Standing
    waits_for: tuple[Address, ...]
    hosting: Cost | None = None  # of a deployment that is there


def rows(desired: Desired, observed: Observed) -> list[Row]:
    """One row a wanted resource, in the order in which needs come first."""
    stand = standings(desired, observed)
    costs = {one.address: one.cost for one in plan(desired, observed).everything if is_hosted(one)}
    return [
        Row(
            address,
            stand[address],
            tuple(_waits_for(address, desired, stand)),
            costs.get(address) if stand[address].ids else None,
        )
        for address in desired.wanted
    ]


def _waits_for(
    address: Address, desired: Desired, stand: Mapping[Address, Standing]
) -> Iterator[Address]:
    if stand[address].phase is Phase.READY:
        return
    for need in desired.wanted[address].needs:
        if not stand[need].is_ready:
            yield need


def status_lines(
    found: Iterable[Row], others: Iterable[Found], now: datetime, page: Page
) -> Iterator[str]:
    listed = list(found)
    column = max((len(str(row.address)) for row in listed), default=0)
    for row in listed:
        yield from _head(row, column, now, page)
        for name, one in row.standing.ids.items():
            yield from page.wrap(one, 4, f"{name}: ")
        if row.hosting:
            yield from page.wrap(f"hosting: {_hosting(row.hosting.hosting_per_month)}", 4)
        if row.waits_for:
            yield from page.wrap(f"waits for {', '.join(map(str, row.waits_for))}", 4)
    for other in others:
        owner = _owner(other)
        yield page.paint(f"{other.address}  ({owner}, in {other.account})", "dim")
        yield from page.wrap(other.detail, 4)


def _hosting(amount: Decimal | None) -> str:
    return "at an unknown price" if amount is None else f"{money(amount)} in 30 days"


def _owner(other: Found) -> str:
    if other.is_kept:
        return "ours, kept"
    return "ours, not wanted" if other.is_ours else "not ours"


def _head(row: Row, column: int, now: datetime, page: Page) -> Iterator[str]:
    """One line; the detail below it where it does not fit."""
    standing = row.standing
    age = duration(now - standing.since) if standing.since else ""
    plain = f"{row.address!s:<{column}}  {standing.phase:<8}  {age:<7}"
    phase = page.paint(f"{standing.phase:<8}", STYLES[standing.phase])
    head = f"{row.address!s:<{column}}  {phase}  {age:<7}"
    if len(plain) + len(standing.detail) <= page.width:
        yield f"{head}{standing.detail}".rstrip()
        return
    yield head.rstrip()
    yield from page.wrap(standing.detail, 4)


def _number(hosting: Cost | None) -> float | None:
    amount = hosting.hosting_per_month if hosting else None
    return None if amount is None else float(amount)


def status_json(found: Iterable[Row], others: Iterable[Found], now: datetime) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "at": now.isoformat(),
        "resources": [
            {
                "address": str(row.address),
                "phase": row.standing.phase.value,
                "ids": dict(row.standing.ids),
                "since": row.standing.since.isoformat() if row.standing.since else None,
                "detail": row.standing.detail,
                "harms": list(row.standing.harms),
                "waits_for": [str(one) for one in row.waits_for],
                "hosting_per_month": _number(row.hosting),
            }
            for row in found
        ],
        "others": [
            {
                "address": str(one.address),
                "account": one.account,
                "is_ours": one.is_ours,
                "detail": one.detail,
            }
            for one in others
        ],
    }
