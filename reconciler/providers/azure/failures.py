"""Turns what the SDKs raise into the program's own errors, once, at the edge."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reconciler.providers.errors import (
    AnswerLost,
    Conflict,
    NotFound,
    PermissionMissing,
    QuotaExceeded,
    Refused,
    ServiceError,
    SignInMissing,
)

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError, HttpResponseError
    from openai import OpenAIError

# Source: Microsoft Learn, "Role-based access control for Azure OpenAI", read 2026-10.
ROLE = "Cognitive Services OpenAI Contributor"
QUOTA_CODES = {
    "quotaExceeded",
    "QuotaExceeded",
    "InsufficientQuota",
    "DeploymentLimitReached",
}
# What 403 also stands for, where no role would help, and 409, where looking again would not.
# Source: Microsoft Learn, Azure Policy and "Disable local authentication", read 2026-10; for the
# 409 of a lock, issues such as hashicorp/terraform-provider-azurerm#17478, read 2026-11.
BY_CODE: Mapping[str, type[ServiceError]] = {
    "RequestDisallowedByPolicy": Refused,
    "ScopeLocked": Refused,
    "MissingSubscriptionRegistration": Refused,  # what the SDK does about it has failed by then
    "PermissionDenied": PermissionMissing,  # the data plane says it with 401 or 403
    "AuthenticationTypeDisabled": SignInMissing,
}
BY_STATUS: Mapping[int, type[ServiceError]] = {
    401: SignInMissing,
    403: PermissionMissing,
    404: NotFound,
    408: AnswerLost,
    409: Conflict,
    429: AnswerLost,
}
WHAT_IS_OFFERED = (
    "Correct sku or capacity of the deployment: `az cognitiveservices model list --location "
    "REGION` shows what the model may have there."
)
# What a person may do about a refusal that has a name.
HINTS: Mapping[str, str] = {
    # Source: Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19.
    "LinkedAuthorizationFailed": (
        f'Assign the role "{ROLE}" on both accounts, that of the model and that of the deployment.'
    ),
    "DuplicatedDeploymentForSameModel": (
        "The service allows one deployment of a custom model in an account: let both share one, "
        "deploy it to another account, or train it again with another revision."
    ),
    # Source: Microsoft Learn, REST API of management locks 2016-09-01, read 2026-11.
    "ScopeLocked": (
        "A lock on the account or above it forbids that. An Owner or User Access Administrator "
        "can remove it."
    ),
    # Source: Microsoft Learn, "Deployment types", 2026-05-08.
    "RequestDisallowedByPolicy": (
        "Azure Policy forbids what the manifest asks for, which is often a SKU. Change that, or "
        "ask whoever assigned the policy for an exemption."
    ),
    "MissingSubscriptionRegistration": (
        "Someone who may do that for the subscription, such as a Contributor, has to run `az "
        "provider register --namespace Microsoft.CognitiveServices` once."
    ),
    "ExpiredAuthenticationToken": "Sign in again with `az login`, and check this machine's clock.",
    # Source: the Resource Manager's common errors, Microsoft Learn, read 2026-11.
    "SubscriptionNotFound": (
        "Whoever is signed in does not see that subscription. Correct subscriptionId of the "
        "account, or sign in to its tenant with `az login --tenant TENANT`."
    ),
    "ResourceGroupNotFound": "Correct resourceGroup or subscriptionId of the account.",
    "ResourceNotFound": (
        "Run the same command again if it was deleted just now. If the account itself is missing, "
        "correct its subscriptionId, resourceGroup or accountName."
    ),
    # Source: issues about Microsoft.CognitiveServices in public repositories, read 2026-10. The
    # codes of a wrong SKU or capacity are UNVERIFIED.
    "DeploymentModelNotSupported": (
        "The account's region does not serve that model so. Choose another sku, or an account in a "
        "region that `az cognitiveservices model list --location REGION` shows it in."
    ),
    "InvalidResourceProperties": WHAT_IS_OFFERED,
    "InvalidCapacity": WHAT_IS_OFFERED,
    # Source: Microsoft Learn, "Quotas and limits", 2026-09-16; the service counts an account's.
    "DeploymentLimitReached": (
        "Delete a deployment from the account, or deploy to another account: an account holds 10 "
        "fine-tuned and 32 standard deployments."
    ),
}
# The same where the name varies. Source: Cognitive Services ARM specification 2026-03-01, read
# 2026-11: calls of a retired model, and of a paused deployment.
HINTS_BY_STATUS: Mapping[int, str] = {
    410: (
        "The model is retired. Train from one that `ftctl catalogue` shows with a later "
        "retirement, and deploy that."
    ),
    423: "If the deployment is paused, whoever paused it has to resume it in the Azure portal.",
}
FIRST_ERROR = 400
FIRST_SERVER_ERROR = 500
LONGEST_MESSAGE = 600  # characters
# What the service may ask us to wait before a call is tried again, and no longer. Source: the
# limit of openai-python 3.54 for the data plane; azure-core has none.
LONGEST_WAIT = 120  # seconds
UNAUTHORIZED = 401


@contextmanager
def translated(doing: str, account: str) -> Iterator[None]:
    """Raise ServiceError instead of what the SDKs raise.

    `doing` completes "could not ...". Nothing that signs a request is ever part of a message.
    """
    from azure.core.exceptions import AzureError
    from openai import OpenAIError

    try:
        yield
    except OpenAIError as error:
        raise _of_openai(doing, account, error) from error
    except AzureError as error:
        raise _of_azure(doing, account, error) from error
    except json.JSONDecodeError as error:
        raise _unreadable(doing, account, error) from error


def _of_openai(doing: str, account: str, error: OpenAIError) -> ServiceError:
    from openai import APIConnectionError, APIStatusError

    if isinstance(error, APIStatusError):
        body = error.body if isinstance(error.body, dict) else {}
        message = str(body.get("message") or error.message)
        named = _named(doing, account, error.status_code, str(body.get("code") or ""), message)
        return _until(named, error.response.headers)
    if isinstance(error, APIConnectionError):
        return _lost(doing, account, error.__cause__ or error, "the network and the endpoint")
    return _unreadable(doing, account, error)


def _of_azure(doing: str, account: str, error: AzureError) -> ServiceError:
    from azure.core.exceptions import ClientAuthenticationError, DecodeError, HttpResponseError

    if isinstance(error, DecodeError):
        return _unreadable(doing, account, error)
    if not isinstance(error, HttpResponseError):
        return _lost(doing, account, error, "the network")
    # The control plane's own 401 names what is wrong; any other status is Entra ID's.
    if isinstance(error, ClientAuthenticationError) and error.status_code != UNAUTHORIZED:
        return _no_sign_in(doing, account)
    if _is_silence_about_a_deployment(error):
        return _maybe_format(doing, account)
    code = (error.error.code if error.error else "") or ""
    message = (error.error.message if error.error else "") or error.message
    named = _named(doing, account, error.status_code or 0, code, message)
    response: Any = error.response
    return _until(named, response.headers if response else {})


def _until(error: ServiceError, headers: Mapping[str, str]) -> ServiceError:
    """The same; where no SDK waited as long as the service asks for, that time is told."""
    asked = headers.get("Retry-After") or ""
    if isinstance(error, AnswerLost) and asked.isdecimal() and int(asked) > LONGEST_WAIT:
        error.hint = f"The service asks to wait {asked} seconds. Run the same command again then."
    return error


def _lost(doing: str, account: str, error: BaseException, suspects: str) -> AnswerLost:
    return AnswerLost(
        f"could not {doing} in account/{account}: no answer ({_short(error)}).",
        hint=f"Check {suspects}; running the same command again is safe.",
    )


def _unreadable(doing: str, account: str, error: BaseException) -> AnswerLost:
    return AnswerLost(
        f"could not {doing} in account/{account}: the answer could not be read ({_short(error)}).",
        hint="Running the same command again is safe.",
    )


def _is_silence_about_a_deployment(error: HttpResponseError) -> bool:
    """The answer to a PUT whose model.format does not fit the model is a 500 without a message.

    Source: Microsoft's public fine-tuning field notes, 2026-08.
    """
    if error.response is None or error.status_code != FIRST_SERVER_ERROR:
        return False
    request: Any = error.response.request
    is_put = request.method == "PUT" and "/deployments/" in request.url
    return is_put and not (error.error and error.error.message)


def _maybe_format(doing: str, account: str) -> Refused:
    """Not lost: the SDK has sent it four times by now, and a wrong format stays wrong."""
    return Refused(
        f"could not {doing} in account/{account}: no explanation (HTTP {FIRST_SERVER_ERROR}).",
        status=FIRST_SERVER_ERROR,
        hint="That is how the service answers a wrong model.format. What ftctl sends is under "
        "`families` in `ftctl catalogue --format yaml`; a catalogue of your own can correct it. "
        "If it is right, the service failed: run the same command again in a while, that is safe.",
    )


def _named(doing: str, account: str, status: int, code: str, message: str) -> ServiceError:
    answer = " ".join(filter(None, [code, f"HTTP {status}" if status >= FIRST_ERROR else ""]))
    text = f"could not {doing} in account/{account}: {_explained(message)}"
    text += f" ({answer})" if answer else ""
    if code in QUOTA_CODES:
        hint = HINTS.get(code, "Ask for more quota, or remove something that uses it.")
        return QuotaExceeded(text, code=code, status=status, hint=hint)
    if status >= FIRST_SERVER_ERROR:
        hint = "The service failed; running the same command again is safe."
        return AnswerLost(text, code=code, status=status, hint=hint)
    kind = BY_CODE.get(code) or BY_STATUS.get(status, Refused)
    hint = HINTS.get(code) or HINTS_BY_STATUS.get(status) or _hint(kind)
    return kind(text, code=code, status=status, hint=hint)


def _explained(message: str) -> str:
    """What the service says, in one line; a page of HTML from something in between says nothing."""
    flat = " ".join(message.split())
    if not flat or flat.lower().startswith(("<!doctype", "<html")):
        return "no explanation"
    return flat if len(flat) <= LONGEST_MESSAGE else f"{flat[:LONGEST_MESSAGE]}..."


def _hint(kind: type[ServiceError]) -> str:
    hints: dict[type[ServiceError], str] = {
        SignInMissing: "Sign in with `az login`, or check the key that the account names.",
        PermissionMissing: f'Assign the role "{ROLE}" on the account; it takes minutes to act.',
        Conflict: "Something else is being done there; run the same command again.",
        AnswerLost: "Run the same command again in a while; that is safe.",
    }
    return hints.get(kind, "")


def _no_sign_in(doing: str, account: str) -> SignInMissing:
    return SignInMissing(
        f"could not {doing} in account/{account}: nobody is signed in to Azure.",
        hint="Sign in with `az login`, or set AZURE_CLIENT_ID, AZURE_TENANT_ID and a credential.",
    )


def _short(error: BaseException) -> str:
    text = str(error).splitlines()[0] if str(error) else ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
