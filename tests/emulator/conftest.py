"""Clients of the emulator: the real SDKs and plain HTTP, against a world of one's own."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from azure.core.pipeline.policies import SansIOHTTPPolicy
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from openai import AzureOpenAI, OpenAI

from reconciler.emulator import Server, serve

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
LEGACY = "2025-04-01-preview"
ARM = "2026-03-01"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        return str(self.json["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.json["error"]["message"])


@dataclass
class Wire:
    """urllib against one emulator; signed in unless told otherwise."""

    url: str
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": "Bearer t"})

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        found = self.headers if headers is None else headers
        kind = {} if data is None else {"Content-Type": "application/json"}
        request = Request(self.url + path, data=data, method=method, headers=kind | found)
        try:
            with urlopen(request, timeout=20) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read())

    def get(self, path: str) -> Answer:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.send("POST", path, {} if body is None else body)

    def legacy(self, method: str, path: str, body: Any = None, **query: str) -> Answer:
        options = urlencode({"api-version": LEGACY, **query})
        return self.send(method, f"/acct/openai/{path}?{options}", body)

    def v1(self, method: str, path: str, body: Any = None) -> Answer:
        return self.send(method, f"/acct/openai/v1/{path}", body)

    def arm(
        self, method: str, path: str, body: Any = None, account: str = "acct", version: str = ARM
    ) -> Answer:
        resource = (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
            f"/providers/Microsoft.CognitiveServices/accounts/{account}"
        )
        return self.send(method, f"{resource}{path}?api-version={version}", body)

    def put(self, name: str, model: str, /, account: str = "acct", **more: Any) -> Answer:
        return self.arm("PUT", f"/deployments/{name}", deployment(model, **more), account)

    def advance(self, by: str) -> None:
        assert self.post("/emulator/clock", {"advance": by}).status == 200

    def fault(self, action: dict[str, Any], **more: Any) -> None:
        assert self.post("/emulator/faults", {"action": action, **more}).status == 200

    def turn(self, **positions: Any) -> None:
        assert self.post("/emulator/switches", positions).status == 200

    def register(self, name: str = "acct", **more: Any) -> None:
        document = {"name": name, "subscriptionId": SUBSCRIPTION, "resourceGroup": "rg"}
        answer = self.post("/emulator/accounts", document | {"region": "swedencentral"} | more)
        assert answer.status == 200

    def log(self, after: int = 0) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/emulator/requests?after={after}").json["value"]
        return found


def deployment(model: str, /, **more: Any) -> dict[str, Any]:
    sku = {"name": more.pop("sku", "Standard"), "capacity": more.pop("capacity", 10)}
    named = {"format": "OpenAI", "name": model, "version": "1"} | more.pop("model", {})
    return {"sku": sku, "properties": {"model": named} | more.pop("properties", {}), **more}


def chats(examples: int = 20) -> bytes:
    lines = [
        {
            "messages": [
                {"role": "user", "content": f"Question {number}"},
                {"role": "assistant", "content": f"Answer {number}"},
            ]
        }
        for number in range(examples)
    ]
    return "\n".join(json.dumps(line) for line in lines).encode()


class SignedIn(SansIOHTTPPolicy[Any, Any]):
    """A bearer token over plain HTTP, which azure-core's own policy refuses."""

    def on_request(self, request: Any) -> None:
        request.http_request.headers["Authorization"] = "Bearer t"


class NoCredential:
    def get_token(self, *scopes: str, **_: Any) -> Any:
        raise AssertionError(scopes)


def arm_client(url: str) -> CognitiveServicesManagementClient:
    return CognitiveServicesManagementClient(
        NoCredential(), SUBSCRIPTION, base_url=url, authentication_policy=SignedIn()
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A world whose time stands still until a test moves it."""
    with serve(tmp_path / "world", clock="manual", seed=7) as server:
        Wire(server.url).register()
        yield server


@pytest.fixture
def wire(server: Server) -> Wire:
    return Wire(server.url)


@pytest.fixture
def legacy(server: Server) -> Iterator[AzureOpenAI]:
    endpoint = f"{server.url}/acct"
    with AzureOpenAI(
        azure_endpoint=endpoint, api_version=LEGACY, api_key="k", max_retries=0
    ) as client:
        yield client


@pytest.fixture
def v1(server: Server) -> Iterator[OpenAI]:
    base = f"{server.url}/acct/openai/v1/"
    with OpenAI(base_url=base, api_key="k", max_retries=0) as client:
        yield client


@pytest.fixture
def arm(server: Server) -> Iterator[CognitiveServicesManagementClient]:
    with arm_client(server.url) as client:
        yield client


@pytest.fixture
def upload(wire: Wire, legacy: AzureOpenAI) -> Any:
    """Uploads a file and lets its check pass."""

    def send(content: bytes | None = None, name: str = "train.jsonl") -> str:
        file = (name, io.BytesIO(chats() if content is None else content))
        found = legacy.files.create(file=file, purpose="fine-tune")
        wire.advance("1s")
        return found.id

    return send


@pytest.fixture
def train(wire: Wire, upload: Any) -> Any:
    """Trains a model to its end and returns the finished job."""

    def run(**more: Any) -> dict[str, Any]:
        asked = {"model": "gpt-4.1-mini", "training_file": more.pop("file", None) or upload()}
        asked["trainingType"] = "Standard"
        job = wire.legacy("POST", "fine_tuning/jobs", asked | more)
        assert job.status == 201, job.raw
        wire.advance("1m")
        found: dict[str, Any] = wire.legacy("GET", f"fine_tuning/jobs/{job.json['id']}").json
        return found

    return run
