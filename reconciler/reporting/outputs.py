"""What applications have to call, in the forms in which they read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from reconciler.kinds.deployment.case import absence
from reconciler.kinds.deployment.pointer import Pointer, pointer
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.deployment.vanished import StayAway
from reconciler.planning.desired import Desired, Observed, standings
from reconciler.reporting.formats import OutputsOut, PointerOut
from reconciler.reporting.page import Page

API_VERSION = "v1"
KIND = "deployment"

Form = Literal["text", "json", "env", "yaml"]
BY_SUFFIX: Mapping[str, Form] = {".json": "json", ".env": "env", ".yaml": "yaml", ".yml": "yaml"}


def form_of(file: Path) -> Form:
    """The form in which a file is written: its ending says. Raises KeyError where that says none.

    `.env.production` is such a file as `.env` is.
    """
    is_env = f"{file.name}.".startswith(".env.") and file.suffix not in BY_SUFFIX
    return "env" if is_env else BY_SUFFIX[file.suffix]


def outputs_out(desired: Desired, observed: Observed, endpoint: Callable[[str], str]) -> OutputsOut:
    """Every wanted deployment; null where there is nothing to call yet."""
    found: dict[str, PointerOut | None] = {}
    for address, wanted in desired.wanted.items():
        if address.kind == KIND:
            at = pointer(wanted.goal, observed.states.get(address))
            account = wanted.goal.account
            found[address.name] = _pointer(at, account, endpoint(account)) if at else None
    away = [*_away(desired, observed)]
    return OutputsOut(project=desired.policy.project, deployments=found, away=away)


def _away(desired: Desired, observed: Observed) -> Iterator[str]:
    """Those whose absence is fine until somebody asks for them."""
    stand = standings(desired, observed)
    for address, wanted in desired.wanted.items():
        state = observed.states.get(address)
        if address.kind == KIND and not isinstance(state, DeploymentState):
            needs = {need: stand[need] for need in wanted.needs}
            if isinstance(absence(wanted.goal, state, needs), StayAway):
                yield address.name


def _pointer(at: Pointer, account: str, endpoint: str) -> PointerOut:
    return PointerOut(
        deployment=at.deployment,
        endpoint=endpoint,
        api_version=API_VERSION,
        base_url=f"{endpoint}/openai/{API_VERSION}/",
        model=at.model,
        version=at.version,
        account=account,
    )


def outputs_text(out: OutputsOut, form: Form, page: Page) -> str:
    """The whole output, with a newline at its end."""
    if form == "json":
        return f"{out.model_dump_json(indent=2)}\n"
    if form == "yaml":
        import yaml

        return str(yaml.safe_dump(out.model_dump(), sort_keys=False))
    lines = _env(out) if form == "env" else _text(out, page)
    return "".join(f"{line}\n" for line in lines)


def _text(out: OutputsOut, page: Page) -> Iterator[str]:
    if not out.deployments:
        yield "No manifest wants a deployment."
    for name, at in out.deployments.items():
        if at is None:
            yield page.paint(f"deployment/{name}  ({_why_not(out, name)})", "yellow")
            continue
        yield page.paint(f"deployment/{name}  {at.deployment}", "bold")
        for field in ("endpoint", "api_version", "model", "account"):
            yield from page.wrap(str(getattr(at, field)), 4, f"{field.replace('_', '-')}: ")


def _env(out: OutputsOut) -> Iterator[str]:
    """Assignments that a shell and a .env file both understand; nothing for what is not there."""
    for name, at in out.deployments.items():
        prefix = _variable(name)
        if at is None:
            yield f"# {prefix}_DEPLOYMENT is {_why_not(out, name)}"
            continue
        for field in ("deployment", "endpoint", "api_version", "base_url", "model", "account"):
            yield f"{prefix}_{field.upper()}={getattr(at, field)}"


def _why_not(out: OutputsOut, name: str) -> str:
    return f"away until ftctl wake {name}" if name in out.away else "not there yet"


def _variable(name: str) -> str:
    """A name as shells allow it: it may not begin with a digit."""
    upper = name.upper().replace("-", "_")
    return f"_{upper}" if upper[0].isdigit() else upper
