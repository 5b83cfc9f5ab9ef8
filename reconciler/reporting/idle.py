"""How long deployments have idled, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reconciler.kinds.deployment.forecast import Forecast
from reconciler.kinds.deployment.lifetime import Life, Unknown
from reconciler.planning.address import Address
from reconciler.planning.spans import duration
from reconciler.reporting.formats import IdleOut, IdleRowOut
from reconciler.reporting.page import Page
from reconciler.reporting.words import money

HEAD = ("DEPLOYMENT", "AGE", "LAST CALL", "ENDS IN", "HOSTING", "SINCE CALL")
STYLES = {"there": "", "gone": "yellow", "away": "dim"}
UNKNOWN, NONE = "unknown", "-"


@dataclass(frozen=True)
class Row:
    address: Address
    account: str
    forecast: Forecast
    is_wanted: bool = True
    is_ours: bool = True


def idle_lines(rows: Iterable[Row], now: datetime, then: datetime, page: Page) -> Iterator[str]:
    """A line a deployment, and under it what will become of it."""
    listed = list(rows)
    if not listed:
        yield "No manifest wants a deployment."
        return
    if then > now:
        yield f"On {then:%Y-%m-%d %H:%M} UTC, if nobody calls any more:"
    cells = [HEAD, *(_cells(row, then) for row in listed)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    yield page.paint(_line(HEAD, widths), "bold")
    for row, texts in zip(listed, cells[1:], strict=True):
        yield page.paint(_line(texts, widths), STYLES[row.forecast.presence])
        yield from page.wrap(f"{_owner(row)}{row.forecast.text}", 4)
    yield from page.wrap(_sum(listed), 0)


def _owner(row: Row) -> str:
    if not row.is_ours:
        return "not ours; "
    return "" if row.is_wanted else "no manifest wants it; "


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{text:<{width}}" for text, width in zip(cells, widths, strict=True)).rstrip()


def _cells(row: Row, then: datetime) -> tuple[str, ...]:
    life = row.forecast.life
    if life is None:
        return (row.address.name, NONE, NONE, row.forecast.presence, NONE, NONE)
    return (
        row.address.name,
        UNKNOWN if isinstance(life.age, Unknown) else duration(life.age),
        _last_call(life),
        _left(row.forecast, then),
        _amount(row.forecast.hosting),
        _amount(row.forecast.hosting_since_call),
    )


def _last_call(life: Life) -> str:
    """At the moment of its age: of what is gone by then, that is its end."""
    if isinstance(life.use, Unknown):
        return UNKNOWN
    return f"{duration(life.at - life.use.answered)} ago" if life.use.answered else "never"


def _left(forecast: Forecast, then: datetime) -> str:
    if forecast.presence == "gone":
        return "gone"
    return duration(forecast.ends_at - then) if forecast.ends_at else NONE


def _amount(amount: Decimal | None) -> str:
    return UNKNOWN if amount is None else money(amount)


def _sum(rows: Iterable[Row]) -> str:
    listed = list(rows)
    whole, idle = (
        sum((amount for amount in amounts if amount), Decimal(0))
        for amounts in (
            [row.forecast.hosting for row in listed],
            [row.forecast.hosting_since_call for row in listed],
        )
    )
    there = [row.forecast for row in listed if row.forecast.life]
    more = ", and more of unknown price" if any(one.hosting is None for one in there) else ""
    # Where nobody knows of the last call, nor is it known how much came after it.
    is_open = any(one.hosting is not None and one.hosting_since_call is None for one in there)
    part = f"{'at least ' if is_open else ''}{money(idle)}"
    return f"Hosting: {money(whole)}, of which {part} since the last calls{more}."


def idle_json(rows: Iterable[Row], now: datetime, then: datetime) -> IdleOut:
    return IdleOut(
        now=now.isoformat(), at=then.isoformat(), deployments=[_row_out(row) for row in rows]
    )


def _row_out(row: Row) -> IdleRowOut:
    forecast, life = row.forecast, row.forecast.life
    use = life.use if life else None
    known = None if use is None or isinstance(use, Unknown) else use
    is_refused = known and known.tried and known.tried != known.answered
    return IdleRowOut(
        address=str(row.address),
        account=row.account,
        is_wanted=row.is_wanted,
        is_ours=row.is_ours,
        presence=forecast.presence,
        created_at=_stamp(life.created_at if life else None),
        last_call=_stamp(known.answered if known else None),
        last_refused_call=_stamp(known.tried if known and is_refused else None),
        ends_at=_stamp(forecast.ends_at),
        hosting=_number(forecast.hosting),
        hosting_since_call=_number(forecast.hosting_since_call),
        outlook=forecast.text,
    )


def _stamp(moment: datetime | Unknown | None) -> str | None:
    return moment.isoformat() if isinstance(moment, datetime) else None


def _number(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
