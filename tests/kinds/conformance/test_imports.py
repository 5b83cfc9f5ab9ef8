"""Data behind a URL is fetched by the service; what signs the URL is seen by nobody else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import SecretStr

from reconciler.kinds.dataset.blob import Blob
from reconciler.kinds.dataset.spec import DatasetGoal
from reconciler.planning.action import ReasonCode, Verb
from reconciler.planning.desired import Desired
from reconciler.providers.errors import QuotaExceeded, Refused, ServiceError
from tests.kinds.conformance.conftest import TRAINING, Emulator, Service, time_stands_still
from tests.kinds.conformance.test_dataset import uploads
from tests.loopback import Answer, Site, serving

SIGNATURE = "bm90IGEgcmVhbCBzaWduYXR1cmU%3D"
TALK = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
DATA = (json.dumps({"messages": TALK}) + "\n").encode() * 10


@pytest.fixture
def site(emulator: Emulator) -> Iterator[Site]:
    """Where the data is; a real service could not reach it."""
    answers = {"/chats.jsonl": Answer(DATA), "/bad.jsonl": Answer(b"no json\n")}
    with serving(answers) as site:
        yield site


def behind(service: Service, site: Site, path: str = "/chats.jsonl") -> Desired:
    """A dataset whose content is behind a signed URL."""
    desired = service.desired()
    blob = Blob(
        SecretStr(f"{site.url}{path}?sv=2026-02-06&sig={SIGNATURE}"),
        hashlib.sha256(DATA).hexdigest(),
    )
    goal = DatasetGoal(TRAINING.name, None, None, "chat", blob)
    wanted = dict(desired.wanted)
    wanted[TRAINING] = replace(wanted[TRAINING], goal=goal)
    return replace(desired, wanted=wanted)


def test_the_service_fetches_it(service: Service, site: Site) -> None:
    """The service reads the URL with its signature; the file's name carries the promised hash."""
    desired = behind(service, site)
    service.carry_out(desired, TRAINING)
    (upload,) = uploads(service)
    assert site.asked == [f"/chats.jsonl?sv=2026-02-06&sig={SIGNATURE}"]
    assert upload.name == desired.wanted[TRAINING].goal.remote_name
    assert service.here.data.files.content(upload.id).read() == DATA
    assert service.proposed(desired, TRAINING).code is ReasonCode.AS_WANTED


def test_the_same_content_from_a_file(service: Service, site: Site) -> None:
    """Content is content: what a file brought there already is not fetched."""
    desired = behind(service, site)
    name = f"somebody.{hashlib.sha256(DATA).hexdigest()[:12]}.jsonl"
    service.here.data.files.create(file=(name, DATA, "application/jsonl"), purpose="fine-tune")
    service.until(lambda: service.proposed(desired, TRAINING).verb is Verb.KEEP)
    assert site.asked == []


def test_a_url_that_cannot_be_read(service: Service, site: Site) -> None:
    """An import that failed is an error with the service's words, and leaves nothing behind."""
    desired = behind(service, site, "/gone.jsonl")
    with pytest.raises(Refused, match="from its URL: fileImportFailed: HTTP Error 404"):
        service.carry_out(desired, TRAINING)
    assert uploads(service) == []
    service.carry_out(behind(service, site), TRAINING)
    assert len(uploads(service)) == 1


def test_data_that_the_service_refuses(service: Service, site: Site) -> None:
    """Nobody here has seen the data, so its mistakes are the service's to name."""
    with pytest.raises(Refused, match="Invalid json"):
        service.carry_out(behind(service, site, "/bad.jsonl"), TRAINING)


@time_stands_still
def test_a_refusal_that_came_late(service: Service, site: Site, emulator: Emulator) -> None:
    """If the refusal came after ftctl had left, the next plan says so, and tries again."""
    desired = behind(service, site)
    emulator.spoil("file_error", message=f"cannot read {site.url}/chats.jsonl?sig={SIGNATURE}")
    body = {
        "purpose": "fine-tune",
        "filename": desired.wanted[TRAINING].goal.remote_name,
        "content_url": f"{site.url}/chats.jsonl",
    }
    service.here.legacy.post("/files/import", body=body, cast_to=object)
    emulator.advance(60)
    action = service.proposed(desired, TRAINING)
    assert action.code is ReasonCode.FAILED_LAST
    assert SIGNATURE not in action.reason
    service.perform(desired, action)
    assert len(uploads(service)) == 1
    assert service.proposed(desired, TRAINING).code is ReasonCode.AS_WANTED


@pytest.mark.parametrize("status", [400, 403, 500])
def test_an_error_that_quotes_the_url(
    service: Service, site: Site, emulator: Emulator, status: int
) -> None:
    """No error shows what signs the URL, also where the service quotes all of it."""
    desired = behind(service, site)
    url = desired.wanted[TRAINING].goal.blob.url.get_secret_value()
    plain = SIGNATURE.replace("%3D", "=")
    message = f"could not read {url} (sig={plain}, {SIGNATURE.lower()})"
    emulator.fault(
        "POST", "/import$", times=None, kind="status", status=status, message=message, code="x"
    )
    with pytest.raises(ServiceError) as raised:
        service.carry_out(desired, TRAINING)
    said = f"{raised.value} {raised.value.message} {raised.value!r} {raised.value.__cause__}"
    assert "could not read (the URL) (sig=(hidden), (hidden))" in said
    assert plain.lower() not in said.lower()
    assert SIGNATURE.lower() not in said.lower()


def test_no_room(service: Service, site: Site, emulator: Emulator) -> None:
    """An import counts as a file like any other."""
    emulator.fault("POST", "/import$", times=None, kind="status", status=400, code="quotaExceeded")
    with pytest.raises(QuotaExceeded):
        service.carry_out(behind(service, site), TRAINING)
