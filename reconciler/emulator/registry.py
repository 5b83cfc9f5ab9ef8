"""The accounts of this world: registered over HTTP or read from manifests, known by name."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from reconciler.emulator import roles
from reconciler.emulator.messages import Document
from reconciler.emulator.records import Account
from reconciler.emulator.storage import Books

NOBODY = "00000000-0000-0000-0000-000000000000"
# Account names: azure-mgmt-cognitiveservices 14.1.0.
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
RESERVED = frozenset({"subscriptions", "providers", "openai"})

DEFAULT = Account(
    account="emulator",
    key="emulator",
    created=0.0,
    name="emulator",
    subscription=NOBODY,
    group="emulator",
    region="swedencentral",
)


def known_accounts(books: Books) -> list[Account]:
    """Every account; one named `emulator` as long as nobody registered any."""
    return books.all(Account) or [DEFAULT]


def account_named(books: Books, name: str) -> Account | None:
    return next((each for each in known_accounts(books) if each.key == name.lower()), None)


def register(books: Books, document: Document, now: float) -> Account:
    """Add an account or change what is known of it; what is left out stays as it was."""
    name = str(document.get("name", ""))
    if not _NAME.fullmatch(name) or name.lower() in RESERVED:
        raise ValueError(f"{name!r} cannot be the name of an account")
    old = books.find(Account, name.lower(), name.lower()) or replace(DEFAULT, created=now)
    quota = document.get("quota", old.quota) or {}
    if not isinstance(quota, dict) or not all(isinstance(n, int) for n in quota.values()):
        raise ValueError("quota maps quota lines or SKU names to whole numbers")
    account = Account(
        account=name.lower(),
        key=name.lower(),
        created=old.created,
        seq=old.seq,
        name=name,
        subscription=_word(document, "subscriptionId", old.subscription),
        group=_word(document, "resourceGroup", old.group),
        region=_word(document, "region", old.region).lower().replace(" ", ""),
        kind=_word(document, "kind", old.kind),
        disable_local_auth=bool(document.get("disableLocalAuth", old.disable_local_auth)),
        quota=quota,
        roles=roles.known(document.get("roles", old.roles)),
        rai_policies=_names(document.get("raiPolicies", old.rai_policies)),
        tenant=_word(document, "tenantId", old.tenant),
    )
    books.keep(account)
    return account


def _names(given: object) -> list[str] | None:
    if given is None or (isinstance(given, list) and all(isinstance(one, str) for one in given)):
        return given
    raise ValueError("raiPolicies is a list of names")


def _word(document: Document, name: str, default: str) -> str:
    value = document.get(name) or default
    if not isinstance(value, str) or "/" in value:
        raise ValueError(f"{name} must be a word without slashes, not {value!r}")
    return value


def shown(account: Account) -> Document:
    return {
        "name": account.name,
        "subscriptionId": account.subscription,
        "resourceGroup": account.group,
        "region": account.region,
        "kind": account.kind,
        "disableLocalAuth": account.disable_local_auth,
        "quota": account.quota,
        "roles": account.roles,
        "raiPolicies": account.rai_policies,
        "tenantId": account.tenant,
        "id": account.id,
    }


def from_manifests(path: Path, environment: Mapping[str, str] = os.environ) -> Iterator[Document]:
    """The accounts that `kind: Account` documents of a file or folder declare."""
    files = sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")]) if path.is_dir() else [path]
    for file in files:
        for document in yaml.load_all(file.read_bytes(), Loader=yaml.BaseLoader):
            if isinstance(document, dict) and document.get("kind") == "Account":
                yield _declared(document, environment)


def _declared(document: Document, environment: Mapping[str, str]) -> Document:
    spec = document.get("spec") or {}
    spec = spec if isinstance(spec, dict) else {}
    fallback = (document.get("metadata") or {}).get("name", "emulator")
    given = {
        "name": spec.get("accountName") or fallback,
        "subscriptionId": spec.get("subscriptionId"),
        "resourceGroup": spec.get("resourceGroup"),
        "region": spec.get("region"),
        "tenantId": spec.get("tenantId"),
    }
    return {name: _resolved(value, environment) for name, value in given.items()}


def _resolved(value: Any, environment: Mapping[str, str]) -> Any:
    """`${NAME}` and `${NAME:-default}`; an unset name stays readable as a placeholder."""
    if not isinstance(value, str):
        return value

    def replacement(found: re.Match[str]) -> str:
        name, default = found.groups()
        return environment.get(name) or (name.lower() if default is None else default)

    return _VARIABLE.sub(replacement, value)
