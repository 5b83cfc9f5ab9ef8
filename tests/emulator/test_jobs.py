"""Fine-tuning jobs: what is accepted, refused, and how a job goes."""

import csv
import io
from typing import Any

import pytest
from openai import AzureOpenAI, BadRequestError, NotFoundError, OpenAI, RateLimitError

from tests.emulator.conftest import Wire, chats

TYPE = {"trainingType": "Standard"}


def test_a_job_goes_its_way(wire: Wire, legacy: AzureOpenAI, upload: Any) -> None:
    """A job is pending, then running, then succeeded; only time moves it, never reading."""
    job = legacy.fine_tuning.jobs.create(
        model="gpt-4.1-mini", training_file=upload(), suffix="bot-1", seed=5, extra_body=TYPE
    )
    seen = []
    for _ in range(6):
        seen += [str(legacy.fine_tuning.jobs.retrieve(job.id).status) for _ in range(2)]
        wire.advance("1s")
    assert list(dict.fromkeys(seen)) == ["pending", "running", "succeeded"]
    done = legacy.fine_tuning.jobs.retrieve(job.id)
    assert done.fine_tuned_model == f"gpt-4.1-mini-2025-04-14.ft-{job.id[6:]}-bot-1"
    assert done.model == "gpt-4.1-mini-2025-04-14"
    assert done.finished_at == done.created_at + 3
    assert done.trained_tokens


def test_auto_is_minus_one_until_resolved(wire: Wire, legacy: AzureOpenAI, upload: Any) -> None:
    """-1 stands for auto until the training starts; what was asked stays."""
    jobs = legacy.fine_tuning.jobs
    method: Any = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}}
    job = jobs.create(model="gpt-4.1-mini", training_file=upload(), method=method, extra_body=TYPE)
    assert job.hyperparameters.to_dict() == {
        "n_epochs": 2,
        "batch_size": -1,
        "learning_rate_multiplier": -1,
    }
    wire.advance("1m")
    found = jobs.retrieve(job.id)
    assert found.hyperparameters.to_dict() == {
        "n_epochs": 2,
        "batch_size": 1,
        "learning_rate_multiplier": 2.0,
    }
    assert found.method is not None
    assert found.method.supervised is not None


def test_unset_is_omitted_or_null(wire: Wire, upload: Any) -> None:
    """Unset fields are left out; a switch returns them as null, as older versions did."""
    job = wire.legacy("POST", "fine_tuning/jobs", {"model": "gpt-4.1", "training_file": upload()})
    late = {"error", "fine_tuned_model", "finished_at", "result_files", "metadata"}
    assert not late & set(job.json)
    wire.turn(unset_fields="null")
    found = wire.legacy("GET", f"fine_tuning/jobs/{job.json['id']}").json
    assert [found[name] for name in sorted(late)] == [None] * 5


def test_each_surface_has_its_status_code(wire: Wire, upload: Any) -> None:
    """Creation answers 201 with a Location on legacy paths and 200 on v1; both see all jobs."""
    body = {"model": "gpt-4.1", "training_file": upload(), **TYPE}
    old, new = (
        wire.legacy("POST", "fine_tuning/jobs", body),
        wire.v1("POST", "fine_tuning/jobs", body),
    )
    assert (old.status, new.status) == (201, 200)
    assert old.headers["Location"].endswith(old.json["id"])
    listed = [job["id"] for job in wire.v1("GET", "fine_tuning/jobs").json["data"]]
    assert listed == [new.json["id"], old.json["id"]]
    assert wire.legacy("DELETE", f"fine_tuning/jobs/{old.json['id']}").status == 409
    assert wire.v1("DELETE", f"fine_tuning/jobs/{old.json['id']}").status == 404


@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        ("Standard", "standard"),
        ("GLOBALSTANDARD", "globalStandard"),
        ("Developer", "developerTier"),
    ],
)
def test_training_type_in_any_case(wire: Wire, upload: Any, sent: str, echoed: str) -> None:
    """The training type is understood in any case and echoed in the service's spelling."""
    body = {"model": "gpt-4.1", "training_file": upload(), "trainingType": sent}
    assert wire.legacy("POST", "fine_tuning/jobs", body).json["trainingType"] == echoed


