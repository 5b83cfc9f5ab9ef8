"""The two keys of an account, and who signs in with one."""

from reconciler.emulator.call import Call
from reconciler.emulator.chance import hex32
from reconciler.emulator.messages import Refusal

NAMES = ("key1", "key2")
# The gateway's own words, widely reported; last seen 2026-10.
DENIED = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a "
    "valid key for an active subscription and use a correct regional API endpoint for your "
    "resource."
)


def keys(call: Call) -> dict[str, str]:
    return {name: hex32(call.seed, call.account.key, name) for name in NAMES}


def is_signed_with_key(call: Call) -> bool:
    """Whatever comes as `api-key` is one; as a bearer token, only the account's own are."""
    return bool(call.request.headers.get("api-key")) or _is_bearer_a_key(call)


def check(call: Call) -> None:
    """Refuse keys that are switched off, and on dated paths those that come as a bearer token.

    Source: azure-rest-api-specs, Azure OpenAI v1 and authoring, and the account's ARM
    specification, read 2026-10.
    """
    if call.surface not in {"legacy", "v1"} or not is_signed_with_key(call):
        return
    if call.account.disable_local_auth:
        message = "Key based authentication is disabled for this resource."
        raise Refusal(403, "AuthenticationTypeDisabled", message)
    if call.surface == "legacy" and not call.request.headers.get("api-key"):
        raise Refusal(401, "401", DENIED)


def _is_bearer_a_key(call: Call) -> bool:
    _, _, token = call.request.headers.get("authorization", "").partition(" ")
    return token.strip() in keys(call).values()
