"""Tells an emulator which accounts it has to serve. The only call that Azure does not have."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence

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
    request = urllib.request.Request(  # noqa: S310  # loopback only, see above
        f"{url.rstrip('/')}/emulator/accounts",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT):  # noqa: S310
            return
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise AnswerLost(
            f"no emulator answers at {url} ({reason}).",
            hint="Start one with `ftctl emulator`, or use --local for the embedded one.",
        ) from error
