"""What the service answers when it does not do what was asked, and what that is to us.

No message ever contains a key or a token, whatever went wrong.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from openai import OpenAI

from reconciler.kinds.account.remote import observe
from reconciler.planning.policy import Policy
from reconciler.providers import PROVIDERS
from reconciler.providers.azure.listings import list_deployments, list_files, list_jobs
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
from reconciler.providers.session import Connection, Session
from tests.kinds.conformance.conftest import LIVE, REHEARSAL, Emulator, Service

SECRET = "k9-Xq7fTz0secretR4bLw"
KEY_NAME = "FTCTL_CONFORMANCE_KEY"
Failing = Callable[[Connection], object]


class SignedWithASecret(SansIOHTTPPolicy[Any, Any]):
    def on_request(self, request: Any) -> None:
        request.http_request.headers["Authorization"] = f"Bearer {SECRET}"


class NoCredential:
    def get_token(self, *scopes: str, **_: Any) -> Any:
        raise AssertionError(scopes)


@pytest.fixture
def keyed(service: Service, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """A connection that signs everything with a secret, and an emulator that it talks to."""
    monkeypatch.setenv(KEY_NAME, SECRET)
    place = service.here.place
    url = f"{emulator.url}/{place.account_name}"
    control = CognitiveServicesManagementClient(
        NoCredential(),
        place.subscription_id,
        base_url=emulator.url,
        authentication_policy=SignedWithASecret(),
        retry_total=1,
    )
    keyed = replace(place, endpoint=url, api_key_from_env=KEY_NAME)
    return replace(PROVIDERS["azure"](keyed, None), control=control)


def failure(connection: Connection, call: Failing) -> ServiceError:
    """What is raised; neither it nor anything behind it shows the secret."""
    with pytest.raises(ServiceError) as raised:
        call(connection)
    told = "".join(traceback.format_exception(raised.value)) + repr(vars(raised.value))
    assert SECRET not in told
    assert raised.value.message.startswith("could not ")
    assert "account/here" in raised.value.message
    return raised.value


WORDS = "The service's own words."


def answered(status: int, code: str = "", **more: Any) -> dict[str, Any]:
    return {"kind": "status", "status": status, "code": code, "message": WORDS, **more}


SOON = {"retry_after_ms": 5}
# Source: the error tables of azure-rest-api-specs and of public issues, seen until 2026-10.
BOTH_PLANES = {
    "bad request": (answered(400, "invalidPayload"), Refused),
    "no sign-in": (answered(401, "401"), SignInMissing),
    "no role": (answered(403, "AuthorizationFailed"), PermissionMissing),
    "a policy": (answered(403, "RequestDisallowedByPolicy"), Refused),
    "keys are switched off": (answered(403, "AuthenticationTypeDisabled"), SignInMissing),
    "not there": (answered(404, "ResourceNotFound"), NotFound),
    "a timeout": (answered(408, **SOON), AnswerLost),
    "a conflict": (answered(409, "conflict", **SOON), Conflict),
    "retired": (answered(410, "ModelDeprecated"), Refused),
    "locked": (answered(423, "ScopeLocked"), Refused),
    "throttled": (answered(429, "tooManyRequests", **SOON), AnswerLost),
    "quota as 400": (answered(400, "quotaExceeded"), QuotaExceeded),
    "quota as 403": (answered(403, "quotaExceeded"), QuotaExceeded),
    "quota as 429": (answered(429, "quotaExceeded", **SOON), QuotaExceeded),
    "quota of ARM": (answered(400, "InsufficientQuota"), QuotaExceeded),
    "slots of ARM": (answered(400, "DeploymentLimitReached"), QuotaExceeded),
    "a crash": (answered(500, "internalFailure", **SOON), AnswerLost),
    "an outage": (answered(503, "serviceUnavailable", **SOON), AnswerLost),
    "a gateway timeout": (answered(504, **SOON), AnswerLost),
}
PLANES: dict[str, tuple[Failing, str]] = {
    "data": (list_files, "/openai/v1/files$"),
    "control": (list_deployments, "/deployments$"),
}


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("case", BOTH_PLANES)
def test_answers_of_either_plane(
    keyed: Connection, emulator: Emulator, plane: str, case: str
) -> None:
    """An error answer has a status, a code and words, and each has one meaning for us."""
    action, kind = BOTH_PLANES[case]
    call, path = PLANES[plane]
    emulator.fault("GET", path, None, **action)
    raised = failure(keyed, call)
    assert type(raised) is kind
    assert WORDS in raised.message
    assert raised.status == action["status"]
    assert raised.code == (action["code"] or str(action["status"])) or not action["code"]


# What the control plane answers where somebody else has to act, or time has to pass; the contract's
# catalogue, section 2.6. A lock has been seen with three statuses, and a quota with two.
WHAT_NOW: dict[str, tuple[dict[str, Any], type[ServiceError], str]] = {
    "an expired token": (answered(401, "ExpiredAuthenticationToken"), SignInMissing, "az login"),
    "a lock": (answered(423, "ScopeLocked"), Refused, "A lock on the account or above it"),
    "a lock as 409": (answered(409, "ScopeLocked"), Refused, "A lock on the account or above it"),
    "a lock as 403": (answered(403, "ScopeLocked"), Refused, "A lock on the account or above it"),
    "a policy": (answered(403, "RequestDisallowedByPolicy"), Refused, "Azure Policy forbids"),
    "quota": (answered(400, "QuotaExceeded"), QuotaExceeded, "Ask for more quota"),
    "quota as 409": (answered(409, "QuotaExceeded"), QuotaExceeded, "Ask for more quota"),
    "throttled": (answered(429, "TooManyRequests", **SOON), AnswerLost, "again in a while"),
    "no subscription": (answered(404, "SubscriptionNotFound"), NotFound, "az login --tenant"),
    "no group": (answered(404, "ResourceGroupNotFound"), NotFound, "Correct resourceGroup"),
    "no resource": (answered(404, "ResourceNotFound"), NotFound, "Run the same command again"),
    "a model": (answered(400, "DeploymentModelNotSupported"), Refused, "Choose another sku"),
    "properties": (answered(400, "InvalidResourceProperties"), Refused, "Correct sku or capacity"),
    "capacity": (answered(400, "InvalidCapacity"), Refused, "Correct sku or capacity"),
    "slots": (answered(400, "DeploymentLimitReached"), QuotaExceeded, "Delete a deployment"),
    "slots as 409": (answered(409, "DeploymentLimitReached"), QuotaExceeded, "Delete a deployment"),
    "a retired model": (answered(410, "ModelDeprecated"), Refused, "The model is retired"),
    "a paused one": (answered(423, "DeploymentPaused"), Refused, "has to resume it"),
}


@pytest.mark.parametrize("case", WHAT_NOW)
def test_what_now(keyed: Connection, emulator: Emulator, case: str) -> None:
    """Advice fits the refusal: a role helps against no lock, nor does another look."""
    action, kind, advice = WHAT_NOW[case]
    emulator.fault("GET", "/deployments$", None, **action)
    raised = failure(keyed, list_deployments)
    assert (type(raised), raised.status, raised.code) == (kind, action["status"], action["code"])
    assert advice in raised.hint


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("plane", PLANES)
def test_a_wait_that_is_too_long(
    service: Service, emulator: Emulator, plane: str, status: int
) -> None:
    """Nobody sits in front of a still screen for minutes: it is told how long to stay away."""
    call, path = PLANES[plane]
    emulator.fault("GET", path, None, **answered(status, "Throttled", retry_after=300))
    raised = failure(service.here, call)
    assert type(raised) is AnswerLost
    assert "asks to wait 300 seconds" in raised.hint


def test_a_provider_that_may_not_be_registered(keyed: Connection, emulator: Emulator) -> None:
    """The SDK registers a provider by itself; who may not do that is told who may."""
    refused = answered(409, "MissingSubscriptionRegistration")
    words = "The subscription is not registered to use namespace 'Microsoft.CognitiveServices'."
    emulator.fault("GET", "/deployments$", None, **(refused | {"message": words}))
    emulator.fault("POST", "/register$", None, **answered(403, "AuthorizationFailed"))
    raised = failure(keyed, list_deployments)
    assert (type(raised), raised.code) == (Refused, "MissingSubscriptionRegistration")
    assert "az provider register --namespace Microsoft.CognitiveServices" in raised.hint
    assert emulator.count("POST", "/register") == 1


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("kind", ["drop", "cut", "malformed"])
def test_answers_that_cannot_be_read(
    keyed: Connection, emulator: Emulator, plane: str, kind: str
) -> None:
    """A connection that ends, and an answer that cannot be read, may mean anything."""
    call, path = PLANES[plane]
    emulator.fault("GET", path, None, kind=kind, when="after")
    assert type(failure(keyed, call)) is AnswerLost


ENVELOPES = {
    "API Management": {"statusCode": 429, "message": WORDS},
    "v1": {"error": {"code": "x", "message": WORDS, "param": "p", "type": "t", "inner_error": {}}},
    "legacy": {
        "error": {"code": "x", "message": WORDS, "details": [], "innererror": {"code": "y"}}
    },
    "gateway": {"error": {"code": "401", "message": WORDS}},
}


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_envelopes(keyed: Connection, emulator: Emulator, envelope: str) -> None:
    """Each part of the service wraps its errors differently; the words are found in all of them.

    UNVERIFIED: whether fine-tuning routes answer in the words of API Management.
    """
    body = ENVELOPES[envelope]
    emulator.fault("GET", "/files$", None, kind="status", status=400, body=body)
    assert WORDS in failure(keyed, list_files).message


@pytest.mark.parametrize("plane", PLANES)
def test_an_error_without_words(keyed: Connection, emulator: Emulator, plane: str) -> None:
    """Some errors have no body at all; the status is then all there is to tell."""
    call, path = PLANES[plane]
    emulator.fault("GET", path, None, kind="status", status=400, body="")
    raised = failure(keyed, call)
    assert type(raised) is Refused
    assert "HTTP 400" in raised.message


def test_nobody_listens(keyed: Connection, service: Service) -> None:
    """A refused connection is no answer at all."""
    place = replace(keyed.place, endpoint="http://127.0.0.1:9")
    assert type(failure(PROVIDERS["azure"](place, None), list_files)) is AnswerLost
    nowhere = PROVIDERS["azure"](service.here.place, "http://127.0.0.1:9")
    assert type(failure(nowhere, list_deployments)) is AnswerLost


BAD_KEYS = {
    "a newline in it": f"{SECRET}\nX-Other: 1",
    "letters beyond ASCII": f"{SECRET}é",
}


@pytest.mark.parametrize("case", BAD_KEYS)
def test_a_key_that_cannot_be_sent(
    service: Service, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    """A key with characters that no header may have is refused here, and not shown."""
    monkeypatch.setenv(KEY_NAME, BAD_KEYS[case])
    place = replace(service.places["here"], api_key_from_env=KEY_NAME)
    with pytest.raises(SignInMissing) as raised:
        PROVIDERS["azure"](place, None)
    assert SECRET not in str(raised.value) + raised.value.hint
    assert KEY_NAME in str(raised.value)


def test_a_key_with_a_newline_at_its_end(
    service: Service, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets that come out of files end in a newline; that is no part of the key."""
    monkeypatch.setenv(KEY_NAME, f"{SECRET}\n")
    place = service.places["here"]
    url = f"{emulator.url}/{place.account_name}"
    keyed = replace(place, endpoint=url, api_key_from_env=KEY_NAME)
    assert list_files(PROVIDERS["azure"](keyed, None)) == []


