"""One service for all tests here: the embedded emulator, or a real account with FTCTL_LIVE=1.

What a test makes carries the mark of its run in its name and is removed again, also when the test
fails. Nothing without that mark is ever touched. README.md has the variables, roles and costs.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml
from azure.core.exceptions import AzureError
from openai import OpenAIError

from reconciler.emulator import serve
from reconciler.kinds import KINDS
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.manifest.loading import load
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired
from reconciler.planning.kind import Absence, Context, Observation, Scene
from reconciler.planning.standing import Phase, Standing
from reconciler.providers import PROVIDERS
from reconciler.providers.azure.listings import list_deployments, list_files, list_jobs
from reconciler.providers.azure.local import register
from reconciler.providers.session import Connection, Place, Session

LIVE = os.environ.get("FTCTL_LIVE") == "1"
MAY_TRAIN = not LIVE or os.environ.get("FTCTL_LIVE_TRAIN") == "1"
EVENTS = "text/event-stream"
REHEARSAL = os.environ.get("FTCTL_LIVE_REHEARSAL")  # an emulator that stands in for Azure
MARK = f"t{secrets.token_hex(3)}"  # seven characters: it has to fit into a suffix of 18
BASE = os.environ.get("FTCTL_LIVE_BASE", "gpt-4.1-nano-2025-04-14")
RATE = 60  # the emulator's clock, in seconds a second
TRAINING = Address("dataset", f"{MARK}-train")
MODEL = Address("finetunedmodel", f"{MARK}-model")
DEPLOYMENT = Address("deployment", f"{MARK}-bot")
DESTROY = Action(DEPLOYMENT, Verb.DELETE, ReasonCode.DESTROY, "asked for", lane="here")
HERE, THERE = Address("account", "here"), Address("account", "there")

costs_training = pytest.mark.skipif(
    not MAY_TRAIN, reason="it submits training jobs, which FTCTL_LIVE_TRAIN=1 allows"
)
time_stands_still = pytest.mark.parametrize("clock", ["manual"])


def either(switch: str, *positions: object) -> pytest.MarkDecorator:
    """Run at each position of an emulator's switch; on a real account once, as it is there."""
    known = pytest.mark.skipif(LIVE, reason="a real account has one position, which was tried")
    return pytest.mark.parametrize(
        "switches",
        [
            pytest.param({switch: one}, id=f"{switch}={one}", marks=[known] if number else [])
            for number, one in enumerate(positions)
        ],
    )


@dataclass(frozen=True)
class Emulator:
    """What only an emulator has: a clock to move, faults, switches, and a log."""

    url: str

    def advance(self, seconds: float) -> None:
        self._send("clock", {"advance": f"{seconds:.3f}s"})

    def turn(self, **positions: object) -> None:
        self._send("switches", positions)

    def fault(self, method: str, path: str, times: int | None = 1, **action: object) -> None:
        """The next requests that match meet the action; `after` lets some of them pass first."""
        after = action.pop("after", 0)
        match = {"method": method, "path": path}
        self._send(
            "faults", {"match": match, "times": times, "after": after, "action": dict(action)}
        )

    def answers(self, method: str, path: str, body: object, times: int | None = None) -> None:
        """From now on a request is answered with these words."""
        self.fault(method, path, times, kind="status", status=200, body=body)

    def register(self, account: str, **more: object) -> None:
        """Say more of an account, or make another one."""
        self._send("accounts", {"name": account, **more})

    def clear(self) -> None:
        """No more faults."""
        request = Request(f"{self.url}/emulator/faults", method="DELETE")
        with urlopen(request, timeout=20):
            return

    def spoil(self, kind: str, **action: object) -> None:
        self._send("faults", {"action": {"kind": kind, **action}})

    def streams(self, path: str, chunks: Iterable[str]) -> None:
        """The next answer comes in these pieces of JSON."""
        body = "".join(f"data: {chunk}\n\n" for chunk in [*chunks, "[DONE]"])
        self.fault("POST", path, kind="status", status=200, body=body, content_type=EVENTS)

    def log(self) -> list[dict[str, Any]]:
        """Every request that has come in, oldest first."""
        with urlopen(f"{self.url}/emulator/requests", timeout=20) as answer:
            return list(json.load(answer)["value"])

    def count(self, method: str, path: str) -> int:
        """How many requests of a kind have come in."""
        return sum(one["method"] == method and path in one["path"] for one in self.log())

    def now(self) -> datetime:
        with urlopen(f"{self.url}/emulator/clock", timeout=20) as answer:
            return datetime.fromisoformat(json.load(answer)["now"])

    def post(self, path: str) -> None:
        """What no SDK has an operation for."""
        signed = {"Authorization": "Bearer t"}
        with urlopen(Request(f"{self.url}{path}", b"", signed, method="POST"), timeout=20):
            return

    def _send(self, what: str, body: object) -> None:
        request = Request(f"{self.url}/emulator/{what}", json.dumps(body).encode(), method="POST")
        with urlopen(request, timeout=20):
            return


