"""Data on its way: large files, killed uploads, files behind URLs, files that nobody needs."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
from base64 import b64encode
from pathlib import Path

import pytest
from PIL import Image

from tests.commandline import run_here
from tests.end_to_end.conftest import Remote, Workshop, ended, until
from tests.loopback import Answer, serving

SIGNATURE = "bm90IGEgcmVhbCBzaWduYXR1cmU%3D"
SUBMIT = ("apply", "--auto-approve", "--no-wait")
HEAD = """\
apiVersion: ftctl/v1
kind: Account
metadata: {name: sweden}
spec:
  subscriptionId: 00000000-0000-0000-0000-000000000000
  resourceGroup: rg-ml
  accountName: aoai-sweden
  region: swedencentral
"""


def dataset(name: str, source: str) -> str:
    return f"""\
---
apiVersion: ftctl/v1
kind: Dataset
metadata: {{name: {name}}}
spec: {{source: {source}}}
"""


def model(name: str, training: str) -> str:
    return f"""\
---
apiVersion: ftctl/v1
kind: FineTunedModel
metadata: {{name: {name}}}
spec: {{account: sweden, baseModel: gpt-4o-2024-08-06, training: {training}}}
"""


def workshop(folder: Path, remote: Remote, *documents: str) -> Workshop:
    (folder / "manifests").mkdir(parents=True)
    (folder / "manifests" / "support.yaml").write_text(HEAD + "".join(documents))
    return Workshop(folder, remote)


def pictures(path: Path, size: int) -> None:
    """A file of so many bytes at least, in few lines: photographs as data URIs."""
    noise = io.BytesIO()
    pixels = random.Random(1).randbytes(800 * 800 * 3)  # noqa: S311 -- the same every time
    Image.frombytes("RGB", (800, 800), pixels).save(noise, "PNG")
    image = {"url": f"data:image/png;base64,{b64encode(noise.getvalue()).decode()}"}
    with path.open("w") as file:
        for number in range(10_000):
            asked = [{"type": "text", "text": f"What is on photo {number}?"}]
            asked.append({"type": "image_url", "image_url": image})  # type: ignore[dict-item]
            talk = [{"role": "user", "content": asked}, {"role": "assistant", "content": "Noise."}]
            file.write(json.dumps({"messages": talk}) + "\n")
            if file.tell() > size:
                return


def parts(remote: Remote) -> list[int]:
    """The statuses of all parts that arrived."""
    return [line["status"] for line in remote.log() if line["path"].endswith("/parts")]


@pytest.mark.slow
def test_a_killed_upload_goes_on(tmp_path: Path, remote: Remote) -> None:
    """After kill -9 in the middle, the parts that were there are not sent again: one file."""
    at = workshop(
        tmp_path / "work", remote, dataset("photos", "{file: photos.jsonl}"), model("m", "photos")
    )
    data = at.folder / "manifests" / "photos.jsonl"
    pictures(data, 101 << 20)
    remote.fault("delay", times=None, after=1, path="/parts$", seconds=20)
    killed = at.begin(*SUBMIT)
    until(lambda: any("part_" in one.read_text() for one in hints(at)), 60)
    killed.kill()
    killed.communicate()
    remote.clear_faults()
    before = len(parts(remote))
    done = at.ftctl(*SUBMIT)
    assert done.code == 3, done.said
    assert "going on: 1 of 2 parts are there" in done.said
    assert len(parts(remote)) - before == 1
    assert [name.split(".")[0] for name in remote.files()] == ["photos"]
    with remote.client() as client:
        (file,) = client.files.list(purpose="fine-tune")
        sent = client.files.content(file.id).read()
    assert hashlib.sha256(sent).digest() == hashlib.sha256(data.read_bytes()).digest()
    assert hints(at) == []


def hints(at: Workshop) -> list[Path]:
    return sorted((at.folder / ".ftctl" / "uploads").glob("*.json"))


def talks(count: int = 12) -> bytes:
    """Small chat data."""
    lines = []
    for number in range(count):
        question = {"role": "user", "content": f"What is {number} and {number}?"}
        answer = {"role": "assistant", "content": f"It is {2 * number}."}
        lines.append(json.dumps({"messages": [question, answer]}) + "\n")
    return "".join(lines).encode()


def test_equal_bytes_are_sent_once(tmp_path: Path, remote: Remote) -> None:
    """Two datasets with the same bytes are one upload, and both are as wanted after it."""
    at = workshop(
        tmp_path / "work",
        remote,
        dataset("one", "{file: one.jsonl}"),
        dataset("two", "{file: two.jsonl}"),
        model("m-one", "one"),
        model("m-two", "two"),
    )
    for name in ("one", "two"):
        (at.folder / "manifests" / f"{name}.jsonl").write_bytes(talks())
    done = at.ftctl(*SUBMIT)
    assert done.code == 3, done.said
    assert "the same content as dataset/one, which is sent once" in done.said
    assert [name.split(".")[0] for name in remote.files()] == ["one"]
    assert remote.writes().count("POST v1/files") == 1


def signed(url: str) -> str:
    return f"{url}/chats.jsonl?sv=2026-02-06&sr=b&sig={SIGNATURE}"


def test_a_signature_is_never_shown(
    tmp_path: Path, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From validate to apply, in text and JSON, good or bad: nothing shows what signs the URL."""
    digest = hashlib.sha256(talks()).hexdigest()
    source = f"{{blobUrl: '${{DATA_URL}}', sha256: {digest}}}"
    at = workshop(tmp_path / "work", remote, dataset("chats", source), model("m", "chats"))
    with serving({}) as site:
        monkeypatch.setenv("DATA_URL", signed(site.url))
        valid = run_here("validate", cwd=at.folder, environ={})
        remote.fault("status", path="/import$", status=400, message=f"no: {signed(site.url)}")
        monkeypatch.setenv("OPENAI_LOG", "debug")
        refused = ended(at.begin(*SUBMIT))
        unread = at.ftctl(*SUBMIT, "--format", "json")  # nothing is there yet
        site.answers = {"/chats.jsonl": Answer(talks())}
        fine = at.ftctl(*SUBMIT, "--verbose")
    codes = (valid.returncode, refused.code, unread.code, fine.code)
    assert codes == (0, 1, 1, 3), fine.said
    said = [valid.stdout, valid.stderr, *(one.out + one.said for one in (refused, unread, fine))]
    everything = "\n".join(said)
    assert "could not take chats from its URL: fileImportFailed: HTTP Error 404" in everything
    assert "behind a URL" in everything
    assert "Sending HTTP Request" in everything
    assert not re.search("bm90IGEg|sr=b", everything)
    assert remote.files() == [f"chats.{digest[:12]}.jsonl"]
    assert SIGNATURE not in json.dumps(remote.log())


