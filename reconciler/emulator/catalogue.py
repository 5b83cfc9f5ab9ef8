"""The base models that this world offers, as dated data.

Source: Microsoft Learn, "Fine-tuning models" of 2026-10-06 and "Deploy a fine-tuned model" of
2026-03-19; `format` from Microsoft's public fine-tuning field notes, 2026-08. Retirement dates:
"Model retirements" of 2026-07. The table ages fast: it decides what the emulator accepts, and
says nothing about tomorrow's service.
"""

from dataclasses import dataclass

SFT = frozenset({"supervised"})
SFT_DPO = frozenset({"supervised", "dpo"})
RFT = frozenset({"reinforcement"})

# Every deployment type, in the spelling that the service returns.
SKUS = (
    "Standard",
    "GlobalStandard",
    "DataZoneStandard",
    "ProvisionedManaged",
    "GlobalProvisionedManaged",
    "DataZoneProvisionedManaged",
    "DeveloperTier",
    "GlobalBatch",
    "DataZoneBatch",
)
# What people write (any case) and what it is called.
SKU_SPELLINGS = {sku.lower(): sku for sku in SKUS} | {"developer": "DeveloperTier"}

# What people send as trainingType (any case), and what the service echoes: recorded answers in
# the public microsoft-foundry/fine-tuning notebooks, 2025-12; "1" is what litellm sends.
TRAINING_TYPES = {
    "standard": "standard",
    "1": "standard",
    "globalstandard": "globalStandard",
    "developertier": "developerTier",
    "developer": "developerTier",
    "datazonestandard": "dataZoneStandard",
    "datazone": "dataZoneStandard",
}
ALL_TRAINING = frozenset(TRAINING_TYPES.values())
HOSTED = frozenset({"Standard", "GlobalStandard", "DataZoneStandard"})

# Where Azure OpenAI is offered and models are trained globally, 2026-10-06.
REGIONS = (
    "australiaeast", "brazilsouth", "canadacentral", "canadaeast", "eastus", "eastus2",
    "francecentral", "germanywestcentral", "italynorth", "japaneast", "koreacentral",
    "northcentralus", "norwayeast", "polandcentral", "southafricanorth", "southcentralus",
    "southindia", "southeastasia", "spaincentral", "swedencentral", "switzerlandnorth",
    "switzerlandwest", "uaenorth", "uksouth", "westeurope", "westus", "westus3",
)  # fmt: skip

# Regions for training of type standard, 2026-03.
TRAINING_REGIONS = {
    "gpt-4.1": {"northcentralus", "swedencentral"},
    "gpt-4.1-mini": {"northcentralus", "swedencentral"},
    "gpt-4.1-nano": {"northcentralus", "swedencentral"},
    "gpt-4o": {"eastus2", "northcentralus", "swedencentral"},
    "gpt-4o-mini": {"northcentralus", "swedencentral"},
    "o4-mini": {"eastus2", "swedencentral"},
    "gpt-5": {"northcentralus", "swedencentral"},
}

