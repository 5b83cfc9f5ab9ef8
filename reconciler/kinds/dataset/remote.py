"""Finds uploads, and acts on them: sends, fetches, deletes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from reconciler.kinds.dataset.delivery import Delivery, remove
from reconciler.kinds.dataset.limits import supplies
from reconciler.kinds.dataset.sending import deliver
from reconciler.kinds.dataset.spec import DatasetGoal
from reconciler.kinds.dataset.state import DatasetState
from reconciler.kinds.dataset.uploads import OURS, age, is_counted, mark_of, uploads_of
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Found, Observation, Scene, Wanted
from reconciler.planning.policy import Policy
from reconciler.providers.azure.listings import FileRecord, list_files, list_jobs
from reconciler.providers.session import Session

PROJECT = "ftctl-project"  # of a job, in its metadata, where the service returns that
Files = Mapping[str, Sequence[FileRecord]]  # by account
Uses = Mapping[tuple[str, str], Collection[str]]  # the jobs made from a file, by account and id


def observe(wanted: Iterable[Wanted], session: Session, policy: Policy) -> Observation:
    files: dict[str, list[FileRecord]] = session.survey("files", list_files)
    used = _used_files(session)
    theirs = _jobs_of_others(session, policy.project)
    everyone = list(wanted)
    states: dict[Address, DatasetState] = {}
    brought: dict[tuple[str, str], Address] = {}
    for one in everyone:
        state = _state(one, files, used, brought)
        users = {job for file in state.uploads.values() for job in used.get(_at(file), ())}
        state = replace(state, lent=frozenset(users & theirs))
        if state != DatasetState():
            states[one.address] = state
    others = tuple(_others(everyone, states.values(), files, used))
    return Observation(states, others, supplies(files, others, policy))


def _used_files(session: Session) -> dict[tuple[str, str], set[str]]:
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    for jobs in session.survey("jobs", list_jobs).values():
        for job in jobs:
            for file in filter(None, (job.training_file, job.validation_file)):
                used[job.account, file].add(job.id)
    return dict(used)


def _jobs_of_others(session: Session, project: str) -> set[str]:
    jobs = [job for there in session.survey("jobs", list_jobs).values() for job in there]
    return {job.id for job in jobs if job.metadata.get(PROJECT, project) != project}


def _at(file: FileRecord) -> tuple[str, str]:
    return file.account, file.id


def _state(
    wanted: Wanted, files: Files, used: Uses, brought: dict[tuple[str, str], Address]
) -> DatasetState:
    goal: DatasetGoal = wanted.goal
    uploads: dict[str, FileRecord] = {}
    twins: list[FileRecord] = []
    earlier: list[FileRecord] = []
    shared: dict[str, Address] = {}
    for account in wanted.accounts:
        there = files.get(account, [])
        same = uploads_of(goal, there, used)
        if same:
            uploads[account] = _readable(goal, same[0])
            twins += [one for one in same[1:] if (account, one.id) not in used]
        elif (first := brought.setdefault((account, goal.mark), wanted.address)) != wanted.address:
            shared[account] = first
        earlier += [one for one in there if _is_earlier(goal, one)]
    earlier.sort(key=age, reverse=True)
    return DatasetState(uploads, tuple(twins), tuple(earlier), shared)


def _readable(goal: DatasetGoal, file: FileRecord) -> FileRecord:
    """Without what signs the URL, should the service quote that where it says what is wrong."""
    return replace(file, detail=goal.blob.hide(file.detail)) if goal.blob else file


def _is_earlier(goal: DatasetGoal, file: FileRecord) -> bool:
    match = OURS.match(file.name)
    is_ours = match is not None and match["name"] == goal.name
    return is_ours and not file.name.endswith(goal.mark)


def _others(
    wanted: Sequence[Wanted], states: Iterable[DatasetState], files: Files, used: Uses
) -> Iterator[Found]:
    """Everything that no manifest wants; uploads of one content under one name are one thing.

    A file that a job was made from stays as long as the job: it is evidence of what that trained.
    """
    claimed = {
        (file.account, file.id)
        for state in states
        for file in (*state.uploads.values(), *state.twins)
    }
    marks = tuple(one.goal.mark for one in wanted)
    grouped: dict[tuple[str, str], list[FileRecord]] = defaultdict(list)
    for there in files.values():
        for file in there:
            if is_counted(file) and (file.account, file.id) not in claimed:
                grouped[file.account, file.name if mark_of(file) else file.id].append(file)
    for (account, name), same in grouped.items():
        users = frozenset(job for file in same for job in used.get((account, file.id), ()))
        yield _found(sorted(same, key=age), users, is_kept=name.endswith(marks))


def _found(same: Sequence[FileRecord], users: frozenset[str], *, is_kept: bool) -> Found:
    first, *twins = same
    match = OURS.match(first.name)
    return Found(
        Address("dataset", f"{match['name']}@{match['mark']}" if match else first.name),
        first.account,
        is_ours=match is not None,
        state=DatasetState({first.account: first}, tuple(twins)),
        detail="; ".join(f"{one.id}  {one.name}  {one.status}" for one in same),
        is_kept=is_kept,
        users=users,
    )


def perform(
    action: Action, wanted: Wanted | None, state: DatasetState | None, scene: Scene
) -> None:
    session: Session = scene.session
    state = state or DatasetState()
    if action.verb is Verb.DELETE:
        for file in (*state.twins, *state.uploads.values()):
            remove(session[file.account], file.id)
    elif action.code is ReasonCode.TWIN:
        for twin in state.twins:
            remove(session[twin.account], twin.id)
    elif wanted:
        for account in wanted.accounts:
            delivery = Delivery(wanted.goal, session[account], scene)
            _bring(delivery, state.uploads.get(account))


def _bring(delivery: Delivery, there: FileRecord | None) -> None:
    """What the service could not fetch makes room for another try."""
    if there and there.status == "error" and delivery.goal.blob:
        remove(delivery.connection, there.id)
    elif there:
        return
    deliver(delivery)
