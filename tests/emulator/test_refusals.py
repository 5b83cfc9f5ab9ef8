"""What the control plane refuses, in the words of the service: status, code and text.

The catalogue is section 2.6 of the contract; the texts are those of public issues, 2023 to 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator.conftest import ARM, SUBSCRIPTION, Answer, Wire

SERVICE = "providers/Microsoft.CognitiveServices"
ACCOUNT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/{SERVICE}/accounts/acct"
USAGES = f"/subscriptions/{SUBSCRIPTION}/{SERVICE}/locations/swedencentral/usages"
BASE = {"model": {"version": "2025-04-14"}}


@dataclass(frozen=True)
class Scene:
    """An account with a deployment `bot` of a trained model, and a second model at hand."""

    wire: Wire
    job: dict[str, Any]
    other: str

    @property
    def model(self) -> str:
        return str(self.job["fine_tuned_model"])

    def put(self, name: str, model: str = "", /, **more: Any) -> Answer:
        return self.wire.put(name, model or self.model, **more)

    def fill(self, count: int, model: str, /, **more: Any) -> None:
        """Make so many deployments, one after the other."""
        for number in range(count):
            assert self.put(f"more{number}", model, capacity=1, **more).status == 201
            self.wire.advance("2s")


@pytest.fixture
def scene(wire: Wire, train: Any) -> Scene:
    wire.register(quota={"Standard": 100, "GlobalStandard": 100})
    made = Scene(wire, train(), train()["fine_tuned_model"])
    assert made.put("bot").status == 201
    wire.advance("2s")
    return made


def _two_writes(scene: Scene) -> Answer:
    scene.put("two")
    return scene.put("three")


def _old_wording(scene: Scene) -> Answer:
    scene.wire.turn(quota_wording="old")
    return scene.put("two", capacity=91)


def _patched_beyond(scene: Scene) -> Answer:
    return scene.wire.arm("PATCH", "/deployments/bot", {"sku": {"capacity": 101}})


def _eleventh(scene: Scene) -> Answer:
    scene.fill(9, scene.model)
    return scene.put("eleventh", capacity=1)


def _thirty_third(scene: Scene) -> Answer:
    scene.fill(32, "gpt-4.1", **BASE)
    return scene.put("last", "gpt-4.1", capacity=1, **BASE)


def _duplicate(scene: Scene) -> Answer:
    scene.wire.turn(duplicate_model="refuse")
    return scene.put("two")


def _denied(scene: Scene) -> Answer:
    scene.wire.register(roles={"account": ["Cognitive Services OpenAI User"]})
    return scene.put("two")


def _denied_usages(scene: Scene) -> Answer:
    scene.wire.register(roles={"account": ["Owner"]})
    return scene.wire.get(f"{USAGES}?api-version={ARM}")


def _denied_following(scene: Scene) -> Answer:
    """Roles on the account are enough to write and to follow it, unless a switch says no."""
    scene.wire.register(roles={"account": ["Cognitive Services OpenAI Contributor"]})
    path = scene.put("two").headers["Azure-AsyncOperation"].removeprefix(scene.wire.url)
    assert scene.wire.get(path).json["status"] == "InProgress"
    scene.wire.turn(following="subscription")
    return scene.wire.get(path)


def _no_token(scene: Scene) -> Answer:
    return scene.wire.send("GET", f"{ACCOUNT}?api-version={ARM}", headers={"api-key": "k"})


def _wants(model: str = "", /, **more: Any) -> Callable[[Scene], Answer]:
    """A new deployment like that."""
    return lambda scene: scene.put("two", model, **more)


def _changes(**more: Any) -> Callable[[Scene], Answer]:
    """The other model behind the name that is there."""
    return lambda scene: scene.put("bot", scene.other, **more)


def _mild(scene: Scene) -> Answer:
    scene.wire.register(raiPolicies=["strict"])
    return scene.put("two", properties={"raiPolicyName": "mild"})


def _reads(path: str) -> Callable[[Scene], Answer]:
    return lambda scene: scene.wire.get(f"{path}?api-version={ARM}")


STRUCK = "Somebody else has decided that."


def _struck(status: int, code: str) -> Callable[[Scene], Answer]:
    """What only an administrator or Entra ID can bring about is a fault."""

    def ask(scene: Scene) -> Answer:
        action = {"kind": "status", "status": status, "code": code, "message": STRUCK}
        scene.wire.fault(action, match={"method": "PUT"})
        return scene.put("two")

    return ask


QUOTA = "Tokens Per Minute (thousands) - OpenAI.Standard.gpt-4.1-mini-finetune"
CONFLICT = (
    f"Another operation is being performed on the parent resource '{ACCOUNT}'. Please try again "
    "later."
)
SHORT = (
    f"This operation require 91 new capacity in quota {QUOTA}, which is bigger than the current "
    "available capacity 90. The current quota usage is 10 and the quota limit is 100 for quota "
    f"{QUOTA}."
)
SHORT_BEFORE = (
    "The specified capacity '91' of account deployment is bigger than available capacity '90' for "
    f"UsageName '{QUOTA}'."
)
UNKNOWN = (
    "The model 'Format: OpenAI, Name: gpt-9, Version: 1, Source: ' of account deployment is not "
    "supported."
)
ELSEWHERE = UNKNOWN.replace("gpt-9", "m").replace("Source: ", "Source: /x")
TOGETHER = "Cannot change capacity and model at the same time for deployment 'bot'."
DUPLICATE = (
    "The deployment 'two' has the same model with an existing deployment 'bot'. Only 1 deployment "
    "is allowed for the same model."
)
GONE = (
    "The Resource 'Microsoft.CognitiveServices/accounts/{}' under resource group 'rg' was not "
    "found..."
)
DENIED = (
    "The client '...' with object id '...' does not have authorization to perform action "
    "'Microsoft.CognitiveServices/{}' over scope '{}'..."
)

# How it comes about, and the answer; three dots stand for anything.
CATALOGUE: dict[str, tuple[Callable[[Scene], Answer], int, str, str]] = {
    "two writes at once": (_two_writes, 409, "RequestConflict", CONFLICT),
    "beyond the quota": (_wants(capacity=91), 400, "InsufficientQuota", SHORT),
    "beyond it, in older words": (_old_wording, 400, "InsufficientQuota", SHORT_BEFORE),
    "growing beyond it": (_patched_beyond, 400, "InsufficientQuota", "...quota limit is 100..."),
    "an eleventh fine-tuned one": (
        _eleventh, 400, "DeploymentLimitReached", "...10 fine-tuned deployments..."
    ),
    "a thirty-third standard one": (
        _thirty_third, 400, "DeploymentLimitReached", "...32 standard deployments..."
    ),
    "a model nobody knows": (_wants("gpt-9"), 400, "DeploymentModelNotSupported", UNKNOWN),
    "a model of nowhere": (
        _wants("m", model={"source": "/x"}), 400, "DeploymentModelNotSupported", ELSEWHERE
    ),
    "another model": (
        _changes(), 400, "CannotChangeDeploymentModel", "The model of deployment 'bot' cannot..."
    ),
    "another model and capacity": (
        _changes(capacity=11), 400, "CannotChangeDeploymentModel", TOGETHER
    ),
    "the same model twice": (_duplicate, 400, "DuplicatedDeploymentForSameModel", DUPLICATE),
    "no capacity": (_wants(capacity=0), 400, "InvalidCapacity", "...capacity '0'... is invalid..."),
    "a SKU nobody knows": (
        _wants(sku="Luxury"), 400, "InvalidResourceProperties", "...SKU 'Luxury'... is invalid."
    ),
    "a SKU that the model lacks": (
        _wants(sku="ProvisionedManaged"),
        400, "InvalidResourceProperties", "...is not supported by the model 'gpt-4.1-mini...'.",
    ),
    "a content filter that is not there": (
        _mild, 400, "InvalidResourceProperties", "The RAI policy 'mild'...does not exist."
    ),
    "no such deployment": (
        _reads(f"{ACCOUNT}/deployments/x"),
        404, "ResourceNotFound", GONE.format("acct/deployments/x"),
    ),
    "no such account": (
        _reads(f"{ACCOUNT}x"), 404, "ResourceNotFound", GONE.format("acctx")
    ),
    "no such resource group": (
        _reads(ACCOUNT.replace("/rg/", "/x/")),
        404, "ResourceGroupNotFound", "Resource group 'x' could not be found.",
    ),
    "no such subscription": (
        _reads(ACCOUNT.replace(SUBSCRIPTION, "x")),
        404, "SubscriptionNotFound", "The subscription 'x' could not be found.",
    ),
    "no role to write": (
        _denied, 403, "AuthorizationFailed", DENIED.format("accounts/deployments/write", ACCOUNT)
    ),
    "no role to read usages": (
        _denied_usages, 403, "AuthorizationFailed",
        DENIED.format("locations/usages/read", f"/subscriptions/{SUBSCRIPTION}"),
    ),
    "no role to follow a write": (
        _denied_following, 403, "AuthorizationFailed",
        DENIED.format("locations/operationResults/read", f"/subscriptions/{SUBSCRIPTION}"),
    ),
    "no token": (_no_token, 401, "InvalidAuthenticationToken", "Authentication failed..."),
    "an expired token": (
        _struck(401, "ExpiredAuthenticationToken"), 401, "ExpiredAuthenticationToken", STRUCK
    ),
    "a provider that is not registered": (
        _struck(409, "MissingSubscriptionRegistration"),
        409, "MissingSubscriptionRegistration", STRUCK,
    ),
    "the quota of a region": (_struck(400, "QuotaExceeded"), 400, "QuotaExceeded", STRUCK),
    "the quota of a region, as 409": (_struck(409, "QuotaExceeded"), 409, "QuotaExceeded", STRUCK),
    "too many requests": (_struck(429, "TooManyRequests"), 429, "TooManyRequests", STRUCK),
    "a lock": (_struck(423, "ScopeLocked"), 423, "ScopeLocked", STRUCK),
    "a policy": (
        _struck(403, "RequestDisallowedByPolicy"), 403, "RequestDisallowedByPolicy", STRUCK
    ),
}  # fmt: skip


def _is_said(text: str, message: str) -> bool:
    form = ".*".join(re.escape(part) for part in text.split("..."))
    return re.fullmatch(form, message) is not None


@pytest.mark.parametrize("case", CATALOGUE)
def test_the_catalogue(scene: Scene, case: str) -> None:
    """Each refusal has the status, the code and the words of the service, in ARM's envelope."""
    provoke, status, code, text = CATALOGUE[case]
    answer = provoke(scene)
    assert (answer.status, answer.code) == (status, code)
    assert set(answer.json["error"]) == {"code", "message"}
    assert _is_said(text, answer.message), answer.message


def test_a_wrong_format_says_nothing(scene: Scene) -> None:
    """A wrong model.format is HTTP 500 with no words at all."""
    answer = scene.put("two", model={"format": "OpenAI-OSS"})
    assert (answer.status, answer.raw) == (500, b"")


def test_a_model_in_use(scene: Scene) -> None:
    """A deployed model cannot be deleted: 409 conflict, and the job is still there."""
    answer = scene.wire.legacy("DELETE", f"fine_tuning/jobs/{scene.job['id']}")
    assert (answer.status, answer.code) == (409, "conflict")
    assert scene.wire.legacy("GET", f"fine_tuning/jobs/{scene.job['id']}").status == 200


def test_nothing_was_done(scene: Scene) -> None:
    """After all that is refused, the account holds what it held before."""
    for provoke in (_old_wording, _patched_beyond, _denied):
        assert provoke(scene).status >= 400
    scene.wire.register(roles=None)
    found = scene.wire.arm("GET", "/deployments").json["value"]
    assert [(one["name"], one["sku"]["capacity"]) for one in found] == [("bot", 10)]
