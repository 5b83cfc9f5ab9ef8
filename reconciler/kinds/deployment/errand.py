"""What it takes to write one deployment: what is wanted, where, and what its model is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.kinds.changes import changes
from reconciler.kinds.checkpoint import model_at
from reconciler.kinds.deployment import body
from reconciler.kinds.deployment.case import Case
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import settings, weights
from reconciler.kinds.deployment.writing import Desk
from reconciler.planning.kind import Scene
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.errors import Refused
from reconciler.providers.session import Place

# Source: Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19.
AUXILIARY = "x-ms-authorization-auxiliary"


@dataclass(frozen=True)
class Errand:
    """One step of one deployment, on its way to the service."""

    case: Case
    scene: Scene
    desk: Desk

    @property
    def patient(self) -> Errand:
        """The same, right after something that held quota was deleted."""
        return replace(self, desk=self.desk.patient)

    @property
    def goal(self) -> DeploymentGoal:
        return self.case.goal

    def record(self, name: str) -> DeploymentRecord:
        """As it was when the step was decided."""
        return next(one for one in self.case.records if one.name == name)

    def whole(self, name: str) -> dict[str, Any]:
        """Everything that is declared and the model, over whatever is there."""
        wanted = body.serving(self.goal, self.case.served, self._model())
        return body.laid_over(self.desk.find(name) or {}, wanted)

    def model_from_elsewhere(self, there: body.Body) -> dict[str, Any]:
        """The model that is there, with the account that trained it, if that is another.

        UNVERIFIED: that the service tells the account, so that it would be sent back anyway.
        """
        if "account" not in self._ids or self._source is None:
            return {}
        model = self._model()
        return {"model": model} if body.is_of_model(there, model) else {}

    def put(self, name: str, wanted: body.Body) -> None:
        self.desk.put(name, wanted, self._leave_of_the_source(wanted))

    def believe(self, name: str, *, with_model: bool = True) -> DeploymentRecord:
        """Read back after a write. Raises Refused when it was accepted and not applied."""
        record = self.desk.record(name)
        left = self._other_model(record) if with_model else []
        left += [
            f"{one.field} is {one.before}, not {one.after}"
            for one in changes(settings(record, self.goal.sku), self.goal.settings)
        ]
        return _believed(record, left)

    def served(self, name: str) -> DeploymentRecord:
        """Read back which model is behind it. Raises Refused when that is another."""
        record = self.desk.record(name)
        return _believed(record, self._other_model(record))

    def _other_model(self, record: DeploymentRecord) -> list[str]:
        if self.case.served.is_behind(record):
            return []
        return [f"model is {weights(record)}, not {self.case.served.weights}"]

    @property
    def _ids(self) -> Mapping[str, str]:
        return self.scene.needs[self.goal.model_at].ids

    @property
    def _source(self) -> Place | None:
        """The account that trained the model, if that is another."""
        place = self.scene.session.places[self._ids["account"]]
        return None if place.name == self.desk.connection.place.name else place

    def _model(self) -> dict[str, Any]:
        name, format_ = self._model_name(), self.goal.facts.format
        source = self._source
        if source is None:
            return body.model(name, format_)
        is_other_tenant = source.tenant_id != self.desk.connection.place.tenant_id
        return body.model(name, format_, source.resource_id, is_other_tenant=is_other_tenant)

    def _leave_of_the_source(self, wanted: body.Body) -> dict[str, str]:
        """The signature of the other tenant, where the model comes out of one.

        The body says which: what is put back may come from elsewhere than what is declared.
        """
        source, session = body.source(wanted).lower(), self.scene.session
        tenant = self.desk.connection.place.tenant_id
        for one in session.places.values():
            if one.resource_id.lower() == source and one.tenant_id != tenant:
                return {AUXILIARY: f"Bearer {session[one.name].control_token()}"}
        return {}

    def _model_name(self) -> str:
        """The model, or the checkpoint of it that was chosen. Raises Refused if there is none."""
        ids = self._ids
        connection = self.scene.session[ids["account"]]
        return model_at(self.goal.checkpoint, ids, self.goal.model_at, connection)


def _believed(record: DeploymentRecord, left: list[str]) -> DeploymentRecord:
    if left:
        raise Refused(
            f"deployment {record.name} was accepted, but not applied: {', '.join(left)}.",
            code="AcceptedNotApplied",
            hint="The service may not allow it: take it out of the manifest, or compare with "
            "what the portal offers.",
        )
    return record