@pytest.mark.parametrize("value", ["", " \n"])
def test_a_key_that_is_not_set(
    service: Service, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """Without the key that a manifest names there is nothing to sign in with."""
    monkeypatch.setenv(KEY_NAME, value)
    place = replace(service.places["here"], api_key_from_env=KEY_NAME)
    with pytest.raises(SignInMissing, match=KEY_NAME):
        PROVIDERS["azure"](place, None)


@pytest.mark.skipif(not LIVE or bool(REHEARSAL), reason="an emulator takes any key")
def test_a_wrong_key(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong key is 401 on the data plane, in the words of the gateway."""
    monkeypatch.setenv(KEY_NAME, SECRET)
    place = replace(service.places["here"], api_key_from_env=KEY_NAME)
    for call in (list_files, list_jobs):
        assert type(failure(PROVIDERS["azure"](place, None), call)) is SignInMissing


@pytest.fixture
def nobody(service: Service, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Someone who has not signed in to Azure, asking an account on this machine."""
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    place = service.places["here"]
    endpoint = f"{emulator.url}/{place.account_name}"
    return PROVIDERS["azure"](replace(place, endpoint=endpoint), None)


@pytest.mark.parametrize("plane", PLANES)
def test_nobody_is_signed_in(nobody: Connection, plane: str) -> None:
    """Without a credential no request is sent, on either plane."""
    raised = failure(nobody, PLANES[plane][0])
    assert type(raised) is SignInMissing
    assert "az login" in raised.hint


def test_an_account_is_asked_with_errors_of_its_own(service: Service, emulator: Emulator) -> None:
    """One account that cannot answer is named in the error, and the other is not."""
    emulator.fault("GET", "conformance-there$", None, **answered(403, "AuthorizationFailed"))
    session: Session = service.session
    desired = service.desired()
    wanted = [one for one in desired.wanted.values() if one.address.kind == "account"]
    with pytest.raises(PermissionMissing, match="account/there"):
        observe(wanted, session, Policy())


def test_a_credential_that_is_refused(keyed: Connection) -> None:
    """Entra ID refuses a client id, secret or tenant with 400 or 401: nobody is signed in."""

    def refused() -> str:
        answer = SimpleNamespace(status_code=400, reason="Bad Request", headers={})
        message = "AADSTS7000215: Invalid client secret provided."
        raise ClientAuthenticationError(message=message, response=answer)

    client = OpenAI(base_url=f"{keyed.place.endpoint}/openai/v1/", api_key=refused)
    raised = failure(replace(keyed, data=client), list_files)
    assert type(raised) is SignInMissing