REFUSALS = {
    "an unknown model": ({"model": "gpt-9"}, "does not support fine-tuning"),
    "a model that is not tunable": ({"model": "gpt-4o-transcribe"}, "does not support fine-tuning"),
    "no model": ({"model": None}, "'model' is required"),
    "no training file": ({"training_file": None}, "'training_file' is required"),
    "an unknown training file": ({"training_file": "file-0"}, "'file-0' does not exist"),
    "an unknown validation file": ({"validation_file": "file-0"}, "'file-0' does not exist"),
    "half a surrogate": ({"training_file": "file-\ud800"}, "does not exist"),
    "an unknown method": ({"method": {"type": "magic"}}, "'magic' is not supported"),
    "a method that is no object": ({"method": 3}, "method must be an object"),
    "a method the model lacks": (
        {"method": {"type": "reinforcement"}},
        "does not support the method 'reinforcement'",
    ),
    "a dot in the suffix": ({"suffix": "a.b"}, "suffix must have 1 to 40"),
    "a long suffix": ({"suffix": "a" * 41}, "suffix must have 1 to 40"),
    "a negative seed": ({"seed": -1}, "seed must be"),
    "a seed of 32 bits": ({"seed": 2**31}, "seed must be"),
    "no epochs": ({"hyperparameters": {"n_epochs": 0}}, "n_epochs must be"),
    "half an epoch": ({"hyperparameters": {"n_epochs": 1.5}}, "n_epochs must be"),
    "a rate in words": (
        {"hyperparameters": {"learning_rate_multiplier": "high"}},
        "must be 'auto'",
    ),
    "much metadata": ({"metadata": {str(n): "" for n in range(17)}}, "17 pairs"),
    "long metadata": ({"metadata": {"k": "v" * 513}}, "longer than"),
    "metadata of numbers": ({"metadata": {"k": 1}}, "strings to strings"),
    "an unknown training type": ({"trainingType": "Free"}, "'Free' is not supported"),
    "a training type the model lacks": (
        {"model": "gpt-oss-20b"},
        "does not support fine-tuning with Standard TrainingType",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusals(wire: Wire, upload: Any, case: str) -> None:
    """What the service refuses is refused with 400 in each surface's envelope; nothing is made."""
    change, words = REFUSALS[case]
    body = {"model": "gpt-4.1", "training_file": upload(), **TYPE} | change
    body = {name: value for name, value in body.items() if value is not None}
    answer = wire.legacy("POST", "fine_tuning/jobs", body)
    assert answer.status == 400
    assert words in answer.message
    if case != "a long suffix":
        error = wire.v1("POST", "fine_tuning/jobs", body).json["error"]
        assert error["type"] == "invalid_request_error"
        assert "param" in error
    assert wire.legacy("GET", "fine_tuning/jobs").json["data"] == []


def test_unprocessed_files(wire: Wire, legacy: AzureOpenAI) -> None:
    """A file that is still being checked is refused; a switch lets the job wait for it."""
    file = legacy.files.create(file=("a", chats()), purpose="fine-tune")
    with pytest.raises(BadRequestError, match="its status is 'pending'"):
        legacy.fine_tuning.jobs.create(model="gpt-4.1", training_file=file.id, extra_body=TYPE)
    wire.turn(unprocessed_file="wait")
    legacy.fine_tuning.jobs.create(model="gpt-4.1", training_file=file.id, extra_body=TYPE)


def test_a_missing_training_type(wire: Wire, upload: Any) -> None:
    """Without trainingType a job is taken; a switch refuses it in the misleading words."""
    body = {"model": "gpt-4.1", "training_file": upload()}
    assert wire.v1("POST", "fine_tuning/jobs", body).status == 200
    wire.turn(missing_training_type="refuse")
    answer = wire.v1("POST", "fine_tuning/jobs", body)
    assert (answer.status, "does not support fine-tuning" in answer.message) == (400, True)


def test_unreadable_bodies(wire: Wire) -> None:
    """A body that is no JSON object is refused, not mistaken."""
    for body in (b"", b"{", b"[]", b"\xff", b"[" * 100_000):
        answer = wire.legacy("POST", "fine_tuning/jobs", body)
        assert (answer.status, answer.code) == (400, "invalidPayload")


def test_few_examples(train: Any, upload: Any) -> None:
    """A job with fewer than ten examples fails in preprocessing, and says how many there are."""
    job = train(file=upload(chats(9)))
    assert job["status"] == "failed"
    assert "9 example(s)" in job["error"]["message"]
    assert job["error"]["param"] == "training_file"
    assert "stage" not in job["error"]
    assert "result_files" not in job


def test_data_of_another_method(train: Any) -> None:
    """Chat data does not fit a preference job."""
    job = train(method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1}}})
    assert job["status"] == "failed"
    assert "does not fit dpo" in job["error"]["message"]


