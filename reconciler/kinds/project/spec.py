"""What a person writes about a project, and the policy that comes of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from reconciler.kinds.writing import Part
from reconciler.planning.policy import Policy

PERCENT = 100


def _share(value: Any) -> Any:
    text = str(value).removesuffix("%")
    if not (isinstance(value, str) and value.endswith("%") and text.isdigit()):
        raise PydanticCustomError(
            "share", "must be a percentage such as 30%, not {given}", {"given": repr(value)}
        )
    if int(text) > PERCENT:
        raise PydanticCustomError("share", "must be at most 100%, not {given}", {"given": value})
    return int(text) / PERCENT


Share = Annotated[
    float,
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,3}%$"}),
]
Dollars = Annotated[
    Decimal,
    Field(ge=0, strict=False),
    WithJsonSchema({"type": "number", "minimum": 0}),
]


class Budget(Part):
    """US dollars. A plan that would exceed one is refused with exit code 4."""

    training_per_apply: Dollars | None = None
    hosting_per_month: Dollars | None = None
    currency: Literal["USD"] = "USD"


class Guard(Part):
    """The share of a kind that one apply may delete or replace, from ten of it on."""

    max_deletes: Share = 0.3
    max_replaces: Share = 0.3


def _outputs_file(value: Any) -> Any:
    """Beside the manifest, because a manifest writes nowhere else; and no manifest itself."""
    path = PurePosixPath(value) if isinstance(value, str) else PurePosixPath("/")
    if path.is_absolute() or ".." in path.parts or path.suffix not in {".json", ".env"}:
        raise PydanticCustomError(
            "outputs", "must be a path below the manifest's folder that ends in .json or .env"
        )
    return str(path)


OutputsFile = Annotated[
    str,
    BeforeValidator(_outputs_file),
    WithJsonSchema({"type": "string", "pattern": r"^[^/].*\.(json|env)$"}),
]


class Outputs(Part):
    """Where apply, wake and destroy write what applications have to call."""

    file: OutputsFile | None = Field(
        default=None, description="beside the manifest, such as deployments.json"
    )


class ProjectSpec(Part):
    """What holds for the whole folder."""

    budget: Budget = Budget()
    guard: Guard = Guard()
    prune: tuple[Literal["Dataset", "Deployment", "FineTunedModel"], ...] = Field(
        default=(),
        strict=False,
        description="kinds whose unwanted objects may be deleted, if ftctl made them; of a "
        "FineTunedModel, only older versions, beyond what its keep asks for",
    )
    one_deployment_per_model: Literal["warn", "refuse", "allow"] = Field(
        default="warn",
        description="about a second deployment of one model in an account, which the service may "
        "refuse",
    )
    outputs: Outputs = Outputs()
    suffix_length: int = Field(
        default=18,
        ge=18,
        le=40,
        description="how long a model's suffix may be; the fingerprint takes nine characters",
    )
    catalogue: str | None = Field(
        default=None,
        min_length=1,
        description="a file of models, prices and limits, relative to this one, that is laid over "
        "what ftctl knows; see ftctl catalogue",
    )


def policy_of(name: str, spec: ProjectSpec, folder: Path = Path()) -> Policy:
    """The bounds that a project sets; the command line may widen some of them."""
    file = spec.outputs.file
    return Policy(
        project=name,
        training_budget=spec.budget.training_per_apply,
        hosting_budget=spec.budget.hosting_per_month,
        max_deletes=spec.guard.max_deletes,
        max_replaces=spec.guard.max_replaces,
        prune=frozenset(kind.lower() for kind in spec.prune),
        suffix_length=spec.suffix_length,
        one_deployment_per_model=spec.one_deployment_per_model,
        outputs_file=folder / file if file else None,
    )
