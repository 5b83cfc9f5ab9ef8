"""Models, regions, SKUs and training types as dated data.

These lists age fast, so a name that is not here is a warning and never a refusal.
Sources: Microsoft Learn, "Fine-tuning models" (2026-10-06), "Deployment types" (2026-05-08).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.planning.spelling import did_you_mean

AS_OF = "2026-10-06"

# The models that can be fine-tuned, and by which methods.
METHODS: Mapping[str, tuple[str, ...]] = {
    "gpt-4.1-2025-04-14": ("supervised", "dpo"),
    "gpt-4.1-mini-2025-04-14": ("supervised", "dpo"),
    "gpt-4.1-nano-2025-04-14": ("supervised", "dpo"),
    "gpt-4o-2024-08-06": ("supervised", "dpo"),
    "gpt-4o-mini-2024-07-18": ("supervised",),
    "o4-mini-2025-04-16": ("reinforcement",),
    "gpt-5-2025-08-07": ("reinforcement",),
    "Llama-3.3-70B-Instruct": ("supervised",),
    "Qwen3-32B": ("supervised",),
    "gpt-oss-20b": ("supervised",),
    "gpt-oss-120b": ("supervised", "reinforcement"),
    "Ministral-3B": ("supervised",),
    "MAI-Code-1.1-Flash": ("reinforcement",),
    "babbage-002": ("supervised",),  # retired; for old manifests
    "davinci-002": ("supervised",),
}
MODEL_ALIASES = {
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "o4-mini": "o4-mini-2025-04-16",
    "gpt-5": "gpt-5-2025-08-07",
}
# What ARM wants as `model.format`; a wrong one is answered with an empty 500.
# Source: Microsoft's public fine-tuning field notes, 2026-08.
MODEL_FORMATS = {
    "gpt-oss": "Microsoft",
    "mai-": "Microsoft",
    "ministral": "Mistral AI",
    "llama": "Meta",
    "qwen": "Alibaba",
}
TRAINING_TYPES = ("Standard", "GlobalStandard", "DeveloperTier")
SKUS = ("Standard", "GlobalStandard", "DataZoneStandard", "ProvisionedManaged", "DeveloperTier")
REGIONS = (
    "australiaeast", "brazilsouth", "canadacentral", "canadaeast", "eastus", "eastus2",
    "francecentral", "germanywestcentral", "italynorth", "japaneast", "koreacentral",
    "northcentralus", "norwayeast", "polandcentral", "southafricanorth", "southcentralus",
    "southindia", "southeastasia", "spaincentral", "swedencentral", "switzerlandnorth",
    "switzerlandwest", "uaenorth", "uksouth", "westeurope", "westus", "westus3",
)  # fmt: skip


def canonical_model(name: str) -> str:
    """The dated name behind an alias, in lower case: what two spellings have in common."""
    lowered = name.lower()
    return MODEL_ALIASES.get(lowered, lowered)


def model_format(name: str) -> str:
    """Who makes a model, by the beginning of its name, as ARM spells it."""
    lowered = name.lower()
    makers = (maker for start, maker in MODEL_FORMATS.items() if lowered.startswith(start))
    return next(makers, "OpenAI")


def canonical(name: str, known: Iterable[str]) -> str:
    """The catalogue's spelling of a name, or the name as it was written."""
    return {one.casefold(): one for one in known}.get(name.casefold(), name)


def unknown(what: str, name: str, known: Iterable[str]) -> tuple[str, str] | None:
    """A warning and its hint for a name that the catalogue does not have."""
    names = tuple(known)
    if name.casefold() in {one.casefold() for one in names}:
        return None
    message = f"{what} {name} is not in the catalogue of {AS_OF}; it is passed on as it is."
    return message, did_you_mean(name, names)


def unknown_method(base_model: str, method: str) -> tuple[str, str] | None:
    """A warning for a method that the catalogue does not list for a known model."""
    known = {name.casefold(): methods for name, methods in METHODS.items()}
    methods = known.get(base_model.casefold(), (method,))
    if method in methods:
        return None
    message = f"{base_model} is trained by {' or '.join(methods)} in the catalogue of {AS_OF}"
    return f"{message}, not by {method}; it is passed on as it is.", ""
