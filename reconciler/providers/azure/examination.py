"""Asks an account what can be known before something is done there. Changes nothing.

What cannot be read is kept as the error that stood in the way: `diagnosis` makes words of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeVar

from reconciler.planning.asking import Ask, Favour
from reconciler.providers.azure.catalogue import Catalogue
from reconciler.providers.azure.failures import translated
from reconciler.providers.azure.identity import Identity, read_identity
from reconciler.providers.azure.listings import list_deployments
from reconciler.providers.azure.permissions import Permissions, read_permissions
from reconciler.providers.azure.quota import list_usages
from reconciler.providers.checks import Visit
from reconciler.providers.errors import ServiceError
from reconciler.providers.session import Connection, Place

T = TypeVar("T")
# Ends the name of quota for what is trained from a model. Source: tests of azure-dev, 2026-10.
TUNED_LINE = "-finetune"


@dataclass(frozen=True)
class Account:
    """What the control plane says of an account."""

    region: str
    endpoints: tuple[str, ...]
    are_keys_off: bool
    subdomain: str = ""  # the first part of its hosts; "" where it has none
    skew: timedelta | None = None  # how far our clock is ahead of the service's


@dataclass(frozen=True)
class Offered:
    """A base model as the account's region offers it."""

    is_tunable: bool | None  # None where the service does not say
    skus: frozenset[str]  # in lower case
    tuned_skus: frozenset[str] = frozenset()  # those with quota for what is trained from it


@dataclass(frozen=True)
class Facts:
    """What was found out about one account. An error stands for what could not be."""

    place: Place
    asks: tuple[Ask, ...]
    endpoint: str  # where the data plane is called
    identity: Identity | ServiceError
    account: Account | ServiceError
    permissions: Permissions | ServiceError
    filters: Mapping[str, ServiceError | None] = field(default_factory=dict)
    readings: Mapping[str, ServiceError | None] = field(default_factory=dict)
    models: Mapping[str, Offered] | ServiceError | None = None
    catalogue: Catalogue = field(default_factory=Catalogue)  # for what the service does not tell

    @property
    def region(self) -> str:
        """Where the account is, or is said to be."""
        return self.place.region if isinstance(self.account, ServiceError) else self.account.region

    def asked(self, favour: Favour) -> list[Ask]:
        return [one for one in self.asks if one.favour is favour]


def examine(connection: Connection, visit: Visit) -> Facts:
    """What the asks depend on; a thorough visit reads everything that a look does."""
    asked = tuple(sorted(set(visit.asks)))
    filters = sorted({name for ask in asked if ask.favour is Favour.FILTER for name in ask.of})
    return Facts(
        place=connection.place,
        asks=asked,
        endpoint=str(connection.data.base_url),
        identity=_kept(lambda: _identity(connection)),
        account=_kept(lambda: _account(connection, visit.at)),
        permissions=_kept(lambda: read_permissions(connection, connection.place.resource_id)),
        filters={name: _failure(partial(_filter, connection, name)) for name in filters},
        readings=_readings(connection) if visit.is_thorough else {},
        models=_kept(lambda: _models(connection)) if visit.is_thorough else None,
        catalogue=visit.catalogue or Catalogue(),
    )


def _kept(ask: Callable[[], T]) -> T | ServiceError:
    try:
        return ask()
    except ServiceError as error:
        return error


def _failure(ask: Callable[[], object]) -> ServiceError | None:
    found = _kept(ask)
    return found if isinstance(found, ServiceError) else None


def _identity(connection: Connection) -> Identity:
    return read_identity(connection.control_token())


def _account(connection: Connection, now: datetime) -> Account:
    place = connection.place
    with translated("read the account", place.name):
        answer: Any = connection.control.accounts.get(
            place.resource_group,
            place.account_name,
            cls=lambda raw, parsed, _headers: (parsed, raw.http_response.headers.get("Date")),
        )
    found, date = answer
    properties = found.properties
    endpoints = [properties.endpoint, *(properties.endpoints or {}).values()] if properties else []
    return Account(
        region=(found.location or "").lower().replace(" ", ""),
        endpoints=tuple(str(one) for one in endpoints if one),
        are_keys_off=bool(properties and properties.disable_local_auth),
        subdomain=(properties and properties.custom_sub_domain_name) or "",
        skew=_skew(date, now),
    )


def _skew(date: str | None, now: datetime) -> timedelta | None:
    try:
        there = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return now - (there if there.tzinfo else there.replace(tzinfo=UTC))


def _filter(connection: Connection, name: str) -> object:
    place = connection.place
    with translated(f"read the content filter {name}", place.name):
        return connection.control.rai_policies.get(place.resource_group, place.account_name, name)


def _readings(connection: Connection) -> dict[str, ServiceError | None]:
    """What a look reads, with the least that can be asked for."""
    data = connection.data
    reads: dict[str, Callable[[], Any]] = {
        "files": lambda: data.files.list(limit=1),
        "training jobs": lambda: data.fine_tuning.jobs.list(limit=1),
        "models": data.models.list,
    }
    found = {name: _failure(partial(_read, connection, name, reads[name])) for name in reads}
    found["deployments"] = _failure(partial(list_deployments, connection))
    return found | {"quota": _failure(partial(list_usages, connection))}


def _read(connection: Connection, name: str, read: Callable[[], Any]) -> object:
    with translated(f"list {name}", connection.place.name):
        return read()


def _models(connection: Connection) -> dict[str, Offered]:
    """The base models of the account, by name alone, and with the version as jobs call them."""
    place = connection.place
    with translated("list what the region offers", place.name):
        listed = list(
            connection.control.accounts.list_models(place.resource_group, place.account_name)
        )
    return {
        name.lower(): _offered(one)
        for one in listed
        if one.name
        for name in (one.name, f"{one.name}-{one.version}")
    }


def _offered(model: Any) -> Offered:
    told = model.capabilities or {}
    of_training = model.finetune_capabilities or {}
    said = str(told.get("fineTune", "")).lower()
    is_tunable = said == "true" or bool(of_training) or (False if said == "false" else None)
    lines = {(sku.name.lower(), sku.usage_name or "") for sku in model.skus or () if sku.name}
    tuned = {sku for sku, line in lines if line.endswith(TUNED_LINE)}
    return Offered(is_tunable, frozenset(sku for sku, _ in lines), frozenset(tuned))
