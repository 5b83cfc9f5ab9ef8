"""Each failure in its own words and with its own exit code; and none of them is paid twice."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.end_to_end.conftest import (
    ACCOUNT,
    APPLY,
    DEPLOYMENT,
    JOBS,
    Remote,
    Workshop,
    begin,
    ended,
    hurried,
    quickstart,
    until,
)

PUT = {"method": "PUT", "path": DEPLOYMENT}
BASE = {"name": "gpt-4.1-mini", "version": "2025-04-14"}
BLOCKED = "? deployment/support-prod: blocked by finetunedmodel/support-bot"


def test_upload_rejected(workshop: Workshop) -> None:
    """A file that the service refuses is named with its words; the model does not train."""
    workshop.remote.fault("file_error", message="Line 7 holds no valid example.")
    failed = workshop.apply()
    assert failed.code == 6
    assert (
        "! dataset/support-train: the service refuses the file: Line 7 holds no valid example."
        in failed.said
    )
    assert "? finetunedmodel/support-bot: blocked by dataset/support-train" in failed.said
    assert "? deployment/support-prod: blocked by dataset/support-train" in failed.said
    assert workshop.remote.jobs() == []
    before = workshop.remote.mark()
    assert workshop.apply().code == 1
    assert workshop.remote.writes(before) == []


def test_a_rejected_upload_is_cleared_away(workshop: Workshop) -> None:
    """After `destroy --files` the next apply uploads a refused file anew."""
    workshop.remote.fault("file_error")
    assert workshop.apply().code == 6
    assert workshop.ftctl("destroy", "--files", "--auto-approve").code == 0
    workshop.applied()


def test_job_failed_on_the_service(workshop: Workshop) -> None:
    """A job that the service failed is tried again, once: `retry` says two attempts."""
    workshop.remote.fault("job_failure", message="A node was lost.")
    done = workshop.apply()
    assert done.code == 0
    assert [job.status for job in workshop.remote.jobs()] == ["failed", "succeeded"]
    assert workshop.plan().is_empty


def test_attempts_are_counted(workshop: Workshop) -> None:
    """After the last attempt nothing trains again, until somebody asks for it."""
    workshop.remote.fault("job_failure", times=None, message="A node was lost.")
    failed = workshop.apply()
    assert failed.code == 6
    assert (
        "! finetunedmodel/support-bot: the service failed it: A node was lost. (2 of 2 attempts); "
        "raise retry.attempts, or pass --allow-retrain" in failed.said
    )
    assert BLOCKED in failed.said
    assert workshop.apply().code == 1
    assert workshop.plan().codes["finetunedmodel/support-bot"] == "failed_service"
    assert len(workshop.remote.jobs()) == 2
    workshop.remote.clear_faults()
    assert workshop.apply("--allow-retrain").code == 0
    assert [job.status for job in workshop.remote.jobs()] == ["failed", "failed", "succeeded"]


def test_attempts_across_runs(workshop: Workshop) -> None:
    """Attempts of earlier runs count: raising `retry` by one buys one more."""
    workshop.remote.fault("job_failure", times=3)
    workshop.edit("{attempts: 2}", "{attempts: 1}")
    assert workshop.apply().code == 6
    assert len(workshop.remote.jobs()) == 1
    workshop.edit("{attempts: 1}", "{attempts: 2}")
    assert workshop.apply().code == 6
    assert len(workshop.remote.jobs()) == 2


REFUSALS: dict[str, tuple[dict[str, Any], str, str]] = {
    "the data fails the safety check": (
        {"kind": "rai_data", "harms": ["hate_fairness", "violence"]},
        "failed_safety_data",
        "the training data failed the safety check for: hate_fairness, violence;",
    ),
    "the model fails the safety check": (
        {"kind": "rai_model", "harms": ["Self Harm"]},
        "failed_safety_model",
        "the trained model failed the safety check for: Self Harm;",
    ),
    "the data is refused": (
        {
            "kind": "job_failure",
            "code": "jsonlValidationFailed",
            "message": "Line 3 has no assistant.",
            "param": "training_file",
            "stage": "data",
        },
        "failed_data",
        "the service refused the data: Line 3 has no assistant.;",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_never_tried_again(workshop: Workshop, refusal: str) -> None:
    """What the service refuses for its content is never submitted again, whatever is allowed."""
    fault, code, words = REFUSALS[refusal]
    workshop.remote.fault(**fault)
    failed = workshop.apply()
    assert failed.code == 6
    assert f"! finetunedmodel/support-bot: {words} change the data" in failed.said
    assert BLOCKED in failed.said
    before = workshop.remote.mark()
    assert workshop.apply().code == 1
    assert workshop.apply("--allow-retrain").code == 1
    assert workshop.remote.writes(before) == []
    planned = workshop.plan()
    assert planned.codes["finetunedmodel/support-bot"] == code
    assert "train" not in planned.verbs.values()


def test_raising_revision_after_a_refusal(workshop: Workshop) -> None:
    """The way out of a refusal that a person takes: other data, or another revision."""
    workshop.remote.fault("rai_model")
    assert workshop.apply().code == 6
    workshop.edit("  seed: 105\n", "  seed: 105\n  revision: 2\n")
    workshop.applied()


def test_model_not_deployable(workshop: Workshop) -> None:
    """A deployment that the service refuses fails in its words; the model is kept for later."""
    message = "The model 'Format: OpenAI, Name: x' of account deployment is not supported."
    code = "DeploymentModelNotSupported"
    workshop.remote.fault("status", times=None, status=400, code=code, message=message, **PUT)
    failed = workshop.apply()
    assert failed.code == 6
    words = "deployment/support-prod: could not write deployment support-prod in account/sweden"
    assert f"{words}: {message} ({code} HTTP 400)" in failed.said
    assert "1 failed" in failed.said
    workshop.remote.clear_faults()
    assert workshop.plan().verbs == {"deployment/support-prod": "create"}
    workshop.applied()
    assert len(workshop.remote.jobs()) == 1


def test_provisioning_failed(workshop: Workshop) -> None:
    """A deployment that fails while it is being made is made again by the next apply."""
    workshop.remote.fault("deployment_failure", code="NoCapacity", message="No GPUs are left.")
    failed = workshop.apply()
    assert failed.code == 6
    assert "No GPUs are left." in failed.said
    assert "NoCapacity" in failed.said
    planned = workshop.plan()
    assert planned.codes["deployment/support-prod"] == "failed_last"
    workshop.applied()
    assert workshop.plan().is_empty
    assert len(workshop.remote.jobs()) == 1


def test_quota(workshop: Workshop) -> None:
    """Too little quota refuses a plan; past that, the service's arithmetic is said as it is."""
    workshop.edit("capacity: 50", "capacity: 600")
    refused = workshop.apply()
    assert refused.code == 4
    assert workshop.remote.writes() == []
    failed = workshop.apply("--force")
    assert failed.code == 6
    assert "This operation require 600 new capacity in quota Tokens Per Minute" in failed.said
    assert "(InsufficientQuota HTTP 400)" in failed.said
    assert "Ask for more quota, or remove something that uses it." in failed.said
    workshop.edit("capacity: 600", "capacity: 50")
    workshop.applied()
    assert len(workshop.remote.jobs()) == 1


