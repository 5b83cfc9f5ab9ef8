"""One look at all accounts, and the connections it goes through."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
    from openai import AzureOpenAI, OpenAI

T = TypeVar("T")
PARALLEL_ACCOUNTS = 8


@dataclass(frozen=True)
class Place:
    """Where an account is, and how to sign in there."""

    name: str  # what manifests call it
    provider: str
    subscription_id: str
    resource_group: str
    account_name: str
    region: str
    endpoint: str
    api_key_from_env: str | None = None  # the name of a variable, never its value
    tenant_id: str | None = None  # None: the one that a person signs in to

    @property
    def resource_id(self) -> str:
        """The ARM id of the account."""
        return (
            f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
            f"/providers/Microsoft.CognitiveServices/accounts/{self.account_name}"
        )


@dataclass(frozen=True)
class Parts:
    """How large files are sent: above `threshold` bytes in parts of `size`, so many at a time.

    Source: Microsoft's fine-tuning field notes, 2026-08: one call below 100 MB, else parts of 64.
    """

    threshold: int = 100 << 20
    size: int = 64 << 20
    parallel: int = 4


@dataclass(frozen=True)
class Connection:
    """The clients of one account. `pace` is how patient to be with it, in seconds."""

    place: Place
    data: OpenAI  # files, jobs and models, on the v1 path
    legacy: AzureOpenAI  # what only the dated api-versions can: delete a job, import, send parts
    control: CognitiveServicesManagementClient
    pace: Pace
    # Signs for this account where another tenant's needs its leave. Fetched when asked for.
    control_token: Callable[[], str] = field(repr=False)
    parts: Parts = Parts()

    @property
    def endpoint(self) -> str:
        """Where calls go: the account's own endpoint, or that of the emulator in its place."""
        return str(self.data.base_url).removesuffix("/openai/v1/")


@dataclass(frozen=True)
class Pace:
    """In seconds: between looks, and how long new things take to be listed and to be callable."""

    look: float
    listing_delay: float
    callable_within: float


class Session:
    """Connections by account name, each opened when it is first needed.

    `scratch` is a folder for what helps the next run and may be lost without harm.
    """

    def __init__(  # noqa: PLR0913 -- what a session is made of, each named at the call
        self,
        places: Mapping[str, Place],
        connect: Callable[[Place], Connection],
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        *,
        scratch: Path | None = None,
        ahead: Callable[[], timedelta] = timedelta,
    ) -> None:
        self.places = places
        self.sleep = sleep
        self.jitter = jitter  # from 0 to 1
        self.ahead = ahead  # how much later it is on the service than on this machine
        self.at = datetime.now(UTC)  # when this look began, in the service's time
        self.scratch = scratch
        self._connect = connect
        self._open: dict[str, Connection] = {}
        self._seen: dict[str, dict[str, object]] = {}
        self._lasting: dict[str, object] = {}
        self._absent: set[str] = set()
        self._lock = threading.Lock()

    def __getitem__(self, account: str) -> Connection:
        with self._lock:
            if account not in self._open:
                self._open[account] = self._connect(self.places[account])
            return self._open[account]

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def only(self, account: str) -> Session:
        """A session with one of the accounts, through the same connection."""
        places = {account: self.places[account]}
        return Session(places, lambda place: self[place.name], self.sleep, self.jitter)

    def survey(self, what: str, fetch: Callable[[Connection], T]) -> dict[str, T]:
        """The same listing from every account that is there, remembered until `forget`."""
        if what not in self._seen:
            with ThreadPoolExecutor(PARALLEL_ACCOUNTS) as pool:
                there = [name for name in self.places if name not in self._absent]
                answers = pool.map(lambda name: fetch(self[name]), there)
                self._seen[what] = dict(zip(there, answers, strict=True))
        return self._seen[what]  # type: ignore[return-value]  # one `what` always has one type

    def lasting(self, what: str, fetch: Callable[[], T], is_whole: Callable[[T], bool]) -> T:
        """Something that changes no more once it is whole; from then on it is remembered."""
        if what in self._lasting:
            return self._lasting[what]  # type: ignore[return-value]  # one `what` has one type
        found = fetch()
        if is_whole(found):
            self._lasting[what] = found
        return found

    def forget(self, at: datetime | None = None) -> None:
        """Start a new look, at a moment in the service's time."""
        self.at = at or datetime.now(UTC)
        self._seen.clear()
        self._absent.clear()

    def leave_out(self, account: str) -> None:
        """Ask an account nothing more in this look: it is not there."""
        self._absent.add(account)

    @property
    def look_every(self) -> float:
        """Seconds to wait between two looks: as often as the least patient account allows."""
        return min((one.pace.look for one in self._open.values()), default=1.0)
