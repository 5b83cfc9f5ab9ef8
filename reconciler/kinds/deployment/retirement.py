"""When a deployment will stop answering, because its base model ends. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reconciler.kinds.retirement import Dates, is_past, soon


def notices(dates: Dates, now: datetime) -> Iterator[str]:
    """At most one."""
    what = f"fine-tuned deployments of {dates.model}"
    if is_past(dates.deployments, now):
        yield f"{what} retired on {dates.deployments}; the service refuses calls ({dates.source})"
    elif when := soon(dates.deployments, now):
        yield f"{what} retire {when} ({dates.source})"
