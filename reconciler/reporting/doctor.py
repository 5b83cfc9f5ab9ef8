"""What was checked of each account, as a table and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby

from reconciler.planning.phrases import count
from reconciler.planning.refusals import Refusal
from reconciler.providers.checks import Check, Result
from reconciler.reporting.formats import CheckOut, DoctorOut
from reconciler.reporting.page import Page

STYLES = {
    Result.OK: "green",
    Result.MISSING: "red",
    Result.WARNING: "yellow",
    Result.UNKNOWN: "cyan",
}
COLUMN = max(len(result) for result in Result) + 2


def doctor_lines(checks: Iterable[Check], page: Page) -> Iterator[str]:
    """The accounts one after the other, then how many checks came out how."""
    listed = list(checks)
    for account, of_account in groupby(listed, key=lambda one: one.account):
        yield page.paint(f"account/{account}", "bold")
        for remedy, alike in groupby(of_account, key=lambda one: one.remedy):
            for check in alike:
                yield from _check(check, page)
            if remedy:
                yield from page.wrap(remedy, 2 + COLUMN)
    counts = Counter(one.result for one in listed)
    told = ", ".join(_counted(result, counts[result]) for result in Result if counts[result])
    yield f"{told or 'No account to look at'}."


def _counted(result: Result, number: int) -> str:
    return count(number, result) if result is Result.WARNING else f"{number} {result}"


def _check(check: Check, page: Page) -> Iterator[str]:
    text = f"{check.name}: {check.detail}" if check.detail else check.name
    lines = page.wrap(text, 2, f"{check.result:<{COLUMN}}", 2 + COLUMN)
    style = STYLES[check.result]
    yield lines[0].replace(check.result, page.paint(check.result, style), 1)
    yield from lines[1:]


def doctor_out(checks: Iterable[Check], exit_code: int) -> DoctorOut:
    return DoctorOut(exit_code=exit_code, checks=[CheckOut(**asdict(one)) for one in checks])


def lacks(checks: Iterable[Check]) -> list[Refusal]:
    """What is missing, as reasons not to begin; what has the same remedy is told together."""
    missing = [one for one in checks if one.result is Result.MISSING]
    together = groupby(missing, key=lambda one: (one.account, one.remedy))
    return [
        Refusal(
            "doctor",
            f"account/{account} fails this: {'; '.join(map(_told, alike))}.",
            _way_out(remedy),
        )
        for (account, remedy), alike in together
    ]


def _told(check: Check) -> str:
    return f"{check.name} ({check.detail})" if check.detail else check.name


def _way_out(remedy: str) -> str:
    return f"{remedy} --skip-doctor goes ahead all the same.".strip()
