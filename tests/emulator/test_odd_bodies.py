"""Whatever is sent, the answer is a refusal or a success: never a bug of the emulator's own."""

from typing import Any

import pytest

from tests.emulator.conftest import Wire, deployment

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    10**400,
    float("inf"),
    float("nan"),
    "",
    "x",
    "\ud800",
    "x" * 100_000,
    [],
    [[]],
    [{}],
    {},
    {"a": []},
    {"type": []},
    {"type": "supervised", "supervised": 3},
    {"type": "supervised", "supervised": {"hyperparameters": [1]}},
    {"hyperparameters": {"n_epochs": []}},
    {"n_epochs": {}, "batch_size": float("inf")},
    {"name": [], "capacity": {}},
    {"model": {"name": [], "format": {}, "version": [], "source": 3}},
]


def _with(body: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    return {**body, path[0]: _with(body.get(path[0], {}), path[1:], value)}


ROUTES: dict[str, tuple[str, str, Any, list[str]]] = {
    "job": (
        "v1",
        "fine_tuning/jobs",
        {"model": "gpt-4.1", "training_file": "FILE"},
        [
            "",
            "model",
            "training_file",
            "validation_file",
            "suffix",
            "seed",
            "method",
            "hyperparameters",
            "metadata",
            "integrations",
            "trainingType",
        ],
    ),
    "chat": (
        "v1",
        "chat/completions",
        {"model": "bot", "messages": [1]},
        ["", "model", "messages", "stream"],
    ),
    "response": ("v1", "responses", {"model": "bot", "input": "x"}, ["", "model", "input"]),
    "upload": (
        "legacy",
        "uploads",
        {"bytes": 1, "filename": "a", "mime_type": "x", "purpose": "fine-tune"},
        ["", "bytes", "filename", "purpose"],
    ),
    "import": (
        "legacy",
        "files/import",
        {"purpose": "batch", "filename": "a", "content_url": "http://127.0.0.1:1/"},
        ["", "purpose", "filename", "content_url"],
    ),
    "grader": ("v1", "fine_tuning/alpha/graders/run", {"grader": {}}, ["", "grader"]),
    "deployment": (
        "arm",
        "/deployments/odd",
        deployment("gpt-4.1", model={"version": "2025-04-14"}),
        [
            "",
            "sku",
            "sku.name",
            "sku.capacity",
            "tags",
            "properties",
            "properties.model",
            "properties.model.name",
            "properties.model.format",
            "properties.model.version",
            "properties.model.source",
            "properties.raiPolicyName",
        ],
    ),
}


@pytest.mark.parametrize("route", ROUTES)
def test_no_body_breaks_it(route: str, wire: Wire, train: Any, upload: Any) -> None:
    """Every field of every body takes anything: the answer is JSON and never a 500 of our own."""
    surface, path, body, fields = ROUTES[route]
    wire.put("bot", train()["fine_tuned_model"])
    wire.advance("1m")
    if route == "job":
        body = {**body, "training_file": upload()}
    method = "PUT" if surface == "arm" else "POST"
    for field in fields:
        for value in ODD:
            sent = _with(body, tuple(field.split(".")) if field else (), value)
            answer = getattr(wire, surface)(method, path, sent)
            is_wrong_format = field.startswith("properties.model") and answer.raw == b""
            assert answer.status != 500 or is_wrong_format, (field, value, answer.raw)
            is_stream = answer.raw.startswith(b"data: ")
            assert is_wrong_format or is_stream or isinstance(answer.json, dict)
            wire.advance("1s")
    assert wire.arm("GET", "/deployments").status == 200
    assert wire.v1("GET", "fine_tuning/jobs").status == 200


@pytest.mark.parametrize("path", ["clock", "accounts", "faults", "switches"])
def test_no_order_breaks_it(path: str, wire: Wire) -> None:
    """The emulator's own addresses refuse what they do not understand."""
    for value in ODD:
        for name in ("", "advance", "set", "name", "quota", "action", "match", "metadata"):
            answer = wire.post(f"/emulator/{path}", _with({}, (name,) if name else (), value))
            assert answer.status in {200, 400}, (name, value, answer.raw)
    assert wire.v1("GET", "files").status == 200


def test_no_line_breaks_it(upload: Any, wire: Wire) -> None:
    """Every line of a file is looked into without falling over it."""
    lines = [
        b"3",
        b'{"messages": 3}',
        b'{"messages": [3]}',
        b'{"messages": [{"role": []}]}',
        b'{"messages": [{"role": {}, "content": 1}]}',
        b'{"input": 1, "preferred_output": 2}',
        b"[" * 100_000,
        b"\x00",
        b"1" * 10_000,
    ]
    for line in lines:
        assert wire.v1("GET", f"files/{upload(line)}").json["status"] in {"error", "processed"}
