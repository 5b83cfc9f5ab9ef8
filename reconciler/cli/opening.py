"""From options to what is desired, and to a session with the accounts."""

from __future__ import annotations

import os
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.applying.clock import SystemClock
from reconciler.cli.parser import EMBEDDED
from reconciler.cli.running import UsageError
from reconciler.manifest.loading import Loaded, load
from reconciler.manifest.mistakes import ManifestError
from reconciler.planning.desired import Desired
from reconciler.providers.session import Connection, Place, Session

if TYPE_CHECKING:
    from reconciler.emulator import Server

DEFAULT_PATH = "manifests"
SCRATCH = Path(".ftctl")
LOCAL_DATA = SCRATCH / "emulator"


@dataclass(frozen=True)
class Opened:
    """What a command works with."""

    desired: Desired
    session: Session
    clock: SystemClock
    stop: threading.Event


def read(
    options: Namespace, *, is_estimate_enough: bool = False, are_urls_checked: bool = False
) -> Loaded:
    """Whatever the manifests say, mistakes included."""
    paths = [Path(path) for path in options.paths] or [Path(DEFAULT_PATH)]
    return load(
        paths,
        os.environ,
        is_estimate_enough=is_estimate_enough,
        are_urls_checked=are_urls_checked,
    )


def desire(options: Namespace, *, is_estimate_enough: bool = False) -> Desired:
    """What the manifests want, with the leave given on the command line. Or ManifestError."""
    loaded = read(options, is_estimate_enough=is_estimate_enough)
    if loaded.mistakes:
        raise ManifestError(loaded.mistakes)
    if not hasattr(options, "force"):
        return loaded.desired
    policy = replace(
        loaded.desired.policy,
        force=options.force,
        allow_protected=options.allow_protected,
        allow_retrain=options.allow_retrain,
        allow_unknown_cost=options.allow_unknown_cost,
    )
    return replace(loaded.desired, policy=policy)


@contextmanager
def opened(options: Namespace, *, is_estimate_enough: bool = False) -> Iterator[Opened]:
    """What is desired, and a session that connects when it is first used.

    Commands that show no cost of training need only an estimate of the tokens.
    """
    with connected(options, desire(options, is_estimate_enough=is_estimate_enough)) as at:
        yield at


@contextmanager
def connected(options: Namespace, desired: Desired) -> Iterator[Opened]:
    """The same for what was read already."""
    stop = threading.Event()
    clock = SystemClock(stop)
    places = {
        one.address.name: one.goal
        for one in desired.wanted.values()
        if one.address.kind == "account"
    }
    with _local_url(options, places) as local:
        from reconciler.providers import PROVIDERS

        def connect(place: Place) -> Connection:
            return PROVIDERS[place.provider](place, local)

        session = Session(places, connect, scratch=SCRATCH, ahead=_ahead(local))
        yield Opened(desired, session, clock, stop)


def _ahead(local: str | None) -> Callable[[], timedelta]:
    """Azure has our time. An emulator may have its own, and tells it."""
    if local is None:
        return timedelta
    from reconciler.providers.azure.local import ahead

    return partial(ahead, local)


@contextmanager
def _local_url(options: Namespace, places: Mapping[str, Place]) -> Iterator[str | None]:
    """The emulator to use instead of Azure, started here if it is the embedded one."""
    wanted = _from_environment() if options.local is None else options.local
    if options.local == "":  # an empty variable, and not the wish to go to Azure
        raise UsageError("--local= names no emulator; --local alone starts the embedded one.")
    if not wanted:
        yield None
    elif wanted == EMBEDDED:
        with _embedded() as server:
            _register(server.url, places)
            yield server.url
    else:
        from reconciler.providers.azure.connect import require_loopback

        try:
            require_loopback(wanted)
        except ValueError as error:
            raise UsageError(f"{error}.") from error
        _register(wanted, places)
        yield wanted


def _embedded() -> Server:
    from reconciler.emulator import serve

    try:
        return serve(LOCAL_DATA)
    except OSError as error:
        why = error.strerror or error
        raise UsageError(
            f"the embedded emulator cannot keep its data in {LOCAL_DATA}: {why}."
        ) from error


def _from_environment() -> str:
    value = os.environ.get("FTCTL_LOCAL", "")
    return {"1": EMBEDDED, "0": "", "true": EMBEDDED, "false": ""}.get(value.lower(), value)


def _register(url: str, places: Mapping[str, Place]) -> None:
    """Make the emulator serve the accounts that the manifests name."""
    from reconciler.providers.azure.local import register

    register(url, list(places.values()))
