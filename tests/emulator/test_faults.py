"""Faults on demand: on the wire, and in the things that are made."""

import json
from http.client import HTTPException
from typing import Any

import pytest
from openai import (
    APIConnectionError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AzureOpenAI,
    InternalServerError,
    OpenAI,
    RateLimitError,
)

from tests.emulator.conftest import LEGACY, Wire, chats

TYPE = {"trainingType": "Standard"}
CREATE = {"method": "POST", "path": "/fine_tuning/jobs$"}


def jobs(wire: Wire) -> list[Any]:
    found: list[Any] = wire.v1("GET", "fine_tuning/jobs").json["data"]
    return found


def test_a_lost_answer_after_commit_makes_two_jobs(server: Any, upload: Any, wire: Wire) -> None:
    """An answer dropped after the commit: the default client sends again, and two jobs exist."""
    file = upload()
    wire.fault({"kind": "drop", "when": "after commit"}, match=CREATE)
    endpoint = f"{server.url}/acct"
    with AzureOpenAI(azure_endpoint=endpoint, api_version=LEGACY, api_key="k") as careless:
        careless.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, extra_body=TYPE)
    assert len(jobs(wire)) == 2
    sent = [line for line in wire.log() if line["method"] == "POST" and line["retry"]]
    assert [line["retry"] for line in sent[-2:]] == ["0", "1"]
    assert [line.get("fault") for line in sent[-2:]] == ["drop", None]


def test_a_drop_before_makes_nothing(upload: Any, wire: Wire, v1: OpenAI) -> None:
    """A connection dropped before the commit leaves nothing behind."""
    file = upload()
    wire.fault({"kind": "drop", "when": "before"}, match=CREATE)
    with pytest.raises(APIConnectionError):
        v1.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, extra_body=TYPE)
    assert jobs(wire) == []
    v1.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, extra_body=TYPE)


def test_a_cut_answer(upload: Any, wire: Wire, v1: OpenAI) -> None:
    """An answer cut in the middle: the client sees a broken connection, the job exists."""
    file = upload()
    wire.fault({"kind": "cut"}, match=CREATE)
    with pytest.raises(APIConnectionError):
        v1.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, extra_body=TYPE)
    assert len(jobs(wire)) == 1
    wire.fault({"kind": "cut"}, match={"path": "/models"})
    with pytest.raises((HTTPException, OSError)):
        wire.v1("GET", "models")


def test_a_malformed_body(wire: Wire, v1: OpenAI) -> None:
    """A malformed body is whole by HTTP and no JSON."""
    wire.fault({"kind": "malformed"})
    with pytest.raises((APIResponseValidationError, ValueError)):
        v1.files.list()
    wire.fault({"kind": "malformed"})
    with pytest.raises(json.JSONDecodeError):
        _ = wire.v1("GET", "files").json


def test_a_slow_answer(wire: Wire, v1: OpenAI) -> None:
    """A delay makes a client time out; a delay after the commit has written already."""
    wire.fault({"kind": "delay", "seconds": 0.5, "when": "after"}, match={"method": "POST"})
    with pytest.raises(APITimeoutError):
        v1.with_options(timeout=0.2).files.create(file=("a", chats()), purpose="fine-tune")
    assert len(list(v1.files.list())) == 1
    wire.fault({"kind": "delay", "seconds": 0.5}, match={"method": "GET"})
    with pytest.raises(APITimeoutError):
        v1.with_options(timeout=0.2).files.list()


def test_throttling(wire: Wire, v1: OpenAI) -> None:
    """A status fault carries the throttling headers that it was given."""
    wire.fault({"kind": "status", "status": 429, "retry_after": 7, "retry_after_ms": 250})
    with pytest.raises(RateLimitError) as refusal:
        v1.files.list()
    headers = refusal.value.response.headers
    assert (headers["retry-after"], headers["retry-after-ms"]) == ("7", "250")
    wire.fault({"kind": "status", "status": 403, "code": "AuthorizationFailed", "message": "No."})
    with pytest.raises(APIStatusError, match="No") as denied:
        v1.files.list()
    assert denied.value.code == "AuthorizationFailed"
    wire.fault({"kind": "status", "status": 500, "body": ""})
    with pytest.raises(InternalServerError):
        v1.files.list()


