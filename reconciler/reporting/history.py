"""The versions of a model, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.kinds.fine_tuned_model.history import Chapter
from reconciler.planning.address import Address
from reconciler.planning.phrases import count
from reconciler.reporting.formats import HistoryOut, VersionOut
from reconciler.reporting.page import Page
from reconciler.reporting.words import measured, money


def history_lines(address: Address, chapters: Sequence[Chapter], page: Page) -> Iterator[str]:
    for one in chapters:
        trained = f"{one.version.trained_at:%Y-%m-%d %H:%M} UTC"
        head = f"{one.version.digits}  {trained}  {_fate(one)}".rstrip()
        yield page.paint(head, "green" if one.is_wanted else "bold")
        cost = "cost not known" if one.cost is None else f"cost {money(one.cost)}"
        yield from page.wrap(f"{one.version.data or 'its data is gone'}  {cost}", 4)
        if told := measured(one.metrics):
            yield from page.wrap(told, 4)
        yield from page.wrap(one.version.job.model, 4)
    yield f"{address}: {count(len(chapters), 'version')}."


def _fate(one: Chapter) -> str:
    words = [
        "wanted" if one.is_wanted else "",
        "" if one.is_promoted else "not promoted",
        f"behind {', '.join(one.deployments)}" if one.deployments else "",
    ]
    return ", ".join(filter(None, words))


def history_out(address: Address, chapters: Sequence[Chapter]) -> HistoryOut:
    return HistoryOut(
        address=str(address),
        versions=[
            VersionOut(
                version=one.version.digits,
                model=one.version.job.model,
                job=one.version.job.id,
                account=one.version.job.account,
                trained_at=one.version.trained_at.isoformat(),
                data=one.version.data or None,
                is_wanted=one.is_wanted,
                is_promoted=one.is_promoted,
                cost=None if one.cost is None else float(one.cost),
                metrics=dict(one.metrics),
                deployments=list(one.deployments),
            )
            for one in chapters
        ],
    )
