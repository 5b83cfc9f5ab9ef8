"""Which files on the service are ours, and hold what content: their names say it. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from datetime import UTC, datetime

from reconciler.kinds.dataset.spec import MARK, DatasetGoal
from reconciler.providers.azure.listings import FileRecord

OURS = re.compile(rf"^(?P<name>[a-z0-9][-a-z0-9]*)\.(?P<mark>[0-9a-f]{{{MARK}}})\.jsonl$")
EPOCH = datetime.fromtimestamp(0, UTC)


def is_counted(file: FileRecord) -> bool:
    """Whether the service counts it among the fine-tuning files of an account.

    UNVERIFIED: that results of jobs, of purpose fine-tune-results, do not count.
    """
    return file.purpose == "fine-tune" and file.status != "deleted"


def age(file: FileRecord) -> tuple[datetime, str]:
    """Oldest first; the service counts whole seconds, so ids break ties."""
    return file.created_at or EPOCH, file.id


def mark_of(file: FileRecord) -> str:
    """The digits of the content that an upload of ours holds."""
    match = OURS.match(file.name)
    return match["mark"] if match else ""


def uploads_of(
    goal: DatasetGoal, files: Iterable[FileRecord], used: Container[tuple[str, str]] = ()
) -> list[FileRecord]:
    """Uploads of the goal's content under any name, the one to use first: the oldest good one.

    But one that a job was made from, by account and id, has to stay as long as the job, so it is
    used again.
    """
    same = [
        one
        for one in files
        if is_counted(one) and OURS.match(one.name) and one.name.endswith(goal.mark)
    ]

    def order(one: FileRecord) -> tuple[object, ...]:
        return one.status == "error", (one.account, one.id) not in used, *age(one)

    return sorted(same, key=order)
