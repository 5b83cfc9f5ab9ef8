"""Files on both data planes."""

import io
from pathlib import Path
from typing import Any

import pytest
from openai import AzureOpenAI, BadRequestError, NotFoundError, OpenAI, RateLimitError

from tests.emulator.conftest import Wire, chats


def test_an_upload_is_checked_for_a_while(wire: Wire, legacy: AzureOpenAI) -> None:
    """A file is pending until its check is over, and reading it does not hurry the check."""
    file = legacy.files.create(file=("a.jsonl", chats()), purpose="fine-tune")
    assert [legacy.files.retrieve(file.id).status for _ in range(3)] == ["pending"] * 3
    wire.advance("1s")
    assert legacy.files.retrieve(file.id).status == "processed"
    assert legacy.files.retrieve(file.id).bytes == len(chats())


def test_content_comes_back_as_sent(legacy: AzureOpenAI, v1: OpenAI) -> None:
    """Content is returned byte by byte, on both surfaces."""
    content = b"\xef\xbb\xbf" + chats() + b"\r\n\r\n--looks-like-a-boundary"
    file = legacy.files.create(file=("a b\u00e4.jsonl", content), purpose="batch")
    assert legacy.files.content(file.id).read() == content
    assert v1.files.content(file.id).read() == content
    assert v1.files.retrieve(file.id).filename == "a b\u00e4.jsonl"


def test_names_are_not_unique(upload: Any, v1: OpenAI) -> None:
    """Two uploads of one name coexist."""
    assert upload() != upload()
    assert [file.filename for file in v1.files.list()] == ["train.jsonl"] * 2


