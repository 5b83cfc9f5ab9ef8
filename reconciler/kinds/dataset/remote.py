"""Uploads, finds and deletes files. The only module of this kind that sees an SDK."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from io import BufferedReader

from reconciler.kinds.dataset.spec import MARK, DatasetGoal
from reconciler.kinds.dataset.state import DatasetState
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Found, Observation, Scene, Wanted
from reconciler.planning.policy import Policy
from reconciler.providers.azure.failures import translated
from reconciler.providers.azure.listings import FileRecord, list_files, list_jobs
from reconciler.providers.errors import NotFound, Refused
from reconciler.providers.session import Connection, Session

OURS = re.compile(rf"^(?P<name>[a-z0-9][-a-z0-9]*)\.(?P<mark>[0-9a-f]{{{MARK}}})\.jsonl$")
EPOCH = datetime.fromtimestamp(0, UTC)


def observe(wanted: Iterable[Wanted], session: Session, _policy: Policy) -> Observation:
    files = session.survey("files", list_files)
    used = _used_files(session)
    states: dict[Address, DatasetState] = {}
    claimed: set[tuple[str, str]] = set()
    for one in wanted:
        state = _state(one, files, used)
        if state.uploads or state.earlier:
            states[one.address] = state
        claimed |= {(file.account, file.id) for file in (*state.uploads.values(), *state.twins)}
    others = [
        _found(file)
        for account in files.values()
        for file in account
        if file.purpose == "fine-tune" and (file.account, file.id) not in claimed
    ]
    return Observation(states, tuple(others))


def _used_files(session: Session) -> set[tuple[str, str]]:
    return {
        (job.account, file)
        for jobs in session.survey("jobs", list_jobs).values()
        for job in jobs
        for file in (job.training_file, job.validation_file)
    }


def _state(
    wanted: Wanted, files: dict[str, list[FileRecord]], used: set[tuple[str, str]]
) -> DatasetState:
    goal: DatasetGoal = wanted.goal
    uploads: dict[str, FileRecord] = {}
    twins: list[FileRecord] = []
    earlier: list[FileRecord] = []
    for account in wanted.accounts:
        there = files.get(account, [])
        same = _uploads_of(goal, there)
        if same:
            uploads[account] = same[0]
            twins += [one for one in same[1:] if (account, one.id) not in used]
        earlier += [
            one
            for one in there
            if (match := OURS.match(one.name))
            and match["name"] == goal.name
            and not one.name.endswith(goal.mark)
        ]
    earlier.sort(key=lambda one: one.created_at or EPOCH, reverse=True)
    return DatasetState(uploads, tuple(twins), tuple(earlier))


def _uploads_of(goal: DatasetGoal, files: list[FileRecord]) -> list[FileRecord]:
    """Uploads of the goal's content under any name, the one to use first: the oldest good one."""
    same = [
        one
        for one in files
        if one.purpose == "fine-tune"
        and one.status != "deleted"
        and OURS.match(one.name)
        and one.name.endswith(goal.mark)
    ]
    return sorted(same, key=lambda one: (one.status == "error", one.created_at or EPOCH, one.id))


def _found(file: FileRecord) -> Found:
    match = OURS.match(file.name)
    return Found(
        Address("dataset", match["name"] if match else file.name),
        file.account,
        is_ours=bool(match),
        state=DatasetState({file.account: file}),
        detail=f"{file.id}  {file.name}  {file.status}",
    )


def perform(action: Action, wanted: Wanted | None, state: DatasetState, scene: Scene) -> None:
    session: Session = scene.session
    if action.verb is Verb.DELETE:
        for account, file in state.uploads.items():
            _delete(session[account], file.id)
    elif action.code is ReasonCode.TWIN:
        for twin in state.twins:
            _delete(session[twin.account], twin.id)
    elif wanted:
        present = state.uploads if state else {}
        for account in wanted.accounts:
            if account not in present:
                scene.tell(f"uploading {wanted.goal.report.size:,} bytes to {account}")
                _upload(wanted.goal, session[account])


def _upload(goal: DatasetGoal, connection: Connection) -> None:
    """Send the file, then look again: of two uploads at the same moment, the older one stays."""
    account = connection.place.name
    if _uploads_of(goal, list_files(connection)):
        return
    with translated(f"upload {goal.path.name}", account), goal.path.open("rb") as content:
        _require_same_content(goal, content)
        sent = connection.data.files.create(
            file=(goal.remote_name, content, "application/jsonl"), purpose="fine-tune"
        )
    same = _uploads_of(goal, list_files(connection))
    if same and same[0].id != sent.id and any(one.id == sent.id for one in same):
        _delete(connection, sent.id)


def _require_same_content(goal: DatasetGoal, content: BufferedReader) -> None:
    """The name of an upload is a promise about its bytes. Raises Refused, and rewinds."""
    if hashlib.file_digest(content, "sha256").hexdigest() != goal.sha256:
        raise Refused(
            f"{goal.path.name} changed while this command was running.",
            hint="Run it again; nothing was sent.",
        )
    content.seek(0)


def _delete(connection: Connection, file_id: str) -> None:
    try:
        with translated(f"delete {file_id}", connection.place.name):
            connection.data.files.delete(file_id)
    except NotFound:
        return
