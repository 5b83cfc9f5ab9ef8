"""An upload is missing, being checked, refused, or fine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from reconciler.kinds.dataset.limits import taken, total
from reconciler.kinds.dataset.spec import MARK, DatasetGoal
from reconciler.kinds.dataset.state import DatasetState
from reconciler.kinds.dataset.uploads import mark_of
from reconciler.planning.action import Action, Decision, FieldChange, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.standing import Phase, Standing
from reconciler.providers.azure.listings import FileRecord

# As long as OpenAI's own client waits for a file. Source: openai-python 3.54.
CHECKED_WITHIN = timedelta(minutes=30)


def describe(
    wanted: Wanted, state: DatasetState | None, _needs: Mapping[Address, Standing]
) -> Standing:
    uploads = state.uploads if state else {}
    ids = {account: upload.id for account, upload in uploads.items()}
    since = min((one.created_at for one in uploads.values() if one.created_at), default=None)
    statuses = {one.status for one in uploads.values()}
    if not wanted.accounts:
        return Standing(Phase.READY, {}, None, "no model uses it; it stays here")
    if "error" in statuses:
        return Standing(Phase.FAILED, ids, since, "the service refuses the file")
    if any(account not in uploads for account in wanted.accounts):
        return Standing(Phase.MISSING, ids, since)
    if statuses != {"processed"}:
        return Standing(Phase.PENDING, ids, since, "the service is checking it")
    return Standing(Phase.READY, ids, since)


def decide(wanted: Wanted, state: DatasetState | None, context: Context) -> Decision:
    state = state or DatasetState()
    if not wanted.accounts:
        return Decision(_keep(wanted, "no model uses it; it stays here"))
    refused = [one for one in state.uploads.values() if one.status == "error"]
    if refused:
        return Decision(_refused(wanted, refused[0]))
    missing = [account for account in wanted.accounts if account not in state.uploads]
    if missing:
        return Decision(_upload(wanted, state, missing, context))
    if state.twins:
        return Decision(_remove_twins(wanted, state))
    pending = [one for one in state.uploads.values() if one.status != "processed"]
    if pending:
        return Decision(_wait(wanted, pending, context.now))
    return Decision(_keep(wanted, "same content"))


def _keep(wanted: Wanted, reason: str) -> Action:
    return Action(wanted.address, Verb.KEEP, ReasonCode.AS_WANTED, reason)


def _refused(wanted: Wanted, file: FileRecord) -> Action:
    """Bytes stay what they are, but a URL may be readable the next time."""
    why = file.detail or "no explanation"
    if wanted.goal.blob is None:
        reason = f"the service refuses the file: {why}"
        return Action(wanted.address, Verb.KEEP, ReasonCode.INVALID, reason)
    return Action(
        wanted.address,
        Verb.UPDATE,
        ReasonCode.FAILED_LAST,
        f"the service could not take it from its URL: {why}; let it fetch it again",
        lane=file.account,
        undo="ftctl destroy --files",
    )


def _wait(wanted: Wanted, pending: Iterable[FileRecord], now: datetime) -> Action:
    """Checking takes minutes. What takes much longer is no longer waited for."""
    since = min((one.created_at for one in pending if one.created_at), default=now)
    if now - since <= CHECKED_WITHIN:
        reason = "the service is checking it"
        return Action(wanted.address, Verb.WAIT, ReasonCode.PENDING, reason)
    minutes = CHECKED_WITHIN // timedelta(minutes=1)
    reason = (
        f"the service has been checking it since {since:%Y-%m-%d %H:%M} UTC, for more than "
        f"{minutes} minutes; look again later, or delete it on the service to send it anew"
    )
    return Action(wanted.address, Verb.KEEP, ReasonCode.STALLED, reason)


def _upload(wanted: Wanted, state: DatasetState, missing: list[str], context: Context) -> Action:
    goal: DatasetGoal = wanted.goal
    what = f"{_content(goal)}, to {', '.join(missing)}{_brought(state)}"
    takes: dict[str, int] = {}
    for account in missing:
        if account not in state.shared:
            takes |= taken(account, 1, goal.size)
    if state.earlier:
        change = FieldChange("sha256", mark_of(state.earlier[0]), goal.sha256[:MARK])
        return Action(
            wanted.address,
            Verb.UPDATE,
            ReasonCode.CHANGED,
            f"the upload there has other content: {what}",
            (change,),
            lane=missing[0],
            undo="the earlier upload stays",
            takes=takes,
        )
    accounts = (context.needs.get(Address("account", account)) for account in missing)
    is_out_of_sight = any(one is not None and one.phase is Phase.MISSING for one in accounts)
    why = "nobody can see whether it was uploaded" if is_out_of_sight else "not uploaded yet"
    return Action(
        wanted.address,
        Verb.CREATE,
        ReasonCode.NEW,
        f"{why}: {what}",
        lane=missing[0],
        undo="ftctl destroy --files",
        takes=takes,
    )


def _content(goal: DatasetGoal) -> str:
    if goal.report is None:
        return "the service fetches it from its URL"
    return f"{goal.report.examples:,} examples, {goal.report.size:,} bytes"


def _brought(state: DatasetState) -> str:
    if not state.shared:
        return ""
    others = sorted({str(address) for address in state.shared.values()})
    return f"; the same content as {' and '.join(others)}, which is sent once"


def _remove_twins(wanted: Wanted, state: DatasetState) -> Action:
    return Action(
        wanted.address,
        Verb.UPDATE,
        ReasonCode.TWIN,
        f"uploaded more than once: remove {len(state.twins)} that no job uses",
        lane=state.twins[0].account,
        undo="not needed: the same content stays",
        takes=_given_back(state.twins),
    )


def retire(address: Address, state: DatasetState) -> Action:
    files = (*state.uploads.values(), *state.twins)
    accounts = sorted({one.account for one in files})
    size = f", {total(files):,} bytes" if total(files) else ""
    return Action(
        address,
        Verb.DELETE,
        ReasonCode.UNWANTED,
        f"the uploaded file{size}, from {', '.join(accounts)}",
        lane=accounts[0] if accounts else "",
        undo="the next apply that wants it uploads it again",
        takes=_given_back(files),
        users=state.lent,
    )


def _given_back(files: Iterable[FileRecord]) -> dict[str, int]:
    takes: dict[str, int] = {}
    for account in {one.account for one in files}:
        here = [one for one in files if one.account == account]
        takes |= taken(account, -len(here), -total(here))
    return takes
