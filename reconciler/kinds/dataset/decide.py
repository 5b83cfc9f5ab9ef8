"""An upload is missing, being checked, refused, or fine."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.dataset.spec import MARK
from reconciler.kinds.dataset.state import DatasetState
from reconciler.planning.action import Action, Decision, FieldChange, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.standing import Phase, Standing


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


def decide(wanted: Wanted, state: DatasetState | None, _context: Context) -> Decision:
    state = state or DatasetState()
    if not wanted.accounts:
        return Decision(_keep(wanted, "no model uses it; it stays here"))
    refused = [one for one in state.uploads.values() if one.status == "error"]
    if refused:
        reason = f"the service refuses the file: {refused[0].detail or 'no explanation'}"
        return Decision(Action(wanted.address, Verb.KEEP, ReasonCode.INVALID, reason))
    missing = [account for account in wanted.accounts if account not in state.uploads]
    if missing:
        return Decision(_upload(wanted, state, missing))
    if state.twins:
        return Decision(_remove_twins(wanted, state))
    pending = [one for one in state.uploads.values() if one.status != "processed"]
    if pending:
        reason = "the service is checking it"
        return Decision(Action(wanted.address, Verb.WAIT, ReasonCode.PENDING, reason))
    return Decision(_keep(wanted, "same content"))


def _keep(wanted: Wanted, reason: str) -> Action:
    return Action(wanted.address, Verb.KEEP, ReasonCode.AS_WANTED, reason)


def _upload(wanted: Wanted, state: DatasetState, missing: list[str]) -> Action:
    goal = wanted.goal
    what = f"{goal.report.examples:,} examples, {goal.report.size:,} bytes, to {', '.join(missing)}"
    if state.earlier:
        before = state.earlier[0].name.removesuffix(".jsonl")[-MARK:]
        change = FieldChange("sha256", before, goal.sha256[:MARK])
        return Action(
            wanted.address,
            Verb.UPDATE,
            ReasonCode.CHANGED,
            f"the local file changed: upload {what}",
            (change,),
            lane=missing[0],
            undo="the earlier upload stays",
        )
    return Action(
        wanted.address,
        Verb.CREATE,
        ReasonCode.NEW,
        f"not uploaded yet: {what}",
        lane=missing[0],
        undo="ftctl destroy --files",
    )


def _remove_twins(wanted: Wanted, state: DatasetState) -> Action:
    return Action(
        wanted.address,
        Verb.UPDATE,
        ReasonCode.TWIN,
        f"uploaded more than once: remove {len(state.twins)} that no job uses",
        lane=state.twins[0].account,
        undo="not needed: the same content stays",
    )


def retire(address: Address, state: DatasetState) -> Action:
    accounts = sorted(state.uploads)
    return Action(
        address,
        Verb.DELETE,
        ReasonCode.UNWANTED,
        f"the uploaded file, from {', '.join(accounts)}",
        lane=accounts[0] if accounts else "",
        undo="the next apply uploads it again",
    )
