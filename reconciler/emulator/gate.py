"""What is asked of a request before its handler: sign-in, api-version, and who is meant."""

from collections.abc import Mapping

from reconciler.emulator.keys import DENIED
from reconciler.emulator.messages import Refusal, Request, Surface
from reconciler.emulator.records import Account
from reconciler.emulator.registry import DEFAULT, account_named, known_accounts
from reconciler.emulator.routes import Place, is_dated
from reconciler.emulator.storage import Books


def check_sign_in(request: Request, surface: Surface) -> None:
    """Any non-empty key or bearer token will do; ARM takes bearer tokens only."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    has_token = scheme.lower() == "bearer" and bool(token.strip())
    if surface == "arm" and not has_token:
        message = "Authentication failed. The 'Authorization' header is missing or invalid."
        raise Refusal(
            401,
            "InvalidAuthenticationToken",
            message,
            headers={"WWW-Authenticate": "Bearer"},
        )
    if surface in {"legacy", "v1"} and not has_token and not request.headers.get("api-key"):
        raise Refusal(401, "401", DENIED)


def check_version(query: Mapping[str, str], surface: Surface) -> None:
    """Any dated version on ARM and legacy paths; none, `v1` or `preview` on v1."""
    version = query.get("api-version")
    if surface == "legacy" and not is_dated(version or ""):
        raise Refusal(404, "404", "Resource not found")
    if surface == "v1" and version not in {None, "v1", "preview"}:
        raise Refusal(400, "BadRequest", "API version not supported", param="api-version")
    if surface != "arm":
        return
    if not version:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise Refusal(400, "MissingApiVersionParameter", message)
    if not is_dated(version):
        message = f"The api-version '{version}' is invalid."
        raise Refusal(400, "InvalidApiVersionParameter", message)


def account_of(books: Books, where: Place, names: dict[str, str]) -> Account:
    """The account that a request is for; ARM names that lead nowhere are refused in its words."""
    if where.surface == "control":
        return DEFAULT
    if where.surface == "arm":
        return _arm_account(books, names)
    accounts = known_accounts(books)
    found = account_named(books, where.account)
    if not where.account and len(accounts) == 1:
        found = accounts[0]
    if found is None:
        raise Refusal(404, "404", "Resource not found")
    return found


def _arm_account(books: Books, names: dict[str, str]) -> Account:
    """Takes subscription and account out of `names`; what is left is for the handler."""
    subscription = names.pop("subscription")
    account = names.pop("account", None)
    group = names.get("resource_group") if account is None else names.pop("resource_group")
    there = [a for a in known_accounts(books) if a.subscription.lower() == subscription.lower()]
    if not there:
        message = f"The subscription '{subscription}' could not be found."
        raise Refusal(404, "SubscriptionNotFound", message)
    if group is not None:
        there = [a for a in there if a.group.lower() == group.lower()]
        if not there:
            message = f"Resource group '{group}' could not be found."
            raise Refusal(404, "ResourceGroupNotFound", message)
    if account is not None:
        there = [a for a in there if a.key == account.lower()]
        if not there:
            message = (
                f"The Resource 'Microsoft.CognitiveServices/accounts/{account}' under resource "
                f"group '{group}' was not found. For more details please go to "
                "https://aka.ms/ARMResourceNotFoundFix"
            )
            raise Refusal(404, "ResourceNotFound", message)
    return there[0]
