"""Which deployments an account has now: those that neither a person nor the service removed."""

from collections.abc import Iterator

from reconciler.emulator.call import Call
from reconciler.emulator.records import Deployment, Job

DAY = 86400.0
# "Deployed more than 15 days ago and no call during 15 continuous days" (Microsoft Learn,
# "Deploy a fine-tuned model", 2026-03-19); developer tier: 24 hours whatever happens (same).
IDLE_LIMIT = 15 * DAY
DEVELOPER_LIFETIME = DAY


def vanishes_at(deployment: Deployment, call: Call) -> float:
    """When the service, or the delete in flight, takes it away."""
    ends = [float("inf")]
    if deployment.deleted is not None:
        ends.append(deployment.deleted + deployment.deletion)
    if deployment.custom and deployment.sku == "DeveloperTier":
        ends.append(deployment.created + DEVELOPER_LIFETIME)
    elif deployment.custom and not _is_idle_clock_stopped(deployment, call):
        last = deployment.last_call or deployment.created
        ends.append(max(deployment.created, last) + IDLE_LIMIT)
    return min(ends)


def _is_idle_clock_stopped(deployment: Deployment, call: Call) -> bool:
    return deployment.paused_at is not None and call.switches.is_set("idle_while_paused", "stops")


def deployments(call: Call, account: str) -> Iterator[Deployment]:
    """In the order of making; those being deleted are still there."""
    for deployment in call.books.all(Deployment, account):
        if call.now < vanishes_at(deployment, call):
            yield deployment


def find(call: Call, name: str) -> Deployment | None:
    deployment = call.books.find(Deployment, call.account.key, name.lower())
    if deployment is None or call.now >= vanishes_at(deployment, call):
        return None
    return deployment


def state(deployment: Deployment, now: float) -> str:
    """The provisioningState."""
    if deployment.deleted is not None:
        return "Deleting"
    if now < deployment.ready:
        return "Creating"
    if now < deployment.busy_until:
        return "Accepted"
    return "Failed" if deployment.failure or deployment.last_write_failed else "Succeeded"


def deployment_of_model(call: Call, job: Job) -> str:
    """The deployment, in any account of this world, that uses a job's model or checkpoint."""
    for deployment in call.books.all(Deployment):
        if call.now < vanishes_at(deployment, call) and _uses(deployment, job):
            return deployment.name
    return ""


def _uses(deployment: Deployment, job: Job) -> bool:
    return deployment.document.get("job") == job.key