def test_deployment_slots(settled: Workshop) -> None:
    """With ten fine-tuned deployments on the account, the eleventh is refused, also by force."""
    model = settled.remote.paid_jobs()[0].fine_tuned_model
    for number in range(9):
        deploy(settled.remote, f"other-{number}", {"name": str(model), "version": "1"})
    another = settled.manifest.read_text().rsplit("---", 1)[1].replace("support-prod", "eleventh")
    settled.manifest.write_text(f"{settled.manifest.read_text()}---{another}")
    settled.edit("hostingPerMonth: 2000", "hostingPerMonth: 5000")
    refused = settled.apply()
    assert refused.code == 4
    assert (
        "Of fine-tuned deployments in account/sweden, the plan needs 1 more; 0 of 10 are left"
        in refused.said
    )
    failed = settled.apply("--force")
    assert failed.code == 1, failed.said
    assert "deployment/eleventh: could not write deployment eleventh" in failed.said
    assert "(DeploymentLimitReached HTTP 400)" in failed.said


def deploy(remote: Remote, name: str, model: dict[str, str], **more: Any) -> None:
    """As somebody else would, in the portal."""
    properties = {"model": {"format": "OpenAI", **model}}
    body = {"sku": {"name": "GlobalStandard", "capacity": 1}, "properties": properties} | more
    in_turn(remote, "PUT", name, body)