def test_three_run_and_five_for_developers(wire: Wire, upload: Any) -> None:
    """Three standard and global jobs run at once, five of the developer tier; the rest queue."""
    file = upload()

    def start(kind: str) -> None:
        body = {"model": "gpt-4.1", "training_file": file, "trainingType": kind}
        assert wire.legacy("POST", "fine_tuning/jobs", body).status == 201

    for kind in ["Standard", "GlobalStandard"] * 2 + ["DeveloperTier"] * 6:
        start(kind)
    wire.advance("1s")
    jobs = wire.legacy("GET", "fine_tuning/jobs").json["data"]
    running = [job["trainingType"] for job in jobs if job["status"] == "running"]
    assert running.count("developerTier") == 5
    assert len(running) == 8
    assert sum(job["status"] == "queued" for job in jobs) == 2


def test_a_queued_job_starts_when_a_slot_is_free(wire: Wire, upload: Any) -> None:
    """The fourth job starts in the second in which one of the first three ends."""
    body = {"model": "gpt-4.1", "training_file": upload(), **TYPE}
    ids = [wire.v1("POST", "fine_tuning/jobs", body).json["id"] for _ in range(4)]

    def status(number: int) -> str:
        return str(wire.v1("GET", f"fine_tuning/jobs/{ids[number]}").json["status"])

    wire.advance("2s")
    assert (status(0), status(3)) == ("running", "queued")
    wire.v1("POST", f"fine_tuning/jobs/{ids[1]}/cancel")
    assert (status(1), status(3)) == ("cancelled", "running")


def test_twenty_may_queue(wire: Wire, legacy: AzureOpenAI, upload: Any) -> None:
    """The twenty-first waiting job is refused with quotaExceeded."""
    file = upload()
    for _ in range(20):
        legacy.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, extra_body=TYPE)
    with pytest.raises(RateLimitError) as refusal:
        legacy.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, extra_body=TYPE)
    assert refusal.value.code == "quotaExceeded"


def test_a_hundred_jobs_are_kept(wire: Wire, legacy: AzureOpenAI, upload: Any) -> None:
    """The hundred-and-first job is refused until an old one is deleted."""
    file = upload()
    for _ in range(100):
        job = legacy.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, extra_body=TYPE)
        legacy.fine_tuning.jobs.cancel(job.id)
    with pytest.raises(RateLimitError, match="keeps 100"):
        legacy.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, extra_body=TYPE)
    assert len(list(legacy.fine_tuning.jobs.list(limit=30))) == 100
    legacy.delete(f"/fine_tuning/jobs/{job.id}", cast_to=type(None))
    legacy.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, extra_body=TYPE)


def test_cancel(wire: Wire, train: Any, upload: Any) -> None:
    """A job can be cancelled until it has ended; then the state forbids it."""
    body = {"model": "gpt-4.1", "training_file": upload(), **TYPE}
    job = wire.v1("POST", "fine_tuning/jobs", body).json["id"]
    assert wire.v1("POST", f"fine_tuning/jobs/{job}/cancel").json["status"] == "cancelled"
    wire.advance("1h")
    assert wire.v1("GET", f"fine_tuning/jobs/{job}").json["status"] == "cancelled"
    again = wire.v1("POST", f"fine_tuning/jobs/{job}/cancel")
    assert (again.status, again.code) == (409, "unexpectedEntityState")


