"""Reads and writes one deployment: one write at a time on an account, read back afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from reconciler.kinds.deployment.body import Body
from reconciler.kinds.deployment.steps import GIVEN_UP, WORKING
from reconciler.providers.azure.failures import translated
from reconciler.providers.azure.listings import DeploymentRecord, list_deployments
from reconciler.providers.errors import (
    Conflict,
    NotFound,
    PermissionMissing,
    QuotaExceeded,
    Refused,
    ServiceError,
)
from reconciler.providers.session import Connection, Session

# A name is held for a moment after its deployment was deleted; ARM does one write at a time.
PATIENCE = 180.0  # seconds to go on trying while another write is in flight
FOLLOWED = 3600.0  # seconds to look after a write that is not followed as an operation
# The quota of a deleted deployment comes back 15 to 20 seconds later.
# Source: Microsoft's public fine-tuning field notes, 2026-08.
QUOTA_RELEASE = 60.0  # seconds


@dataclass(frozen=True)
class Desk:
    """Where the deployments of one account are written."""

    session: Session
    connection: Connection
    quota_patience: float = 0.0  # seconds in which quota that was given back may still return

    @property
    def patient(self) -> Desk:
        """The same, right after something that held quota was deleted."""
        return replace(self, quota_patience=QUOTA_RELEASE)

    def read(self, name: str) -> dict[str, Any]:
        """The raw answer: the SDK's model would drop the properties that it does not know."""
        place = self.connection.place
        with translated(f"read deployment {name}", place.name):
            raw: Any = self.connection.control.deployments.get(
                place.resource_group,
                place.account_name,
                name,
                cls=lambda answer, _parsed, _headers: answer.http_response.json(),
            )
        return dict(raw)

    def find(self, name: str) -> dict[str, Any] | None:
        """The same; None if it is not there."""
        try:
            return self.read(name)
        except NotFound:
            return None

    def record(self, name: str) -> DeploymentRecord:
        """As the listing has it. Raises Refused where what should be there is not."""
        records = {one.name.lower(): one for one in list_deployments(self.connection)}
        record = records.get(name.lower())
        if record is None:
            raise Refused(
                f"deployment {name} was accepted, and is not there.",
                code="AcceptedNotApplied",
                hint="Run the same command again; look into the activity log if it stays so.",
            )
        return record

    def put(self, name: str, body: Body, headers: Mapping[str, str] | None = None) -> None:
        begin: Any = self.connection.control.deployments.begin_create_or_update
        self._within_quota(
            "write", name, lambda *at: begin(*at, name, wire(body), headers=dict(headers or {}))
        )

    def patch(self, name: str, body: Body) -> None:
        begin: Any = self.connection.control.deployments.begin_update
        self._within_quota("change", name, lambda *at: begin(*at, name, wire(body)))

    def delete(self, *names: str) -> None:
        """Delete all of them, also when the service refuses one; then raise why it did."""
        refusals: list[ServiceError] = []
        for name in names:
            try:
                self._delete(name)
            except ServiceError as error:
                refusals.append(error)
        if refusals:
            raise refusals[0]

    def see_through(self, verb: str, name: str) -> None:
        """Wait until the service is done with a write, by reading the deployment itself.

        Raises Refused if it failed, NotFound once a deleted deployment is gone, Conflict if it
        still goes on after FOLLOWED seconds.
        """

        def look() -> None:
            state = str(self.read(name)["properties"]["provisioningState"])
            if state.lower() in GIVEN_UP:
                raise Refused(f"could not {verb} deployment {name}: it ended as {state}.")
            if state.lower() in WORKING:
                raise Conflict(f"deployment {name} is still {state}.", code="StillGoingOn")

        def is_going_on(refused: ServiceError) -> bool:
            return isinstance(refused, Conflict) and refused.code == "StillGoingOn"

        self.patiently(look, is_going_on, FOLLOWED)

    def _delete(self, name: str) -> None:
        begin: Any = self.connection.control.deployments.begin_delete
        try:
            self._in_turn("delete", name, lambda *at: begin(*at, name))
        except NotFound:
            return

    def _within_quota(self, verb: str, name: str, begin: Callable[[str, str], Any]) -> None:
        self.patiently(
            lambda: self._in_turn(verb, name, begin),
            lambda refused: isinstance(refused, QuotaExceeded),
            self.quota_patience,
        )

    def patiently(
        self, attempt: Callable[[], None], will_pass: Callable[[ServiceError], bool], limit: float
    ) -> None:
        """Try again what will pass; after so many seconds of pauses raise what is in the way."""
        waited = 0.0
        while True:
            try:
                attempt()
            except ServiceError as refused:
                if not will_pass(refused) or waited >= limit:
                    raise
            else:
                return
            pause = self.connection.pace.look * (1 + self.session.jitter())
            self.session.sleep(pause)
            waited += pause

    def _in_turn(self, verb: str, name: str, begin: Callable[[str, str], Any]) -> None:
        """Write when no other write is in flight on the account; ARM answers 409 otherwise.

        Raises Conflict when that takes longer than PATIENCE seconds.
        """
        place, doing = self.connection.place, f"{verb} deployment {name}"

        def attempt() -> None:
            with translated(doing, place.name):
                write = begin(place.resource_group, place.account_name)
            try:
                with translated(doing, place.name):
                    write.result()
            except PermissionMissing:
                # UNVERIFIED: whether roles on the account suffice to read how an operation goes,
                # whose address is below the subscription.
                self.see_through(verb, name)

        def is_busy(refused: ServiceError) -> bool:
            return isinstance(refused, Conflict) and refused.code == "RequestConflict"

        self.patiently(attempt, is_busy, PATIENCE)


def wire(body: Mapping[str, Any]) -> BytesIO:
    """Raw bytes, because the SDK's models drop the properties that they do not know."""
    return BytesIO(json.dumps(body).encode())
