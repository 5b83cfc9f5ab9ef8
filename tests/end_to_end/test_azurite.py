"""A blob of Azure Storage behind a signed URL, as Microsoft's own emulator of it serves one.

Azurite comes with npm: put `azurite-blob` on the PATH, or its path into AZURITE. `.ci/run` does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.end_to_end.conftest import Remote, begin, ended
from tests.end_to_end.test_data import SUBMIT, dataset, model, talks, workshop

AZURITE = os.environ.get("AZURITE") or shutil.which("azurite-blob")
# The account that every Azurite has, with the key that its documentation prints.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
VERSION = "2019-12-12"
WHILE_IT_IS_VALID = "2099-01-01T00:00:00Z"
LONG_AGO = "2020-01-01T00:00:00Z"

pytestmark = [
    pytest.mark.skipif(not AZURITE, reason="no azurite-blob on the PATH or in AZURITE"),
    pytest.mark.slow,
]


def signed(permissions: str, until: str) -> str:
    """The query of an account's shared access signature. Source: Microsoft Learn, 2026."""
    fields = {"sp": permissions, "ss": "b", "srt": "co", "se": until, "spr": "https,http"}
    order = (ACCOUNT, fields["sp"], fields["ss"], fields["srt"], "", until, "", fields["spr"])
    text = "".join(f"{one}\n" for one in (*order, VERSION))
    digest = hmac.digest(base64.b64decode(KEY), text.encode(), "sha256")
    return urlencode({"sv": VERSION, **fields, "sig": base64.b64encode(digest).decode()})


@dataclass(frozen=True)
class Blobs:
    """A container with one blob."""

    url: str

    def put(self, path: str, body: bytes = b"", query: str = "", **headers: str) -> None:
        named = {f"x-ms-{name.replace('_', '-')}": one for name, one in headers.items()}
        request = Request(
            f"{self.url}/{path}?{query}{signed('rwc', WHILE_IT_IS_VALID)}",
            body,
            {"x-ms-version": VERSION, **named},
            method="PUT",
        )
        with urlopen(request, timeout=20):
            return

    def link(self, until: str) -> str:
        return f"{self.url}/data/chats.jsonl?{signed('r', until)}"


@contextmanager
def azurite(folder: Path) -> Iterator[Blobs]:
    """Azurite on a free port, until the end of the block."""
    words = (AZURITE or "", "--location", str(folder), "--blobPort", "0", "--skipApiVersionCheck")
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            lines = iter(process.stdout or ())
            url = next(filter(None, (re.search(r"http://127\.0\.0\.1:\d+", one) for one in lines)))
            yield Blobs(f"{url[0]}/{ACCOUNT}")
        finally:
            process.terminate()


def test_a_blob(tmp_path: Path, remote: Remote) -> None:
    """A signed URL is fetched while it is valid; an expired one is an error that hides it."""
    digest = hashlib.sha256(talks()).hexdigest()
    source = f"{{blobUrl: '${{DATA_URL}}', sha256: {digest}}}"
    at = workshop(tmp_path / "work", remote, dataset("chats", source), model("m", "chats"))

    with azurite(tmp_path / "azurite") as blobs:
        blobs.put("data", query="restype=container&")
        blobs.put("data/chats.jsonl", talks(), blob_type="BlockBlob")
        said = ""
        for until, code in ((LONG_AGO, 1), (WHILE_IT_IS_VALID, 3)):
            words = (*SUBMIT, f"--local={remote.url}")
            done = ended(begin(*words, cwd=at.folder, DATA_URL=blobs.link(until)))
            assert done.code == code, done.said
            said += done.out + done.said
    assert "HTTP Error 403" in said
    assert "sig=" not in said
    with remote.client() as client:
        (file,) = client.files.list(purpose="fine-tune")
        assert client.files.content(file.id).read() == talks()