def test_pause_and_resume(wire: Wire, v1: OpenAI, upload: Any) -> None:
    """A running job pauses, shows a checkpoint, queues again when resumed, and still finishes."""
    jobs = v1.fine_tuning.jobs
    job = jobs.create(model="gpt-4.1", training_file=upload(), extra_body=TYPE)
    assert wire.v1("POST", f"fine_tuning/jobs/{job.id}/pause").status == 409
    wire.advance("2s")
    assert str(jobs.pause(job.id).status) == "pausing"
    wire.advance("1s")
    assert str(jobs.retrieve(job.id).status) == "paused"
    assert len(list(jobs.checkpoints.list(job.id))) == 1
    wire.advance("1h")
    assert jobs.resume(job.id).status == "running"
    wire.advance("1s")
    assert jobs.retrieve(job.id).status == "running"
    wire.advance("1s")
    assert jobs.retrieve(job.id).status == "succeeded"


def test_events_in_the_recorded_order(train: Any, legacy: AzureOpenAI) -> None:
    """Events tell the recorded story, newest first, and say that it is simulated."""
    job = train()
    told = [event.message for event in legacy.fine_tuning.jobs.list_events(job["id"], limit=7)]
    assert told[-1] == "Job enqueued. Waiting for jobs ahead to complete."
    assert told[0].startswith("Training tokens billed: ")
    assert any("Simulated by the emulator" in message for message in told)
    wanted = ["Job started.", "Training started.", "Job succeeded.", "Model Evaluation Passed."]
    assert [message for message in reversed(told) if message in wanted] == wanted


def test_results_and_checkpoints(train: Any, upload: Any, legacy: AzureOpenAI) -> None:
    """A finished job has results.csv and the checkpoints of its last three epochs."""
    file = upload()
    epochs = {"hyperparameters": {"n_epochs": 5, "batch_size": 2}}
    job = train(file=file, validation_file=file, **epochs)
    text = legacy.files.content(job["result_files"][0]).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == [
        "step",
        "train_loss",
        "train_mean_token_accuracy",
        "valid_loss",
        "validation_mean_token_accuracy",
        "full_valid_loss",
        "full_valid_mean_token_accuracy",
    ]
    assert len(rows) == 50
    assert float(rows[-1]["train_loss"]) < float(rows[0]["train_loss"])
    found = list(legacy.fine_tuning.jobs.checkpoints.list(job["id"], limit=2))
    assert [each.step_number for each in found] == [50, 40, 30]
    assert found[0].fine_tuned_model_checkpoint == job["fine_tuned_model"]
    assert found[1].fine_tuned_model_checkpoint.endswith(":ckpt-step-40")
    assert found[1].metrics.full_valid_loss is not None


def test_many_epochs_on_few_examples_overfit(train: Any, upload: Any, legacy: AzureOpenAI) -> None:
    """The simulated validation loss rises again when few examples are seen many times."""
    file = upload()
    job = train(file=file, validation_file=file, hyperparameters={"n_epochs": 30})
    text = legacy.files.content(job["result_files"][0]).text
    full = [
        float(r["full_valid_loss"])
        for r in csv.DictReader(io.StringIO(text))
        if r["full_valid_loss"]
    ]
    assert min(full) < full[0]
    assert full[-1] > 2 * min(full)


def test_training_on(train: Any, upload: Any, wire: Wire) -> None:
    """A fine-tuned model or checkpoint can be trained on; the new id starts at the base again."""
    parent = train()["fine_tuned_model"]
    job = train(model=parent, suffix="second")
    assert job["model"] == parent
    assert job["fine_tuned_model"].count(".ft-") == 1
    wire.turn(continual_model_id="parent")
    assert train(model=parent)["fine_tuned_model"].startswith(f"{parent}.ft-")