@dataclass
class Service:
    """An account to act on, through the clients that `ftctl apply` uses."""

    folder: Path
    places: Mapping[str, Place]
    connect: Callable[[Place], Connection]
    pass_time: Callable[[float], None]
    patience: float  # seconds to wait for what takes a moment, in the service's time
    emulator: Emulator | None = None
    revision: int = 1
    told: list[str] = field(default_factory=list)
    _trained: dict[str, Standing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session = self.other_session()

    @property
    def here(self) -> Connection:
        return self.session["here"]

    def other_session(self) -> Session:
        """That of somebody who applies at the same time, or later from another machine."""
        return Session(self.places, self.connect, self.pass_time, ahead=self._ahead)

    def _ahead(self) -> timedelta:
        return self.emulator.now() - datetime.now(UTC) if self.emulator else timedelta()

    def now(self) -> datetime:
        """In the service's time."""
        return datetime.now(UTC) + self._ahead()

    def desired(
        self,
        deployment: Mapping[str, Any] | None = None,
        *,
        data: str = "a",
        examples: int = 10,
        copies: int = 1,
        **model: Any,
    ) -> Desired:
        """What a manifest wants: accounts, a dataset, a model, and a deployment if one is given.

        `data` names the content, which carries the mark of this run, so that no one else has it.
        Models that are there to be deployed are shared by tests on a real account; others are not.
        """
        trained = {"account": "here", "baseModel": BASE, "training": TRAINING.name}
        trained |= {"suffix": MARK, "trainingType": "GlobalStandard"}
        if deployment is None:
            trained["revision"] = self.revision
        trained |= model
        self._write_data(data, examples)
        documents = [_document("Account", name, _spec(place)) for name, place in self._known()]
        for number in range(copies):
            name = TRAINING.name + (f"-{number}" if number else "")
            documents.append(_document("Dataset", name, {"source": {"file": f"{data}.jsonl"}}))
        documents.append(_document("FineTunedModel", MODEL.name, trained))
        if deployment is not None:
            spec = {"account": "here", "model": {"fineTunedModel": MODEL.name}}
            spec["sku"] = {"name": "DeveloperTier", "capacity": 1}
            documents.append(_document("Deployment", DEPLOYMENT.name, spec | dict(deployment)))
        manifest = self.folder / "manifest.yaml"
        manifest.write_text(yaml.safe_dump_all(documents))
        loaded = load([manifest], os.environ)
        assert not loaded.mistakes, loaded.mistakes
        return loaded.desired

    def _known(self) -> list[tuple[str, Place]]:
        return list(self.places.items())

    def _write_data(self, data: str, examples: int) -> None:
        lines = [
            {
                "messages": [
                    {"role": "user", "content": f"{MARK} {data}: what is {number} and {number}?"},
                    {"role": "assistant", "content": f"It is {2 * number}."},
                ]
            }
            for number in range(examples)
        ]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (self.folder / f"{data}.jsonl").write_text(text)

    def look(self, desired: Desired, kind: str, session: Session | None = None) -> Observation:
        """A fresh look at the resources of one kind."""
        session = session or self.session
        session.forget(self.now())
        return KINDS[kind].observe(desired.of_kind(KINDS[kind]), session, desired.policy)

    def seen(self, desired: Desired, at: Address) -> Any:
        """Its state, or what is known of why it is not there."""
        return self.look(desired, at.kind).states.get(at)

    def state(self, desired: Desired, at: Address) -> Any:
        found = self.seen(desired, at)
        return None if isinstance(found, Absence) else found

    def standing(self, desired: Desired, at: Address) -> Standing:
        return KINDS[at.kind].describe(desired.wanted[at], self.seen(desired, at), {})

    def proposed(
        self, desired: Desired, at: Address, needs: Mapping[Address, Standing] | None = None
    ) -> Action:
        """What a plan would do about it now."""
        context = Context(self.now(), desired.policy, needs or {})
        state = self.seen(desired, at)
        return KINDS[at.kind].decide(desired.wanted[at], state, context).action

    def perform(
        self,
        desired: Desired,
        action: Action,
        needs: Mapping[Address, Standing] | None = None,
        session: Session | None = None,
        **seen: Any,
    ) -> None:
        """Carry an action out. `seen` may hand over an older `state` than that of now."""
        at = action.address
        state = seen["state"] if "state" in seen else self.seen(desired, at)
        scene = Scene(
            session or self.session,
            needs or {},
            desired.policy,
            self.told.append,
            now=self.now,
        )
        KINDS[at.kind].perform(action, desired.wanted.get(at), state, scene)

    def carry_out(
        self, desired: Desired, at: Address, needs: Mapping[Address, Standing] | None = None
    ) -> Action:
        """Do what a plan would do, and say what that was."""
        action = self.proposed(desired, at)
        if action.is_active:
            self.perform(desired, action, needs)
        return action

    def until(self, is_so: Callable[[], Any]) -> Any:
        """Wait for what the service does by itself."""
        step = 15.0 if LIVE and not REHEARSAL else 0.5
        for _look in range(int(self.patience / step)):
            if found := is_so():
                return found
            self.pass_time(step)
        raise AssertionError("it did not come about in time")

    def upload(self, desired: Desired) -> Mapping[Address, Standing]:
        """Upload the training data, and what a job needs to know of it."""
        self.carry_out(desired, TRAINING)
        return {TRAINING: self.until(lambda: self._ready(desired, TRAINING))}

    def submit(self, desired: Desired) -> Any:
        """Submit the training; the state of the model after that."""
        needs = self.upload(desired)
        self.carry_out(desired, MODEL, needs)
        return self.until(lambda: self.state(desired, MODEL))

    def train(self, desired: Desired) -> Mapping[Address, Standing]:
        """A trained model, as a deployment needs it; on a real account each is trained once."""
        goal: FineTunedModelGoal = desired.wanted[MODEL].goal
        known = TRAINED if LIVE else self._trained
        if goal.fingerprint not in known:
            self.submit(desired)
            known[goal.fingerprint] = self.until(lambda: self._ready(desired, MODEL))
        return {MODEL: known[goal.fingerprint]}

    def _ready(self, desired: Desired, at: Address) -> Standing | None:
        standing = self.standing(desired, at)
        assert standing.phase is not Phase.FAILED, standing
        return standing if standing.is_ready else None

    def deploy(self, desired: Desired) -> Mapping[Address, Standing]:
        """A deployment of a trained model; what it needs, for the next action."""
        needs = self.train(desired)
        self.carry_out(desired, DEPLOYMENT, needs)
        return needs

    def raw(self, name: str = DEPLOYMENT.name) -> dict[str, Any]:
        """A deployment as ARM tells it."""
        place = self.here.place
        found: Any = self.here.control.deployments.get(
            place.resource_group,
            place.account_name,
            name,
            cls=lambda answer, _parsed, _headers: answer.http_response.json(),
        )
        return dict(found)

    def put(self, name: str, body: Mapping[str, Any]) -> None:
        """Write a deployment past ftctl, as another tool would."""
        place = self.here.place
        self.here.control.deployments.begin_create_or_update(
            place.resource_group, place.account_name, name, BytesIO(json.dumps(body).encode())
        ).result()

    def remove_all(self, keep: Collection[str] = ()) -> None:
        """Remove what carries the mark of this run, but the jobs to keep, as the order demands."""
        connections = [self.session[name] for name in self.places]
        failures: list[Exception] = []
        for connection in connections:
            failures += _removed(_deployments_of_this_run(connection))
        for connection in connections:
            failures += _removed(_jobs_of_this_run(connection, keep))
            failures += _removed(_files_of_this_run(connection))
        if failures:
            raise ExceptionGroup(f"something named {MARK} is still there", failures)


TRAINED: dict[str, Standing] = {}  # models that this run has trained on a real account


def _document(kind: str, name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "ftctl/v1", "kind": kind, "metadata": {"name": name}, "spec": dict(spec)}


def _spec(place: Place) -> dict[str, Any]:
    return {
        "subscriptionId": place.subscription_id,
        "resourceGroup": place.resource_group,
        "accountName": place.account_name,
        "region": place.region,
        "endpoint": place.endpoint,
    }


def _removed(removals: Iterable[Callable[[], object]]) -> Iterator[Exception]:
    """Remove one after the other; one that fails does not keep the others."""
    for remove in list(removals):
        try:
            remove()
        except (OpenAIError, AzureError) as error:
            yield error


def _deployments_of_this_run(connection: Connection) -> Iterator[Callable[[], object]]:
    place = connection.place
    for one in list_deployments(connection):
        if one.name.lower().startswith(MARK):
            begin = partial(connection.control.deployments.begin_delete, place.resource_group)
            yield lambda name=one.name, begin=begin: begin(place.account_name, name).result()


def _jobs_of_this_run(
    connection: Connection, keep: Collection[str]
) -> Iterator[Callable[[], object]]:
    for job in list_jobs(connection):
        if job.suffix.startswith(MARK) and job.id not in keep:
            if job.is_active:
                yield partial(connection.data.fine_tuning.jobs.cancel, job.id)
            for results in connection.data.fine_tuning.jobs.retrieve(job.id).result_files or ():
                yield partial(connection.data.files.delete, results)
            path = f"/fine_tuning/jobs/{job.id}"
            yield partial(connection.legacy.delete, path, cast_to=type(None))


def _files_of_this_run(connection: Connection) -> Iterator[Callable[[], object]]:
    for file in list_files(connection):
        if file.name.startswith(MARK):
            yield partial(connection.data.files.delete, file.id)


@pytest.fixture
def clock() -> str:
    """How the emulator's time goes; `time_stands_still` lets only `pass_time` move it."""
    return f"x{RATE}"


@pytest.fixture
def pace() -> str:
    """How long the emulator takes for things, in its time."""
    return "brisk"


@pytest.fixture
def switches() -> dict[str, object]:
    """Positions of the emulator's switches; see `either`."""
    return {}


@pytest.fixture
def service(
    tmp_path: Path, clock: str, pace: str, switches: dict[str, object]
) -> Iterator[Service]:
    """The service under test, with nothing of this run on it."""
    if LIVE:
        yield from _live(tmp_path)
        return
    with serve(tmp_path / "emulator", clock=clock, pace=pace) as server:
        places = {name: _local_place(name) for name in ("here", "there")}
        register(server.url, list(places.values()))
        emulator = Emulator(server.url)
        emulator.turn(poll_after_seconds=0.02, **switches)

        def pass_time(seconds: float) -> None:
            if clock == "manual":
                emulator.advance(seconds)
            else:
                time.sleep(seconds / RATE)

        yield Service(
            tmp_path,
            places,
            lambda place: PROVIDERS[place.provider](place, server.url),
            pass_time,
            patience=300.0,
            emulator=emulator,
        )


def _live(folder: Path) -> Iterator[Service]:
    service = _live_service(folder)
    try:
        yield service
    finally:
        service.remove_all(keep={one.ids["job"] for one in TRAINED.values()})


def _live_service(folder: Path) -> Service:
    needed = ("AZURE_SUBSCRIPTION_ID", "FTCTL_LIVE_RESOURCE_GROUP", "FTCTL_LIVE_ACCOUNT")
    if missing := [name for name in (*needed, "FTCTL_LIVE_REGION") if not os.environ.get(name)]:
        pytest.exit(f"FTCTL_LIVE=1 also needs {', '.join(missing)}; see README.md", returncode=4)
    places = {"here": _live_place("here", os.environ["FTCTL_LIVE_ACCOUNT"])}
    if other := os.environ.get("FTCTL_LIVE_OTHER_ACCOUNT"):
        region = os.environ.get("FTCTL_LIVE_OTHER_REGION", os.environ["FTCTL_LIVE_REGION"])
        places["there"] = replace(_live_place("there", other), region=region)
    return Service(
        folder,
        places,
        lambda place: PROVIDERS[place.provider](place, REHEARSAL),
        time.sleep,
        patience=4 * 3600.0,
        revision=2 + secrets.randbelow(1_000_000),
    )


@pytest.fixture(scope="session", autouse=True)
def _removal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whatever happened in between, nothing of this run stays on a real account."""
    yield
    if LIVE:
        _live_service(tmp_path_factory.mktemp("removal")).remove_all()


@pytest.fixture
def emulator(service: Service) -> Emulator:
    """For what only an emulator can do; skips the test on a real account."""
    if service.emulator is None:
        pytest.skip("only an emulator can be told to do this")
    return service.emulator


@pytest.fixture
def two_accounts(service: Service) -> Service:
    """A service with an account called `there` beside the one called `here`."""
    if "there" not in service.places:
        pytest.skip("it takes a second account: set FTCTL_LIVE_OTHER_ACCOUNT")
    return service


def _local_place(name: str) -> Place:
    return Place(
        name=name,
        provider="azure",
        subscription_id="11111111-1111-1111-1111-111111111111",
        resource_group="rg-conformance",
        account_name=f"conformance-{name}",
        region="swedencentral",
        endpoint=f"https://conformance-{name}.openai.azure.com",
    )


def _live_place(name: str, account: str) -> Place:
    return Place(
        name=name,
        provider="azure",
        subscription_id=os.environ["AZURE_SUBSCRIPTION_ID"],
        resource_group=os.environ["FTCTL_LIVE_RESOURCE_GROUP"],
        account_name=account,
        region=os.environ["FTCTL_LIVE_REGION"],
        endpoint=os.environ.get("FTCTL_LIVE_ENDPOINT", f"https://{account}.openai.azure.com"),
    )