PROJECT = """\
---
apiVersion: ftctl/v1
kind: Project
metadata: {name: shop}
spec: {prune: [Dataset]}
"""


def test_pruning_data(tmp_path: Path, remote: Remote) -> None:
    """An earlier content that no job was made from goes when asked; the data of a job stays."""
    at = workshop(
        tmp_path / "work", remote, dataset("chats", "{file: chats.jsonl}"), model("m", "chats")
    )
    data = at.folder / "manifests" / "chats.jsonl"
    data.write_bytes(talks())
    assert at.ftctl(*SUBMIT).code == 3
    (trained,) = remote.files()
    loose = ("chats.0123456789ab.jsonl", talks(13), "application/jsonl")
    with remote.client() as client:
        client.files.create(file=loose, purpose="fine-tune")
    at.manifest.write_text(at.manifest.read_text().replace("chats.jsonl", "new.jsonl") + PROJECT)
    data.with_name("new.jsonl").write_bytes(talks(14))
    planned = at.plan().verbs
    assert planned == {
        "dataset/chats": "update",
        "dataset/chats@0123456789ab": "delete",
        "finetunedmodel/m": "train",
    }
    assert at.apply().code == 0  # what is wanted goes first, so pruning waits for the training
    assert remote.files()[0] == trained
    assert len(remote.files()) == 2
