"""What the caller may do at a scope, as Azure Resource Manager tells the caller.

UNVERIFIED: that every caller may ask, and that the answer counts everything (it knows nothing of
deny assignments, nor of conditions). General knowledge of ARM, api-version 2022-04-01; so a right
that is not in the answer is missing, and an answer that does not come is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.providers.azure.control import read
from reconciler.providers.azure.failures import translated
from reconciler.providers.errors import Refused
from reconciler.providers.session import Connection

VERSION = "2022-04-01"


@dataclass(frozen=True)
class Grant:
    """What one role allows, as patterns in which `*` stands for anything."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    not_data: tuple[str, ...] = ()


@dataclass(frozen=True)
class Permissions:
    grants: tuple[Grant, ...]
    is_complete: bool = True

    def allow(self, action: str) -> bool:
        """An action of the control plane."""
        return any(
            _matches(one.actions, action) and not _matches(one.not_actions, action)
            for one in self.grants
        )

    def allow_data(self, action: str) -> bool:
        """An action of the data plane."""
        return any(
            _matches(one.data, action) and not _matches(one.not_data, action) for one in self.grants
        )

    def hint_at(self, prefix: str) -> bool:
        """Whether something but reading is allowed on the data plane under names like this."""
        lowered = prefix.lower()
        return any(
            one.lower().startswith(lowered) and not one.lower().endswith("/read")
            for grant in self.grants
            for one in grant.data
        )


def read_permissions(connection: Connection, scope: str) -> Permissions:
    """Those of whoever is signed in, at the ARM id of a scope. Raises ServiceError."""
    path = f"{scope}/providers/Microsoft.Authorization/permissions?api-version={VERSION}"
    with translated("read your own permissions", connection.place.name):
        body = read(connection, path)
    try:
        grants = tuple(_grant(one) for one in body["value"])
        return Permissions(grants, is_complete=not body.get("nextLink"))
    except (AttributeError, KeyError, TypeError) as error:
        account = connection.place.name
        raise Refused(f"the permissions at account/{account} are not as documented.") from error


def _grant(entry: Mapping[str, Any]) -> Grant:
    names = ("actions", "notActions", "dataActions", "notDataActions")
    return Grant(*(tuple(map(str, entry.get(name) or ())) for name in names))


def _matches(patterns: Iterable[str], action: str) -> bool:
    return any(re.fullmatch(_form(one), action, re.IGNORECASE) for one in patterns)


def _form(pattern: str) -> str:
    return ".*".join(re.escape(part) for part in pattern.split("*"))
