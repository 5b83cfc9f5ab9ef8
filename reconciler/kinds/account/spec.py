"""What a person writes about an account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from reconciler.kinds import doubts
from reconciler.kinds.writing import Part
from reconciler.planning.kind import Reference, Remark, Resolved, Written
from reconciler.providers.azure.catalogue import Catalogue
from reconciler.providers.session import Place


class ApiKey(Part):
    """A key for the data plane, by the name of the variable that holds it."""

    api_key_from_env: str = Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="the name of an environment variable"
    )


def _auth(value: Any) -> Any:
    if value == "entra":
        return None
    if isinstance(value, dict):
        return ApiKey.model_validate(value)
    raise PydanticCustomError(
        "auth", "must be entra, or {apiKeyFromEnv: NAME}; a key itself never stands in a manifest"
    )


Auth = Annotated[
    ApiKey | None,
    BeforeValidator(_auth),
    WithJsonSchema({"anyOf": [{"const": "entra"}, ApiKey.model_json_schema()]}),
]


class AccountSpec(Part):
    """Where the account is. The control plane is always signed in to with Entra ID."""

    provider: Literal["azure"] = "azure"
    subscription_id: str = Field(min_length=1)
    resource_group: str = Field(min_length=1, max_length=90)
    # Source: azure-rest-api-specs, Microsoft.CognitiveServices 2025-09-01.
    account_name: str = Field(
        pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}$",
        description="2 to 64 letters, digits, dots, underscores and hyphens",
    )
    region: str = Field(min_length=1)
    endpoint: str | None = Field(
        default=None,
        pattern=r"^https://[^/\s]+/?$",
        description="a host after https://, without a path; default: https://<accountName>.openai.azure.com",
    )
    auth: Auth = None
    tenant_id: str | None = Field(
        default=None, min_length=1, description="if it is another than the one you sign in to"
    )


def references(_spec: AccountSpec) -> tuple[Reference, ...]:
    return ()


def resolve(written: Written) -> Resolved:
    spec: AccountSpec = written.spec
    place = Place(
        name=written.address.name,
        provider=spec.provider,
        subscription_id=spec.subscription_id,
        resource_group=spec.resource_group,
        account_name=spec.account_name,
        region=spec.region.lower().replace(" ", ""),
        endpoint=spec.endpoint or f"https://{spec.account_name}.openai.azure.com",
        api_key_from_env=spec.auth.api_key_from_env if spec.auth else None,
        tenant_id=spec.tenant_id,
    )
    catalogue: Catalogue = written.catalogue
    source = catalogue.training_types.cited()
    remarks = doubts.unknown(("region",), "region", place.region, catalogue.regions, source)
    return Resolved(place, (*remarks, *_twin(place, written)))


def _twin(place: Place, written: Written) -> Iterator[Remark]:
    """What is on one resource would be seen, counted and changed twice."""
    for at, other in written.goals.items():
        if isinstance(other, Place) and other.resource_id.lower() == place.resource_id.lower():
            text = f"{place.account_name} is {at} already"
            yield Remark(("accountName",), text, f"Use {at} instead of a second name for it.")