def test_times_and_after(wire: Wire) -> None:
    """A fault skips the first `after` requests and strikes `times` times; then it is spent."""
    wire.fault({"kind": "status", "status": 503}, times=2, after=1, match={"path": "/files"})
    seen = [wire.v1("GET", "files").status for _ in range(5)]
    assert seen == [200, 503, 503, 200, 200]
    (fault,) = wire.get("/emulator/faults").json["value"]
    assert fault["struck"] == 2
    assert wire.send("DELETE", "/emulator/faults").status == 204
    assert wire.get("/emulator/faults").json["value"] == []


def test_probability_comes_from_the_seed(wire: Wire) -> None:
    """A fault with a probability strikes some requests, the same ones for the same seed."""
    wire.fault({"kind": "status", "status": 503}, times=None, probability=0.5)
    seen = [wire.v1("GET", "files").status for _ in range(40)]
    assert 8 < seen.count(503) < 32


def test_matching(wire: Wire) -> None:
    """A fault strikes only the method, path and account that it names."""
    wire.register("other")
    match = {"method": "GET", "path": "files$", "account": "OTHER"}
    wire.fault({"kind": "status", "status": 503}, match=match, times=None)
    assert wire.v1("GET", "files").status == 200
    assert wire.get("/other/openai/v1/models").status == 200
    assert wire.get("/other/openai/v1/files").status == 503


@pytest.mark.parametrize(
    ("action", "code", "words"),
    [
        ({"kind": "job_failure", "code": "c", "message": "m", "param": "p"}, "c", "m"),
        (
            {"kind": "rai_data", "harms": ["violence"]},
            "contentFilter",
            (
                "The provided training data failed RAI checks for harm types: [violence]. "
                "Please fix the data and try again."
            ),
        ),
        (
            {"kind": "rai_model"},
            "internalFailure",
            (
                "This model is unable to be deployed. Model evaluation identified that this fine "
                "tuned model scores above acceptable thresholds for [Violence, Self Harm]. Please "
                "review your training data set and resubmit the job."
            ),
        ),
    ],
)
def test_jobs_that_fail(
    train: Any, wire: Wire, action: dict[str, Any], code: str, words: str
) -> None:
    """The next job that matches ends failed, with the service's words; the one after does not."""
    wire.fault(action)
    job = train()
    assert (job["status"], job["error"]["code"], job["error"]["message"]) == ("failed", code, words)
    assert "fine_tuned_model" not in job
    assert train()["status"] == "succeeded"


def test_files_that_fail(upload: Any, wire: Wire, v1: OpenAI) -> None:
    """The next upload that matches ends in error with the given words."""
    wire.fault({"kind": "file_error", "message": "Not today."})
    file = v1.files.retrieve(upload())
    assert (file.status, file.status_details) == ("error", "Not today.")


@pytest.mark.parametrize(
    "fault",
    [
        {},
        [],
        [1],
        {"action": {"kind": "magic"}},
        {"action": {"kind": "cut"}, "when": 1},
        {"action": {"kind": "cut"}, "match": {"path": "("}},
        {"action": {"kind": "cut"}, "match": {"colour": "red"}},
        {"action": {"kind": "cut"}, "times": "often"},
        {"action": {"kind": "status", "status": 99}},
        {"action": {"kind": "delay", "seconds": -1}},
        {"action": {"kind": "drop", "when": "during"}},
    ],
)
def test_faults_that_make_no_sense(wire: Wire, fault: Any) -> None:
    """A fault that cannot be understood is refused when it is added."""
    expected = 200 if fault == [] else 400
    assert wire.post("/emulator/faults", fault).status == expected
    assert wire.v1("GET", "files").status == 200
