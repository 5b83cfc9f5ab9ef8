"""For commands about one model: its manifest, its job, and the connection to that."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reconciler.applying.observe import observe
from reconciler.cli.opening import Opened, opened
from reconciler.cli.running import UsageError
from reconciler.kinds.fine_tuned_model.jobs import latest
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired
from reconciler.planning.spelling import did_you_mean
from reconciler.providers.azure.listings import JobRecord
from reconciler.providers.session import Connection

MODEL = "finetunedmodel"


@dataclass(frozen=True)
class Found:
    address: Address
    job: JobRecord
    connection: Connection
    at: Opened


@contextmanager
def job_of(options: Namespace) -> Iterator[Found]:
    """The job of the model that the command names. Raises UsageError where there is none."""
    with opened(options, is_estimate_enough=True) as at:
        address = address_of(options.address, at.desired)
        state = observe(at.desired, at.session, at.clock.now()).states.get(address)
        job = latest(state) if state else None
        if job is None:
            raise UsageError(
                f"{address} has no job: it was not submitted yet, or the service keeps no record "
                "of it any more. `ftctl plan` tells which."
            )
        yield Found(address, job, at.session[job.account], at)


def address_of(text: str, desired: Desired, kind: str = MODEL) -> Address:
    """What a person named, a model by default. Raises UsageError for what no manifest defines."""
    try:
        address = Address.parse(text if "/" in text else f"{kind}/{text}")
    except ValueError as error:
        raise UsageError(f"{error}.") from error
    known = [str(one) for one in desired.wanted if one.kind == kind]
    if address in desired.wanted and address.kind != kind:
        there = f"There is {', '.join(known)}." if known else ""
        text = f"this command is about a {desired.kinds[kind].name}, and {address} is none."
        raise UsageError(f"{text} {there}".strip())
    if str(address) not in known:
        hint = did_you_mean(str(address), known) or f"There is {', '.join(known) or 'none'}."
        raise UsageError(f"no manifest defines {address}. {hint}")
    return address
