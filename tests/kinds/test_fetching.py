"""What is behind the URLs of images, when `--check-urls` asks for it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from inline_snapshot import snapshot
from PIL import Image

from reconciler.datasets import Report, check
from reconciler.kinds.dataset.fetching import Patience, with_links
from reconciler.manifest.loading import load
from reconciler.reporting.dataset import finding_lines
from reconciler.reporting.mistakes_text import mistake_lines
from reconciler.reporting.page import Page
from tests.loopback import Answer, Site, serving

PAGE = Page(width=88)


def picture(kind: str = "PNG", mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (64, 48)).save(file, kind)
    return file.getvalue()


ANSWERS = {
    "/good.png": Answer(picture()),
    "/good.jpg": Answer(picture("JPEG")),
    "/moved.png": Answer(status=302, headers={"Location": "/good.png"}),
    "/away.png": Answer(status=302, headers={"Location": "ftp://127.0.0.1:1/a.png"}),
    "/endless.png": Answer(status=302, headers={"Location": "/endless.png"}),
    "/gone.png": Answer(status=404),
    "/moving.gif": Answer(picture("GIF", "P")),
    "/grey.png": Answer(picture("PNG", "L")),
    "/page.html": Answer(b"<html>Sign in</html>"),
    "/huge.png": Answer(b"\0" * ((10 << 20) + 2)),
    "/short.png": Answer(picture()[:20], length=1000),
    "/slow.png": Answer(picture(), seconds=5),
}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(ANSWERS) as site:
        yield site


def talk(*urls: str) -> dict[str, Any]:
    asked = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    question = {"role": "user", "content": [{"type": "text", "text": "What is it?"}, *asked]}
    return {"messages": [question, {"role": "assistant", "content": f"It is {urls[-1][-12:]}."}]}


def written(path: Path, *examples: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in examples))
    return path


PATIENT = Patience(20.0, 60.0)  # for what answers at once, on a machine that may be busy


def looked(path: Path, patience: Patience = PATIENT, **options: Any) -> Report:
    report = check(path, minimum_examples=1, tokens=False, **options)
    return with_links(report, path, patience)


def said(report: Report, site: Site) -> str:
    text = "\n".join(finding_lines(Path("data.jsonl"), report.findings, PAGE))
    return text.replace(site.url, "http://site")


def test_each_way_to_be_of_no_use(tmp_path: Path, site: Site) -> None:
    """Each URL that the service would skip is a warning, with its line, path and reason."""
    names = [name for name in ANSWERS if name != "/slow.png"]
    path = written(tmp_path / "data.jsonl", *(talk(f"{site.url}{name}") for name in names))
    report = looked(path)
    assert said(report, site) == snapshot("""\
data.jsonl:4  url/unreachable
  messages[0].content[1].image_url.url: http://site/away.png: it redirects to
  nowhere; the service skips such an image without a word.
  Put it where everybody can read it, or into the file as a data URI.
data.jsonl:5  url/unreachable
  messages[0].content[1].image_url.url: http://site/endless.png: it redirects
  to nowhere; the service skips such an image without a word.
  Put it where everybody can read it, or into the file as a data URI.
data.jsonl:6  url/unreachable
  messages[0].content[1].image_url.url: http://site/gone.png: the answer is
  404 Not Found; the service skips such an image without a word.
  Put it where everybody can read it, or into the file as a data URI.
data.jsonl:7  url/kind
  messages[0].content[1].image_url.url: http://site/moving.gif is a GIF; the
  service skips such an image without a word.
  Save it as JPEG, PNG or WEBP.
data.jsonl:8  url/colours
  messages[0].content[1].image_url.url: http://site/grey.png: its colours are
  grey, not RGB or RGBA; the service skips such an image without a word.
  Convert it, with Pillow: image.convert("RGB").
data.jsonl:9  url/kind
  messages[0].content[1].image_url.url: http://site/page.html: the data is no
  image that Pillow can read; the service skips such an image without a word.
  Give it a JPEG, PNG or WEBP.
data.jsonl:10  url/size
  messages[0].content[1].image_url.url: http://site/huge.png has more than
  10,485,760 bytes; the service skips such an image without a word.
  Scale it down, or save it as JPEG.
data.jsonl:11  url/unreachable
  messages[0].content[1].image_url.url: http://site/short.png: the answer
  breaks off; the service skips such an image without a word.
  Put it where everybody can read it, or into the file as a data URI.\
