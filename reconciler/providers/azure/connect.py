"""Opens the real clients. The only place that knows how to sign in."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from reconciler.providers.azure.failures import LONGEST_WAIT, translated
from reconciler.providers.errors import SignInMissing
from reconciler.providers.session import Connection, Pace, Place

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential

# Source: Azure OpenAI v1 data-plane specification, read 2026-10.
DATA_SCOPE = "https://cognitiveservices.azure.com/.default"
CONTROL_HOST = "https://management.azure.com"
CONTROL_SCOPE = f"{CONTROL_HOST}/.default"
# The last dated version that can delete a job with its model. Source: the authoring
# specification 2025-04-01-preview, read 2026-10; the v1 path has no such call.
LEGACY_VERSION = "2025-04-01-preview"
# A newer one than that of the SDK, 2025-09-01, which does not tell serviceTier, deploymentState and
# routing: what is not told would be lost when a deployment is put back.
# Source: azure-rest-api-specs, Microsoft.CognitiveServices; Terraform's azurerm, 2026-08.
CONTROL_VERSION = "2026-03-01"

# The SDKs would be patient for ten minutes, and through ten tries.
ANSWER_WITHIN = 120.0  # seconds; an upload is answered only when all of it has arrived
CONNECT_WITHIN = 10.0  # seconds
RETRIES = 4

# The delay is a guess on the safe side. Minutes until calls are answered: Microsoft's public
# fine-tuning field notes, 2026-08.
ON_AZURE = Pace(look=15.0, listing_delay=30.0, callable_within=600.0)
ON_LOOPBACK = Pace(look=0.25, listing_delay=0.5, callable_within=15.0)


def connect(place: Place, local_url: str | None = None) -> Connection:
    """Clients for an account: on Azure, or at an emulator's URL. Raises SignInMissing."""
    if local_url:
        return _connect_locally(place, local_url.rstrip("/"))
    # What it has tried is for its log; that nobody is signed in becomes one sentence of ours.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    credential = _credential(place)
    return Connection(
        place,
        *_data_clients(place.endpoint.rstrip("/"), _sign_in(place, credential)),
        _control(place, credential, CONTROL_HOST),
        ON_AZURE,
        lambda: _control_token(place, credential),
    )


def _credential(place: Place) -> TokenCredential:
    """Whoever is signed in; in the account's own tenant, where that is named."""
    from azure.identity import DefaultAzureCredential

    if place.tenant_id is None:
        return DefaultAzureCredential()
    signed_in = DefaultAzureCredential(additionally_allowed_tenants=[place.tenant_id])
    return _InTenant(signed_in, place.tenant_id)


class _InTenant:
    """Asks for tokens of one tenant, whichever one a person has signed in to."""

    def __init__(self, signed_in: TokenCredential, tenant_id: str) -> None:
        self._signed_in = signed_in
        self._tenant_id = tenant_id

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return self._signed_in.get_token(*scopes, **{**options, "tenant_id": self._tenant_id})


def _control_token(place: Place, credential: TokenCredential) -> str:
    with translated("get a token", place.name):
        return credential.get_token(CONTROL_SCOPE).token


def _connect_locally(place: Place, url: str) -> Connection:
    require_loopback(url)
    return Connection(
        place,
        *_data_clients(f"{url}/{place.account_name}", "local"),
        _control(place, _LocalCredential(), url, authentication_policy=_local_policy()),
        ON_LOOPBACK,
        lambda: "local",
    )


def require_loopback(url: str) -> None:
    """Raises ValueError for any host but this machine: plain HTTP carries no secrets abroad."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url} is no URL of an emulator, such as http://127.0.0.1:8900")
    if parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError(f"{url} is not on this machine; --local only talks to loopback addresses")


def _sign_in(place: Place, credential: TokenCredential) -> str | Callable[[], str]:
    if place.api_key_from_env is None:
        from azure.identity import get_bearer_token_provider

        return get_bearer_token_provider(credential, DATA_SCOPE)
    # Stripped: a secret that comes out of a file ends in a newline.
    key = os.environ.get(place.api_key_from_env, "").strip()
    if not key:
        raise SignInMissing(
            f"account/{place.name} takes its key from {place.api_key_from_env}, which is not set.",
            hint=f"Set {place.api_key_from_env}, or use auth: entra.",
        )
    if not (key.isascii() and key.isprintable()):
        # The HTTP client would refuse it as well, and quote it.
        raise SignInMissing(
            f"account/{place.name} takes its key from {place.api_key_from_env}, "
            "which holds characters that no key has.",
            hint=f"Look for line breaks and accents in {place.api_key_from_env}.",
        )
    return key


def _data_clients(endpoint: str, key: str | Callable[[], str]) -> tuple[Any, Any]:
    """The v1 and the dated client, with their addresses and sign-in passed, never guessed."""
    from openai import AzureOpenAI, OpenAI, Timeout

    timeout = Timeout(ANSWER_WITHIN, connect=CONNECT_WITHIN)
    modern = OpenAI(base_url=f"{endpoint}/openai/v1/", api_key=key, timeout=timeout)
    sign_in: dict[str, Any] = (
        {"api_key": key} if isinstance(key, str) else {"azure_ad_token_provider": key}
    )
    dated = AzureOpenAI(
        azure_endpoint=endpoint, api_version=LEGACY_VERSION, timeout=timeout, **sign_in
    )
    return modern, dated


def _control(place: Place, credential: Any, base_url: str, **options: Any) -> Any:
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient

    return CognitiveServicesManagementClient(
        credential,
        place.subscription_id,
        base_url=base_url,
        api_version=CONTROL_VERSION,
        polling_interval=5,
        retry_policy=_retries(),
        **options,
    )


def _retries() -> Any:
    """Tries again after as long as the service says, but not where it says too long."""
    from azure.core.pipeline.policies import RetryPolicy

    class RetrySoon(RetryPolicy[Any, Any]):
        def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
            is_too_long = (self.get_retry_after(response) or 0) > LONGEST_WAIT
            return not is_too_long and super().is_retry(settings, response)

    return RetrySoon(retry_total=RETRIES)


class _LocalCredential:
    """Stands where the client wants a credential; the policy below does the signing."""

    def get_token(self, *_scopes: str, **_options: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken("local", 4102444800)  # 2100-01-01


def _local_policy() -> Any:
    from azure.core.pipeline.policies import SansIOHTTPPolicy

    class SignLocally(SansIOHTTPPolicy):  # type: ignore[type-arg]
        """Azure clients refuse bearer tokens over plain HTTP; on loopback that is all there is."""

        def on_request(self, request: Any) -> None:
            request.http_request.headers["Authorization"] = "Bearer local"

    return SignLocally()