def in_turn(remote: Remote, method: str, name: str, body: Any = None) -> None:
    def is_written() -> bool:
        try:
            remote.arm(method, f"/deployments/{name}", body)
        except HTTPError as busy:
            if busy.code == 409:
                return False
            raise
        return True

    until(is_written)
    until(lambda: is_quiet(remote, name))


def is_quiet(remote: Remote, name: str) -> bool:
    there = remote.deployments().get(name)
    return there is None or there["properties"]["provisioningState"] == "Succeeded"


def test_conflicts(workshop: Workshop) -> None:
    """A RequestConflict is tried again until the write goes through, and is no failure."""
    text = "Another operation is being performed on the parent resource."
    conflict = {"status": 409, "code": "RequestConflict", "message": text}
    workshop.remote.fault("status", times=6, **conflict, **PUT)
    workshop.applied()
    written = [write for write in workshop.remote.writes() if write.startswith("PUT")]
    assert written == ["PUT deployments/support-prod"] * 7


def test_a_write_of_somebody_else(tmp_path: Path) -> None:
    """While somebody else's write is in flight on the account, apply waits for its turn."""
    with hurried(tmp_path / "emulator", "x30", "lifelike") as remote:
        workshop = quickstart(tmp_path / "work", remote)
        assert workshop.ftctl("apply", "--auto-approve", "--no-wait").code == 3
        remote.send("POST", "/emulator/clock", {"advance": "6h"})
        body = {"properties": {"model": {"format": "OpenAI", **BASE}}, "sku": {"name": "Standard"}}
        remote.arm("PUT", "/deployments/busy", body)  # for 4 s
        workshop.applied()
        puts = [line for line in remote.log() if line["method"] == "PUT"]
        tries = [line["status"] for line in puts if line["path"].endswith("support-prod")]
        assert tries[0] == 409
        assert set(remote.deployments()) == {"busy", "support-prod"}


def test_no_room_for_a_job(workshop: Workshop) -> None:
    """A limit on jobs is said once and not run against: the service would say it again."""
    message = "The resource keeps 100 fine-tuning jobs; delete some."
    limit = {"status": 429, "code": "quotaExceeded", "message": message}
    workshop.remote.fault("status", times=None, method="POST", path=JOBS, **limit)
    failed = workshop.apply()
    assert failed.code == 6
    assert (
        f"finetunedmodel/support-bot: could not submit the training in account/sweden: {message}"
        in failed.said
    )
    assert "Ask for more quota" in failed.said
    assert workshop.remote.writes().count("POST fine_tuning/jobs") == 1