""")
    assert report.is_valid


def test_silence(tmp_path: Path, site: Site) -> None:
    """A server that does not answer in time, or not at all, is unreachable."""
    urls = (f"{site.url}/slow.png", "http://127.0.0.1:1/a.png", "http://[::1/a.png")
    path = written(tmp_path / "data.jsonl", talk(*urls))
    assert said(looked(path, Patience(0.3, 5.0)), site) == snapshot("""\
data.jsonl:1  url/unreachable
  messages[0].content[1].image_url.url: http://site/slow.png: no answer
  (TimeoutError); the service skips such an image without a word.
  Put it where everybody can read it, or into the file as a data URI.
data.jsonl:1  url/unreachable
  messages[0].content[2].image_url.url: http://127.0.0.1:1/a.png: no answer (Connection
  refused); the service skips such an image without a word.
  Put it where everybody can read it, or into the file as a data URI.
data.jsonl:1  url/unreachable
  messages[0].content[3].image_url.url: the URL: it is no URL that can be read; the
  service skips such an image without a word.
  Put it where everybody can read it, or into the file as a data URI.\
""")


def test_each_url_once(tmp_path: Path, site: Site) -> None:
    """A URL is fetched once, however often it stands in the file, and its query is not shown."""
    signed = f"{site.url}/gone.png?sig=c2VjcmV0"
    path = written(tmp_path / "data.jsonl", talk(signed), talk(signed, signed))
    report = looked(path)
    assert site.asked == ["/gone.png?sig=c2VjcmV0"]
    assert [(one.line, one.path) for one in report.findings] == [
        (1, "messages[0].content[1].image_url.url")
    ]
    assert "It stands in 3 places." in report.findings[0].message
    assert "c2VjcmV0" not in said(report, site)


def test_other_formats(tmp_path: Path, site: Site) -> None:
    """Wherever a format has messages, their images are found."""
    messages = talk(f"{site.url}/gone.png")["messages"][:1]
    answers = {
        "preferred_output": [{"role": "assistant", "content": "A."}],
        "non_preferred_output": [{"role": "assistant", "content": "B."}],
    }
    path = written(tmp_path / "data.jsonl", {"input": {"messages": messages}, **answers})
    found = looked(path, format="preference").findings
    assert [one.path for one in found] == ["input.messages[0].content[1].image_url.url"]


def test_many_of_a_kind(tmp_path: Path, site: Site) -> None:
    """The first findings of a rule are shown, and the others counted."""
    urls = [f"{site.url}/{number}.png" for number in range(25)]
    report = looked(written(tmp_path / "data.jsonl", *map(talk, urls)))
    assert (len(report.findings), report.hidden) == (20, 5)
    assert [one.line for one in report.findings] == list(range(1, 21))


def test_data_uris_and_text(tmp_path: Path, site: Site) -> None:
    """Only URLs of images are fetched, not what a text or an image inside the file says."""
    said_so = {"role": "user", "content": f"See {site.url}/gone.png"}
    example = {"messages": [said_so, {"role": "assistant", "content": "No."}]}
    assert looked(written(tmp_path / "data.jsonl", example)).findings == ()
    assert site.asked == []


MANIFEST = """\
apiVersion: ftctl/v1
kind: Dataset
metadata: {name: photos}
spec: {source: {file: data.jsonl}}
"""


def test_in_manifests(tmp_path: Path, site: Site) -> None:
    """`validate --check-urls` places the same warnings; without it nothing is fetched."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    written(tmp_path / "data.jsonl", talk(f"{site.url}/gone.png"))
    assert load([tmp_path], {}, is_estimate_enough=True).warnings == ()
    assert site.asked == []
    loaded = load([tmp_path], {}, is_estimate_enough=True, are_urls_checked=True)
    lines = "\n".join(mistake_lines(loaded.warnings, PAGE, is_warning=True))
    shown = lines.replace(site.url, "http://site").replace(str(tmp_path), "here")
    assert loaded.mistakes == ()
    assert shown == snapshot("""\
here/data.jsonl:1  warning  Dataset/photos
  messages[0].content[1].image_url.url: http://site/gone.png: the answer is
  404 Not Found; the service skips such an image without a word. [url/unreachable]
  Put it where everybody can read it, or into the file as a data URI.\
""")


def test_on_the_command_line(
    tmp_path: Path, site: Site, ftctl: Callable[..., CompletedProcess[str]]
) -> None:
    """`dataset check --check-urls` warns, and a warning is no error."""
    written(tmp_path / "data.jsonl", *[talk(f"{site.url}/gone.png?{n}") for n in range(10)])
    done = ftctl("dataset", "check", "data.jsonl", "--check-urls", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "10 examples: 0 errors, 10 warnings." in done.stdout
