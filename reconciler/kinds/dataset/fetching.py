"""Fetches the images that a data file names by URL, when asked to. Nothing else here does."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.datasets import RULES, Report
from reconciler.datasets.findings import Complaint, Findings
from reconciler.datasets.images import LARGEST_IMAGE
from reconciler.datasets.links import Link, judge, links, unreachable

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

PARALLEL = 8
CHUNK = 64 * 1024
FIRST_REDIRECT = 300
FIRST_ERROR = 400


@dataclass(frozen=True)
class Patience:
    """Seconds: until there is a sign of life, and until all of an image has come."""

    answer: float
    image: float


USUAL = Patience(answer=10.0, image=30.0)


def with_links(report: Report, path: Path, patience: Patience = USUAL) -> Report:
    """The report, with what is wrong with the images behind URLs among its findings."""
    found = Findings()
    fetcher = Fetcher(patience)
    named = links(path)
    with ThreadPoolExecutor(PARALLEL) as pool:
        looks = pool.map(lambda link: _look(link, fetcher), named)
        for link, complaint in zip(named, looks, strict=True):
            if complaint:
                found.add(link.line, complaint)
    everything = (*report.findings, *found.in_order(RULES))
    by_line = tuple(sorted(everything, key=lambda one: one.line))
    return replace(report, findings=by_line, hidden=report.hidden + found.hidden)


def _look(link: Link, fetcher: Fetcher) -> Complaint | None:
    data = fetcher.fetch(link.url)
    return unreachable(link, data) if isinstance(data, str) else judge(link, data)


class Fetcher:
    """Gets what is behind a URL; `now` is any clock that only goes forward."""

    def __init__(self, patience: Patience, now: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._now = now
        self._opener = _opener()

    def fetch(self, url: str) -> bytes | str:
        """Up to one byte more than an image may have, or why there is nothing to be had."""
        from http.client import HTTPException

        try:
            return self._read(url)
        except (OSError, ValueError, HTTPException) as error:
            return _words(error)

    def _read(self, url: str) -> bytes | str:
        from urllib.request import Request

        until = self._now() + self._patience.image
        request = Request(url, headers={"User-Agent": "ftctl"})  # noqa: S310 -- links are http(s)
        data = bytearray()
        with self._opener.open(request, timeout=self._patience.answer) as answer:
            while len(data) <= LARGEST_IMAGE and (chunk := answer.read(CHUNK)):
                data += chunk
                if self._now() > until:
                    return f"it takes more than {self._patience.image:g} seconds"
            is_cut_off = answer.length and len(data) <= LARGEST_IMAGE
        return "the answer breaks off" if is_cut_off else bytes(data)


def _opener() -> OpenerDirector:
    from urllib.parse import urlsplit
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class OnTheWeb(HTTPRedirectHandler):
        """Files and the like are not what an image's URL may lead to."""

        def redirect_request(self, *asked: Any) -> Request | None:
            is_web = urlsplit(asked[-1]).scheme in {"http", "https"}
            return super().redirect_request(*asked) if is_web else None

    return build_opener(OnTheWeb)


def _words(error: Exception) -> str:
    """Why, without the URL, which some of these quote."""
    from http.client import InvalidURL
    from urllib.error import HTTPError

    if isinstance(error, HTTPError):
        error.close()
        is_redirect = FIRST_REDIRECT <= error.code < FIRST_ERROR
        answer = f"the answer is {error.code} {error.reason}".rstrip()
        return "it redirects to nowhere" if is_redirect else answer
    if isinstance(error, ValueError | InvalidURL):
        return "it is no URL that can be read"
    reason = getattr(error, "reason", error)
    text = reason if isinstance(reason, str) else getattr(reason, "strerror", None)
    return f"no answer ({text or type(reason).__name__})"
