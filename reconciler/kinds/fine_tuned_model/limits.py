"""What an account takes of training jobs: so many waiting at a time, and so many records in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from reconciler.planning.queue import Queue
from reconciler.planning.supply import Supply
from reconciler.providers.azure.listings import JobRecord
from reconciler.providers.errors import QueueFull, QuotaExceeded, ServiceError

# Of one resource, whatever the training type. What runs is for the service to decide: 3 jobs of
# Standard and Global training together, and 5 of the Developer tier.
# Source: Microsoft Learn, "Azure OpenAI quotas and limits", 2026-02-17.
QUEUED_AT_MOST = 20
KEPT_AT_MOST = 100
WAY_OUT = (
    "Let it delete old ones: prune: [FineTunedModel] in the Project, and keep in the models; or "
    "delete jobs in the portal, each with its model."
)


def kept(account: str) -> str:
    """The key of the supply of job records."""
    return f"jobs/{account}"


def given_back(jobs: Collection[JobRecord]) -> dict[str, int]:
    """What deleting these records takes of each supply: less than nothing."""
    return {key: -many for key, many in Counter(kept(job.account) for job in jobs).items()}


def supplies(jobs: Mapping[str, Collection[JobRecord]]) -> dict[str, Supply]:
    """Of each account. Every record counts, also of jobs that ended, and of other people."""
    return {
        kept(account): Supply(
            f"records of training jobs in account/{account}", KEPT_AT_MOST, len(there), WAY_OUT
        )
        for account, there in jobs.items()
    }


def queues(jobs: Mapping[str, Collection[JobRecord]]) -> dict[str, Queue]:
    """Of each account, by its name. Jobs of other people stand in it as well."""
    return {
        account: Queue(f"the queue of account/{account}", QUEUED_AT_MOST, _queued(there))
        for account, there in jobs.items()
    }


def _queued(jobs: Collection[JobRecord]) -> int:
    return sum(job.status == "pending" for job in jobs)


def no_place(error: QuotaExceeded, jobs: Collection[JobRecord]) -> ServiceError:
    """What the refusal of a new job means, in the light of the jobs that are there.

    The service does not say which limit was met. Where jobs wait or run, a place will come free;
    it may be that those that run count as well.
    """
    if len(jobs) >= KEPT_AT_MOST:
        return QuotaExceeded(error.message, code=error.code, status=error.status, hint=WAY_OUT)
    if not any(job.status in {"pending", "running"} for job in jobs):
        return error
    taken = max(_queued(jobs), 1)
    return QueueFull(error.message, taken=taken, code=error.code, status=error.status)
