"""Tells an emulator which accounts it has to serve, and asks its time. Azure has no such calls."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.providers.azure.connect import require_loopback
from reconciler.providers.errors import AnswerLost
from reconciler.providers.session import Place

TIMEOUT = 10.0  # seconds


def register(url: str, places: Sequence[Place]) -> None:
    """Register accounts; those that are known already stay as they are. Raises AnswerLost."""
    require_loopback(url)
    body = [
        {
            "name": place.account_name,
            "subscriptionId": place.subscription_id,
            "resourceGroup": place.resource_group,
            "region": place.region,
            **({"tenantId": place.tenant_id} if place.tenant_id else {}),
        }
        for place in places
    ]
    _send(url, "accounts", body)


def ahead(url: str) -> timedelta:
    """How much later it is there than here: its clock may be moved, or run faster."""
    require_loopback(url)
    there = datetime.fromtimestamp(_send(url, "clock")["unix"], UTC)
    return there - datetime.now(UTC)


def _send(url: str, what: str, body: object = None) -> Any:
    request = urllib.request.Request(  # noqa: S310  # loopback only, as whoever calls has checked
        f"{url.rstrip('/')}/emulator/{what}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            return json.load(answer)
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise AnswerLost(
            f"no emulator answers at {url} ({reason}).",
            hint="Start one with `ftctl emulator`, or use --local for the embedded one.",
        ) from error
