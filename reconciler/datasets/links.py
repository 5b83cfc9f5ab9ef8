"""Images that a file names by URL: where they stand, and what is wrong with what is behind them.

Whoever wants to know what is behind a URL fetches it; here are only bytes. The service skips an
image that it cannot use and says nothing, so all of these are warnings.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from reconciler.datasets import images
from reconciler.datasets.examples import examples
from reconciler.datasets.findings import Complaint, Rule, warning

RULES: Mapping[str, Rule] = {
    "url/unreachable": warning("What a URL names can be fetched."),
    "url/size": warning("An image behind a URL has at most 10 MB."),
    "url/kind": warning("An image behind a URL is a JPEG, PNG or WEBP."),
    "url/colours": warning("An image behind a URL is RGB or RGBA."),
}
SKIPPED = "the service skips such an image without a word."
_WEB = re.compile(r"https?://\S", re.IGNORECASE)
_SHOWN = 100  # characters
# Pillow's warnings are caught by changing what the whole process does with warnings.
_ONE_AT_A_TIME = Lock()


class Link(NamedTuple):
    """A URL of an image, and where it stands first."""

    url: str
    line: int
    path: str
    uses: int  # in how many places it stands


def links(path: Path) -> list[Link]:
    """Each distinct http(s) URL of an image, in the order of the file. Raises OSError."""
    found: dict[str, Link] = {}
    for line, example in examples(path):
        for where, url in _urls(example, ""):
            first = found.get(url, Link(url, line, where, 0))
            found[url] = first._replace(uses=first.uses + 1)
    return list(found.values())


def _urls(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Wherever a part of a message is an image."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _urls(one, f"{path}[{index}]")
    elif isinstance(value, dict):
        image = value.get("image_url") if value.get("type") == "image_url" else None
        url = image.get("url") if isinstance(image, dict) else None
        if isinstance(url, str) and _WEB.match(url):
            yield f"{path}.image_url.url", url
            return
        for key, one in value.items():
            yield from _urls(one, f"{path}.{key}" if path else key)


def shown(url: str) -> str:
    """A URL for people: without its query, which may hold a signature."""
    try:
        parts = urlsplit(url)
        text = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        return "the URL"
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def unreachable(link: Link, why: str) -> Complaint:
    what = f"{shown(link.url)}: {why}; {SKIPPED}"
    hint = "Put it where everybody can read it, or into the file as a data URI."
    return _placed(link, Complaint("url/unreachable", what, hint=hint))


def judge(link: Link, data: bytes) -> Complaint | None:
    """What is wrong with what is behind a URL, of which one byte more than the limit is enough."""
    with _ONE_AT_A_TIME:
        complaint = _judge(link, data)
    return None if complaint is None else _placed(link, complaint)


def _judge(link: Link, data: bytes) -> Complaint | None:
    name = shown(link.url)
    if len(data) > images.LARGEST_IMAGE:
        what = f"{name} has more than {images.LARGEST_IMAGE:,} bytes; {SKIPPED}"
        return Complaint("url/size", what, hint="Scale it down, or save it as JPEG.")
    image = images.opened(data)
    if isinstance(image, str):
        what = f"{name}: {image.removesuffix('.')}; {SKIPPED}"
        return Complaint("url/kind", what, hint="Give it a JPEG, PNG or WEBP.")
    if image.format not in images.TAKEN:
        what = f"{name} is a {image.format}; {SKIPPED}"
        return Complaint("url/kind", what, hint="Save it as JPEG, PNG or WEBP.")
    if image.mode not in images.MODES:
        what = f"{name}: its colours are {images.colours(image)}, not RGB or RGBA; {SKIPPED}"
        hint = 'Convert it, with Pillow: image.convert("RGB").'
        return Complaint("url/colours", what, hint=hint)
    return None


def _placed(link: Link, complaint: Complaint) -> Complaint:
    more = f" It stands in {link.uses} places." if link.uses > 1 else ""
    return Complaint(complaint.rule, complaint.message + more, link.path, complaint.hint)