# Regions for deployments of what is trained, by SKU and model; a SKU that is missing here is
# served everywhere. Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19; the data zone of the
# United States: "Fine-tuning models", 2026-10-06.
_US = {"eastus", "eastus2", "northcentralus", "southcentralus", "westus", "westus3"}
_NCUS_SWC = {"northcentralus", "swedencentral"}
SERVING_REGIONS = {
    "Standard": {
        "gpt-4.1": _NCUS_SWC,
        "gpt-4.1-mini": _NCUS_SWC,
        "gpt-4.1-nano": _NCUS_SWC,
        "gpt-4o": {"eastus2", "swedencentral"},
        "gpt-4o-mini": _NCUS_SWC,
        "o4-mini": {"eastus2", "swedencentral"},
        "gpt-5": _NCUS_SWC,
    },
    "ProvisionedManaged": {
        "gpt-4.1": {"swedencentral"},
        "gpt-4o": _NCUS_SWC,
        "gpt-4o-mini": _NCUS_SWC,
    },
    "DataZoneStandard": dict.fromkeys(
        ("gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-4o", "gpt-4o-mini", "o4-mini"), _US
    ),
}


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A base model: its ARM name and version; the data plane joins the two with a dash."""

    name: str
    version: str
    methods: frozenset[str]
    training: frozenset[str] = ALL_TRAINING
    skus: frozenset[str] = HOSTED | {"DeveloperTier"}
    format: str = "OpenAI"
    dated: bool = True
    # Users cannot pause jobs of gpt-5 (microsoft-foundry/fine-tuning, 2026-01).
    pausable: bool = True
    # When calls to the base model end, and when training does.
    retirement: tuple[str, str] = ("", "")
    # When calls to fine-tuned deployments of it end.
    deployments_end: str = ""

    @property
    def id(self) -> str:
        return f"{self.name}-{self.version}" if self.dated else self.name

    @property
    def continues(self) -> bool:
        """Only OpenAI families train on from a fine-tuned model (Microsoft Learn, 2026-10)."""
        return self.format == "OpenAI"


def _open(name: str, maker: str, training: frozenset[str], methods: frozenset[str]) -> BaseModel:
    skus = frozenset({"GlobalStandard"})
    return BaseModel(name, "1", methods, training, skus, format=maker, dated=False)


_ZONE = frozenset({"dataZoneStandard", "globalStandard"})
_PREVIEW = frozenset({"globalStandard", "developerTier"})
_PTU = HOSTED | {"ProvisionedManaged"}
_AFTER_41 = ("2026-10-14", "2027-04-14")
_AFTER_4O = ("2026-10-01", "2027-04-01")

MODELS = (
    BaseModel(
        "gpt-4.1",
        "2025-04-14",
        SFT_DPO,
        skus=_PTU | {"DeveloperTier"},
        retirement=_AFTER_41,
        deployments_end="2027-10-14",
    ),
    BaseModel(
        "gpt-4.1-mini", "2025-04-14", SFT_DPO, retirement=_AFTER_41, deployments_end="2027-10-14"
    ),
    BaseModel(
        "gpt-4.1-nano", "2025-04-14", SFT_DPO, retirement=_AFTER_41, deployments_end="2027-10-14"
    ),
    BaseModel(
        "gpt-4o",
        "2024-08-06",
        SFT_DPO,
        skus=_PTU,
        retirement=_AFTER_4O,
        deployments_end="2027-10-01",
    ),
    BaseModel(
        "gpt-4o-mini",
        "2024-07-18",
        SFT,
        skus=_PTU,
        retirement=_AFTER_4O,
        deployments_end="2027-10-01",
    ),
    BaseModel(
        "o4-mini",
        "2025-04-16",
        RFT,
        retirement=("2026-10-16", "2027-04-16"),
        deployments_end="2027-10-16",
    ),
    BaseModel(
        "gpt-5",
        "2025-08-07",
        RFT,
        training=ALL_TRAINING - {"developerTier"},
        skus=frozenset({"Standard"}),
        pausable=False,
        retirement=("2027-02-06", ""),
    ),
    _open("Llama-3.3-70B-Instruct", "Meta", _ZONE, SFT),
    _open("Qwen3-32B", "Alibaba", _ZONE, SFT),
    _open("gpt-oss-20b", "Microsoft", _ZONE, SFT),
    _open("Ministral-3B", "Mistral AI", _ZONE, SFT),
    _open("MAI-Code-1.1-Flash", "Microsoft", _PREVIEW, RFT),
    # Trained, and served on managed compute only, which has no SKU.
    BaseModel(
        "gpt-oss-120b", "1", SFT | RFT, _PREVIEW, frozenset(), format="Microsoft", dated=False
    ),
    # Retired or retiring families, kept for manifests of 2024.
    BaseModel("gpt-35-turbo", "0125", SFT, frozenset({"standard"}), frozenset({"Standard"})),
    BaseModel(
        "babbage-002", "1", SFT, frozenset({"standard"}), frozenset({"Standard"}), dated=False
    ),
    BaseModel(
        "davinci-002", "1", SFT, frozenset({"standard"}), frozenset({"Standard"}), dated=False
    ),
    # Not tunable: something to be refused by training and accepted by deploying.
    BaseModel("gpt-4o-transcribe", "2025-03-20", frozenset(), frozenset(), HOSTED),
)

_BY_ALIAS = {alias.lower(): model for model in MODELS for alias in (model.name, model.id)} | {
    "gpt-3.5-turbo": next(model for model in MODELS if model.name == "gpt-35-turbo"),
    "gpt-3.5-turbo-0125": next(model for model in MODELS if model.name == "gpt-35-turbo"),
}


def base_model(name: str) -> BaseModel | None:
    """By dated name or alias, in any case."""
    return _BY_ALIAS.get(name.lower())