FORBIDDEN = {
    "the deployment": (PUT, "AuthorizationFailed", "write deployment support-prod"),
    "the training": ({"method": "POST", "path": JOBS}, "PermissionDenied", "submit the training"),
    "an upload": ({"method": "POST", "path": "/files$"}, "PermissionDenied", "upload support-"),
    "looking": ({"method": "GET", "path": "/files$"}, "PermissionDenied", "list files"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_permission_missing(workshop: Workshop, what: str) -> None:
    """403 exits 8 and names the role that grants what was tried."""
    match, code, doing = FORBIDDEN[what]
    message = "The client does not have authorization to perform this action."
    workshop.remote.fault("status", times=None, status=403, code=code, message=message, **match)
    failed = workshop.apply()
    assert failed.code == 8, failed.said
    assert f"could not {doing}" in failed.said
    assert message in failed.said
    assert 'Assign the role "Cognitive Services OpenAI Contributor" on the account' in failed.said


@pytest.mark.parametrize("path", ["/files$", "/deployments$"])
def test_wrong_key(workshop: Workshop, path: str) -> None:
    """401 exits 8 and says how to sign in, in plan and in apply."""
    message = "Access denied due to invalid subscription key or wrong API endpoint."
    workshop.remote.fault("status", times=None, status=401, code="401", message=message, path=path)
    for command in (("plan",), APPLY):
        failed = workshop.ftctl(*command)
        assert failed.code == 8, failed.said
        assert message in failed.said
        assert "Sign in with `az login`, or check the key that the account names." in failed.said
    assert workshop.remote.writes() == []


def test_nobody_is_signed_in(tmp_path: Path) -> None:
    """Without --local and without credentials: exit 8, and how to sign in."""
    folder = quickstart(tmp_path, Remote("")).folder
    began = time.monotonic()
    # The one credential that looks at nothing but the environment, and finds nothing there.
    environ = {"AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential", "FTCTL_LOCAL": ""}
    failed = ended(begin("plan", cwd=folder, **environ))
    assert failed.code == 8, failed.said
    assert "nobody is signed in to Azure" in failed.said
    assert "Sign in with `az login`, or set AZURE_CLIENT_ID" in failed.said
    assert time.monotonic() - began < 20


def test_key_not_set(workshop: Workshop) -> None:
    """A key that the manifest names and nobody set: exit 8, by the name of the variable."""
    workshop.edit(
        "  accountName: aoai-sweden\n",
        "  accountName: aoai-sweden\n  auth: {apiKeyFromEnv: NOBODY_SETS_THIS}\n",
    )
    environ = {"AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential", "FTCTL_LOCAL": ""}
    failed = ended(begin("plan", cwd=workshop.folder, **environ))
    assert failed.code == 8, failed.said
    assert "account/sweden takes its key from NOBODY_SETS_THIS, which is not set." in failed.said


SECOND_BRANCH = """
---
apiVersion: ftctl/v1
kind: Account
metadata: {name: norway}
spec:
  subscriptionId: 00000000-0000-0000-0000-000000000000
  resourceGroup: rg-ml
  accountName: aoai-norway
  region: norwayeast
---
apiVersion: ftctl/v1
kind: FineTunedModel
metadata: {name: norsk-bot}
spec:
  account: norway
  baseModel: gpt-4.1-2025-04-14
  training: support-train
  trainingType: GlobalStandard
---
apiVersion: ftctl/v1
kind: Deployment
metadata: {name: norsk-prod}
spec:
  account: norway
  model: {fineTunedModel: norsk-bot}
  sku: {name: GlobalStandard, capacity: 5}
"""


def test_independent_branches(workshop: Workshop) -> None:
    """When one branch fails, the others go on; what hangs on the failed one is named."""
    workshop.manifest.write_text(workshop.manifest.read_text() + SECOND_BRANCH)
    workshop.edit("hostingPerMonth: 2000", "hostingPerMonth: 5000")
    fault = {"action": {"kind": "rai_data"}, "match": {"account": ACCOUNT}}
    workshop.remote.send("POST", "/emulator/faults", fault)
    failed = workshop.apply("--format", "json")
    assert failed.code == 6, failed.said
    out = json.loads(failed.out)
    assert out["exit_code"] == 6
    assert [one["address"] for one in out["stuck"]] == ["finetunedmodel/support-bot"]
    assert out["blocked"] == {"deployment/support-prod": ["finetunedmodel/support-bot"]}
    assert "deployment/norsk-prod" in [one["address"] for one in out["done"]]
    assert list(workshop.remote.deployments("aoai-norway")) == ["norsk-prod"]
    assert workshop.remote.deployments() == {}


def assert_refused(workshop: Workshop, guard: str) -> None:
    """Plan and apply exit 4, name the guard, and send nothing."""
    before = workshop.remote.mark()
    for command in (("plan",), APPLY):
        refused = workshop.ftctl(*command)
        assert refused.code == 4, refused.said
        assert f"refused ({guard})" in refused.said
        assert "Nothing was done." in refused.said
    assert workshop.remote.writes(before) == []


def test_protected(workshop: Workshop) -> None:
    """A protected deployment is not replaced; with --allow-protected it is."""
    workshop.edit("capacity: 50}", "capacity: 50}\n  protect: true")
    workshop.applied()
    workshop.edit("nEpochs: 3", "nEpochs: 2")
    assert_refused(workshop, "protect")
    assert workshop.apply("--allow-protected").code == 0
    assert workshop.plan().is_empty


def test_training_budget(workshop: Workshop) -> None:
    """A training dearer than the budget of one apply is refused before anything is sent."""
    workshop.edit("trainingPerApply: 50", "trainingPerApply: 0")
    assert_refused(workshop, "budget.trainingPerApply")


def test_hosting_budget(workshop: Workshop) -> None:
    """Hosting dearer than the budget of a month is refused before anything is sent."""
    workshop.edit("hostingPerMonth: 2000", "hostingPerMonth: 1000")
    assert_refused(workshop, "budget.hostingPerMonth")


def test_unknown_price(workshop: Workshop) -> None:
    """Under a budget, a training of unknown price needs leave."""
    workshop.edit("baseModel: gpt-4.1-2025-04-14", "baseModel: gpt-4.1-mini-2025-04-14")
    assert_refused(workshop, "budget.trainingPerApply")
    assert workshop.apply("--allow-unknown-cost").code == 0


def test_what_was_approved_bounds_what_is_done(tmp_path: Path) -> None:
    """A deployment that somebody deletes during an apply was not in its plan, and stays away."""
    with hurried(tmp_path / "emulator", "x1") as remote:
        workshop = quickstart(tmp_path / "work", remote)
        workshop.applied()
        text = workshop.manifest.read_text()
        *_, model, deployment = text.split("---")
        model = model.replace("name: support-bot", "name: kept")
        deployment = deployment.replace("support-prod", "kept-prod").replace("support-bot", "kept")
        text = text.replace("nEpochs: 3", "nEpochs: 2")
        workshop.manifest.write_text(f"{text}---{model}---{deployment}")
        workshop.edit("hostingPerMonth: 2000", "hostingPerMonth: 5000")
        deploy_kept(workshop)
        process = workshop.begin(*APPLY)
        until(lambda: len(remote.jobs()) == 2)
        in_turn(remote, "DELETE", "kept-prod")
        bounded = ended(process)
        assert bounded.code == 6, bounded.said
        assert (
            "? deployment/kept-prod: create was not part of the approved plan; plan again"
            in bounded.said
        )
        assert list(remote.deployments()) == ["support-prod"]
        workshop.applied()
        assert set(remote.deployments()) == {"support-prod", "kept-prod"}
        assert len(remote.paid_jobs()) == 2


def deploy_kept(workshop: Workshop) -> None:
    tags = workshop.remote.deployments()["support-prod"]["tags"] | {"ftctl-name": "kept-prod"}
    model = workshop.remote.deployments()["support-prod"]["properties"]["model"]
    deploy(workshop.remote, "kept-prod", model, tags=tags, sku=GLOBAL_50)


GLOBAL_50 = {"name": "GlobalStandard", "capacity": 50}


def test_a_foreign_deployment(workshop: Workshop) -> None:
    """A deployment of the same name that somebody else made is never touched."""
    assert workshop.ftctl("plan").code == 0  # registers the account
    deploy(workshop.remote, "support-prod", BASE)
    theirs = workshop.remote.deployments()["support-prod"]
    before = workshop.remote.mark()
    failed = workshop.apply()
    assert failed.code == 6, failed.said
    assert (
        "! deployment/support-prod: a deployment of this name exists that this project did not "
        "make; set adopt: true" in failed.said
    )
    assert workshop.ftctl("destroy", "--auto-approve").code == 0
    workshop.edit("capacity: 50}", "capacity: 50}\n  adopt: true")  # a wish that no apply has met
    assert workshop.ftctl("destroy", "--auto-approve").code == 0
    assert not any("deployments/" in write for write in workshop.remote.writes(before))
    assert workshop.remote.deployments()["support-prod"] == theirs


def delete_the_model(remote: Remote) -> None:
    """Job and model, as the portal does it."""
    for job in remote.jobs():
        url = f"/{ACCOUNT}/openai/fine_tuning/jobs/{job.id}?api-version=2025-04-01-preview"
        remote.send("DELETE", url)


def test_a_lost_model(settled: Workshop) -> None:
    """Job and model are gone and a deployment still names them: lost, and no reason to train."""
    remote = settled.remote
    tags = remote.deployments()["support-prod"]["tags"]
    in_turn(remote, "DELETE", "support-prod")
    until(lambda: "support-prod" not in remote.deployments())
    delete_the_model(remote)
    deploy(remote, "support-prod", {"name": "gpt-4.1", "version": "2025-04-14"}, tags=tags)
    assert remote.jobs() == []

    planned = settled.plan()
    assert planned.codes["finetunedmodel/support-bot"] == "lost"
    assert "train" not in planned.verbs.values()
    before = remote.mark()
    failed = settled.apply()
    assert failed.code == 1, failed.said
    assert (
        "! finetunedmodel/support-bot: trained before: deployment/support-prod in account/sweden "
        "still names it; pass --allow-retrain to pay again" in failed.said
    )
    assert remote.writes(before) == []

    assert settled.apply("--allow-retrain").code == 0
    assert len(remote.paid_jobs()) == 1
    assert settled.plan().is_empty


def test_a_model_without_its_job(settled: Workshop) -> None:
    """What was deleted without a trace is new: nothing on the service says otherwise."""
    in_turn(settled.remote, "DELETE", "support-prod")
    until(lambda: not settled.remote.deployments())
    delete_the_model(settled.remote)
    assert settled.plan().codes["finetunedmodel/support-bot"] == "new"


def test_cancelled_in_the_portal(tmp_path: Path) -> None:
    """A training that a person cancelled is not started again, until a person asks for it."""
    with hurried(tmp_path / "emulator", "x1") as remote:
        workshop = quickstart(tmp_path / "work", remote)
        process = workshop.begin(*APPLY)
        until(lambda: "POST fine_tuning/jobs" in remote.writes())
        with remote.client() as client:
            client.fine_tuning.jobs.cancel(remote.jobs()[0].id)
        failed = ended(process)
        assert failed.code == 6, failed.said
        words = "its training was cancelled; pass --allow-retrain, or raise revision"
        assert f"! finetunedmodel/support-bot: {words}" in failed.said
        assert workshop.apply().code == 1
        assert [job.status for job in remote.jobs()] == ["cancelled"]
        assert workshop.apply("--allow-retrain").code == 0
        assert [job.status for job in remote.jobs()] == ["cancelled", "succeeded"]


def test_an_account_that_closes_meanwhile(workshop: Workshop) -> None:
    """Where the first look found nothing to do, and the next one may not look: that is said."""
    workshop.applied()
    workshop.remote.fault("status", status=403, times=None, after=1, method="GET", path="/files$")
    ended = workshop.apply()
    assert ended.code == 8
    assert "OpenAI Contributor" in ended.said