def test_each_surface_has_its_status_code(wire: Wire) -> None:
    """An upload answers 201 with a Location on legacy paths and 200 on v1."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n'
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n'
        + chats()
        + b"\r\n--x--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x", "api-key": "k"}
    old = wire.send("POST", "/acct/openai/files?api-version=2024-10-21", body, kind)
    new = wire.send("POST", "/acct/openai/v1/files", body, kind)
    assert (old.status, new.status) == (201, 200)
    assert old.headers["Location"].endswith(f"/openai/files/{old.json['id']}")
    assert "Location" not in new.headers


def test_lists_have_their_envelopes(upload: Any, wire: Wire) -> None:
    """The v1 list pages; the legacy list has no paging fields."""
    first, second = upload(), upload()
    assert set(wire.legacy("GET", "files").json) == {"object", "data"}
    page = wire.v1("GET", "files?limit=1").json
    assert (page["has_more"], page["last_id"]) == (True, second)
    rest = wire.v1("GET", f"files?limit=1&after={second}").json
    assert (rest["has_more"], rest["last_id"]) == (False, first)
    assert wire.v1("GET", "files?order=asc").json["first_id"] == first
    assert wire.v1("GET", "files?purpose=batch").json["data"] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "No valid json line"),
        (b"{\n", "Line 1: Invalid json"),
        (b'{"messages": []}\n', "'messages' must be a non-empty list"),
        (b'{"text": "x"}\n', "Missing required key 'messages'"),
        (chats(1) + b'\n{"prompt": "a", "completion": "b"}', "Line 2: mixes completions with chat"),
        (b"\xff\xfe\x00", "Line 1"),
    ],
)
def test_unreadable_files_end_in_error(
    upload: Any, legacy: AzureOpenAI, content: bytes, words: str
) -> None:
    """A file that is no JSONL of a known format ends as `error`, with the line and the reason."""
    file = legacy.files.retrieve(upload(content))
    assert file.status == "error"
    assert words in str(file.status_details)


def test_deleted_is_gone(upload: Any, v1: OpenAI) -> None:
    """A deleted file is not found, listed or read any more."""
    file = upload()
    assert v1.files.delete(file).deleted
    with pytest.raises(NotFoundError):
        v1.files.retrieve(file)
    assert list(v1.files.list()) == []


def test_a_hundred_files(wire: Wire, legacy: AzureOpenAI) -> None:
    """An account keeps 100 fine-tuning files; the next is refused until one goes."""
    files = [legacy.files.create(file=("a", chats(1)), purpose="fine-tune") for _ in range(100)]
    with pytest.raises(RateLimitError) as refusal:
        legacy.files.create(file=("a", chats(1)), purpose="fine-tune")
    assert refusal.value.code == "quotaExceeded"
    wire.turn(quota_status=400)
    with pytest.raises(BadRequestError):
        legacy.files.create(file=("a", chats(1)), purpose="fine-tune")
    legacy.files.delete(files[0].id)
    legacy.files.create(file=("a", chats(1)), purpose="fine-tune")


def test_expiry(wire: Wire, v1: OpenAI) -> None:
    """A file with `expires_after` is gone after that time; 14 to 30 days are accepted."""
    day = 86400
    file = v1.files.create(
        file=("a", chats()),
        purpose="fine-tune",
        expires_after={"anchor": "created_at", "seconds": 14 * day},
    )
    assert file.expires_at == file.created_at + 14 * day
    wire.advance("13d")
    v1.files.retrieve(file.id)
    wire.advance("1d")
    with pytest.raises(NotFoundError):
        v1.files.retrieve(file.id)
    with pytest.raises(BadRequestError, match="expires_after"):
        v1.files.create(
            file=("a", chats()),
            purpose="fine-tune",
            expires_after={"anchor": "created_at", "seconds": 3600},
        )


def test_uploads_in_parts(wire: Wire, legacy: AzureOpenAI, v1: OpenAI, tmp_path: Path) -> None:
    """A file may come in parts on the legacy path; on v1 uploads answer 404."""
    path = tmp_path / "big.jsonl"
    path.write_bytes(chats(200))
    done = legacy.uploads.upload_file_chunked(
        file=path, mime_type="application/jsonl", purpose="fine-tune", part_size=2000
    )
    assert done.status == "completed"
    assert done.file is not None
    assert legacy.files.content(done.file.id).read() == chats(200)
    with pytest.raises(NotFoundError):
        v1.uploads.create(bytes=1, filename="a", mime_type="x", purpose="fine-tune")
    waiting = legacy.uploads.create(bytes=1, filename="a", mime_type="x", purpose="fine-tune")
    wire.advance("2h")
    with pytest.raises(BadRequestError, match="expired"):
        legacy.uploads.parts.create(waiting.id, data=io.BytesIO(b"x"))


def test_import_never_leaves_the_machine(wire: Wire) -> None:
    """An import of an address that is not loopback ends in `error`; v1 has no import."""
    body = {"purpose": "fine-tune", "filename": "a.jsonl", "content_url": "https://example.com/a"}
    file = wire.legacy("POST", "files/import", body)
    assert file.status == 201
    wire.advance("1s")
    found = wire.legacy("GET", f"files/{file.json['id']}").json
    assert found["status"] == "error"
    assert "loopback" in found["status_details"]
    assert wire.v1("POST", "files/import", body).status == 404


def test_import_reads_loopback(upload: Any, wire: Wire) -> None:
    """An import fetches what an address on this machine serves."""
    served = f"{wire.url}/emulator/clock"
    body = {"purpose": "batch", "filename": "a", "content_url": served}
    file = wire.legacy("POST", "files/import", body)
    assert file.status == 201
    assert b'"now"' in wire.legacy("GET", f"files/{file.json['id']}/content").raw


def test_a_results_file_grows_with_its_job(upload: Any, wire: Wire, v1: OpenAI) -> None:
    """The results file appears when training starts, grows, and can be deleted like any other."""
    body = {"model": "gpt-4.1", "training_file": upload(chats(400)), "trainingType": "Standard"}
    job = wire.v1("POST", "fine_tuning/jobs", body).json["id"]
    results = [file for file in v1.files.list() if file.filename == "results.csv"]
    assert results == []
    sizes = []
    for _ in range(5):
        wire.advance("1s")
        found = [file for file in v1.files.list() if file.purpose == "fine-tune-results"]
        sizes.append(found[0].bytes)
        assert len(v1.files.content(found[0].id).read()) == found[0].bytes
    assert sizes[0] < sizes[1] < sizes[2] <= sizes[3] == sizes[4]
    (named,) = wire.v1("GET", f"fine_tuning/jobs/{job}").json["result_files"]
    v1.files.delete(named)
    with pytest.raises(NotFoundError):
        v1.files.content(named)
