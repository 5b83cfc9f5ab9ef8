"""Where everything stands: the rows, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reconciler.planning.action import Cost
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed, standings
from reconciler.planning.kind import Found
from reconciler.planning.plan import is_hosted, plan
from reconciler.planning.standing import Phase, Standing
from reconciler.reporting.formats import OtherOut, ResourceOut, StatusOut
from reconciler.reporting.page import Page
from reconciler.reporting.words import duration, money, total

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
AGE = 7  # columns, unless an age is longer


@dataclass(frozen=True)
class Row:
    address: Address
    standing: Standing
    waits_for: tuple[Address, ...]
    hosting: Cost | None = None  # of a deployment that is there

    def age(self, now: datetime) -> str:
        return duration(now - self.standing.since) if self.standing.since else ""


@dataclass(frozen=True)
class Status:
    """One row a wanted resource, in the order in which needs come first; and what else is there."""

    rows: tuple[Row, ...]
    others: tuple[Found, ...]
    at: datetime
    budget: Decimal | None = None  # for hosting

    @property
    def hosting(self) -> tuple[Decimal, tuple[Address, ...]]:
        """What 30 days of what is wanted and there cost, and what of it has no known price."""
        costs = {one.address: one.hosting.hosting_per_month for one in self.rows if one.hosting}
        known = [cost for cost in costs.values() if cost is not None]
        return sum(known, Decimal(0)), tuple(at for at, cost in costs.items() if cost is None)


def status(desired: Desired, observed: Observed) -> Status:
    stand = standings(desired, observed)
    costs = {one.address: one.cost for one in plan(desired, observed).everything if is_hosted(one)}
    rows = (
        Row(
            address,
            stand[address],
            tuple(_waits_for(address, desired, stand)),
            costs.get(address) if stand[address].ids else None,
        )
        for address in desired.wanted
    )
    return Status(tuple(rows), observed.others, observed.at, desired.policy.hosting_budget)


def _waits_for(
    address: Address, desired: Desired, stand: Mapping[Address, Standing]
) -> Iterator[Address]:
    if stand[address].phase is Phase.READY:
        return
    for need in desired.wanted[address].needs:
        if not stand[need].is_ready:
            yield need


def status_lines(status: Status, page: Page) -> Iterator[str]:
    column = max((len(str(row.address)) for row in status.rows), default=0)
    ages = max((AGE, *(len(row.age(status.at)) + 1 for row in status.rows)))
    for row in status.rows:
        name, age = f"{row.address!s:<{column}}", f"{row.age(status.at):<{ages}}"
        yield from _head(row.standing, name, age, page)
        for name, one in row.standing.ids.items():
            yield from page.wrap(one, 4, f"{name}: ")
        if row.hosting:
            yield from page.wrap(f"hosting: {_hosting(row.hosting.hosting_per_month)}", 4)
        if row.waits_for:
            yield from page.wrap(f"waits for {', '.join(map(str, row.waits_for))}", 4)
    for line in _total(status):
        yield from page.wrap(line, 0)
    for other in status.others:
        owner = _owner(other)
        yield page.paint(f"{other.address}  ({owner}, in {other.account})", "dim")
        yield from page.wrap(other.detail, 4)


def _total(status: Status) -> Iterator[str]:
    """In the words of plans, and what the Project allows."""
    month, unpriced = status.hosting
    return total(
        "Hosting", f"{money(month)} in 30 days{_allowed(status)}" if month else "", unpriced
    )


def _allowed(status: Status) -> str:
    if status.budget is None:
        return ""
    month, _unpriced = status.hosting
    between = ", more than the" if month > status.budget else " of"
    return f"{between} {money(status.budget)} allowed"


def _hosting(amount: Decimal | None) -> str:
    return "at an unknown price" if amount is None else f"{money(amount)} in 30 days"


def _owner(other: Found) -> str:
    if other.is_kept:
        return "ours, kept"
    return "ours, not wanted" if other.is_ours else "not ours"


def _head(standing: Standing, name: str, age: str, page: Page) -> Iterator[str]:
    """One line; the detail below it where it does not fit."""
    phase = f"{standing.phase:<8}"
    head = f"{name}  {page.paint(phase, STYLES[standing.phase])}  {age}"
    if len(f"{name}  {phase}  {age}{standing.detail}") <= page.width:
        yield f"{head}{standing.detail}".rstrip()
        return
    yield head.rstrip()
    yield from page.wrap(standing.detail, 4)


def _number(hosting: Cost | None) -> float | None:
    amount = hosting.hosting_per_month if hosting else None
    return None if amount is None else float(amount)


def status_out(status: Status) -> StatusOut:
    month, unpriced = status.hosting
    return StatusOut(
        at=status.at.isoformat(),
        hosting_per_month=float(month),
        is_hosting_cost_known=not unpriced,
        hosting_budget=None if status.budget is None else float(status.budget),
        resources=[_resource(row) for row in status.rows],
        others=[_other(one) for one in status.others],
    )


def _resource(row: Row) -> ResourceOut:
    standing = row.standing
    return ResourceOut(
        address=str(row.address),
        phase=standing.phase,
        ids=dict(standing.ids),
        since=standing.since.isoformat() if standing.since else None,
        detail=standing.detail,
        harms=list(standing.harms),
        waits_for=[str(one) for one in row.waits_for],
        hosting_per_month=_number(row.hosting),
    )


def _other(other: Found) -> OtherOut:
    return OtherOut(
        address=str(other.address),
        account=other.account,
        is_ours=other.is_ours,
        detail=other.detail,
    )