def test_preference_and_reinforcement(train: Any, upload: Any, wire: Wire) -> None:
    """DPO and reinforcement train on their own data; reinforcement needs grader and validation."""
    said = '[{"role": "assistant", "content": "%s"}]'
    pair = '{"input": {"messages": [{"role": "user", "content": "q"}]}, "preferred_output": '
    line = pair + said % "a" + ', "non_preferred_output": ' + said % "b" + "}\n"
    assert train(file=upload((line * 12).encode()), method={"type": "dpo"})["status"] == "succeeded"
    file = upload(b'{"messages": [{"role": "user", "content": "1+1"}], "answer": "2"}\n' * 12)
    grader = {"type": "string_check", "name": "g", "operation": "eq"}
    method = {"type": "reinforcement", "reinforcement": {"grader": grader}}
    whole = {"model": "o4-mini", "file": file, "validation_file": file, "method": method}
    assert train(**whole)["status"] == "succeeded"
    for missing in ("validation_file", "method"):
        body = {"model": "o4-mini", "training_file": file, **TYPE, **whole, missing: None}
        body["method"] = body["method"] or {"type": "reinforcement"}
        assert wire.legacy("POST", "fine_tuning/jobs", body).status == 400


def test_deletion(train: Any, wire: Wire, legacy: AzureOpenAI, v1: OpenAI) -> None:
    """Deleting a job answers a bare 204 and takes its model away."""
    job = train()
    model = job["fine_tuned_model"]
    assert v1.models.retrieve(model).id == model
    answer = wire.legacy("DELETE", f"fine_tuning/jobs/{job['id']}")
    assert (answer.status, answer.raw, "Content-Type" in answer.headers) == (204, b"", False)
    with pytest.raises(NotFoundError):
        legacy.fine_tuning.jobs.retrieve(job["id"])
    assert model not in [each.id for each in v1.models.list()]


def test_models_on_both_surfaces(train: Any, wire: Wire) -> None:
    """Legacy models carry base and job; v1 models have the OpenAI shape."""
    job = train()
    old = wire.legacy("GET", f"models/{job['fine_tuned_model']}").json
    assert (old["model"], old["fine_tune"]) == ("gpt-4.1-mini-2025-04-14", job["id"])
    new = wire.v1("GET", f"models/{job['fine_tuned_model']}").json
    assert set(new) == {"id", "object", "created", "owned_by"}
    ids = [each["id"] for each in wire.v1("GET", "models").json["data"]]
    assert "gpt-4.1-2025-04-14" in ids
    assert wire.v1("GET", "models/none").status == 404


def test_metadata(wire: Wire, v1: OpenAI, upload: Any) -> None:
    """Metadata is echoed and filters the list; a switch drops it."""
    jobs = v1.fine_tuning.jobs
    job = jobs.create(model="gpt-4.1", training_file=upload(), metadata={"k": "v"}, extra_body=TYPE)
    assert [each.id for each in jobs.list(metadata={"k": "v"})] == [job.id]
    assert list(jobs.list(metadata={"k": "w"})) == []
    wire.turn(metadata="dropped")
    assert jobs.retrieve(job.id).metadata is None


def test_paging_follows_after(wire: Wire, legacy: AzureOpenAI, upload: Any) -> None:
    """Lists continue after the item that `after` names, and end."""
    file = upload()
    made = [
        legacy.fine_tuning.jobs.create(model="gpt-4.1", training_file=file, extra_body=TYPE).id
        for _ in range(5)
    ]
    assert [job.id for job in legacy.fine_tuning.jobs.list(limit=2)] == made[::-1]
    for query in ({"limit": "0"}, {"limit": "x"}, {"after": "nobody"}):
        assert wire.legacy("GET", "fine_tuning/jobs", **query).status == 400


def test_listing_delay(wire: Wire, legacy: AzureOpenAI, upload: Any) -> None:
    """With a listing delay, a new job can be read at once and is listed later."""
    wire.turn(listing_delay_seconds=5)
    job = legacy.fine_tuning.jobs.create(model="gpt-4.1", training_file=upload(), extra_body=TYPE)
    assert legacy.fine_tuning.jobs.retrieve(job.id).id == job.id
    assert list(legacy.fine_tuning.jobs.list()) == []
    wire.advance("5s")
    assert len(list(legacy.fine_tuning.jobs.list())) == 1
