"""What the world writes down. Facts and durations only: every status is computed from them."""

from dataclasses import dataclass, field

from reconciler.emulator.messages import Document


@dataclass(kw_only=True)
class Record:
    """Something on a shelf: an account's name, its own key, when it was made, and its number."""

    account: str
    key: str
    created: float
    seq: int = 0


@dataclass(kw_only=True)
class Account(Record):
    """A Foundry resource; `account` and `key` are its name in lower case."""

    name: str
    subscription: str
    group: str
    region: str
    kind: str = "AIServices"
    disable_local_auth: bool = False
    tenant: str = ""
    quota: dict[str, int] = field(default_factory=dict)
    # By scope; without any, everybody may do everything.
    roles: dict[str, list[str]] | None = None
    # The content filters that exist; without a list, every name does.
    rai_policies: list[str] | None = None

    @property
    def id(self) -> str:
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
            f"/providers/Microsoft.CognitiveServices/accounts/{self.name}"
        )


@dataclass(kw_only=True)
class Contents:
    """What a check of an uploaded file found."""

    bytes: int
    examples: int = 0
    tokens: int = 0
    shape: str = ""
    problem: str = ""


@dataclass(kw_only=True)
class StoredFile(Record):
    """An upload, or (with `job`) a results file that a job fills as it goes."""

    filename: str
    purpose: str
    contents: Document
    check_seconds: float = 0.0
    expires: float | None = None
    job: str = ""

    @property
    def found(self) -> Contents:
        return Contents(**self.contents)


@dataclass(kw_only=True)
class Upload(Record):
    """A file that arrives in parts."""

    filename: str
    purpose: str
    bytes: int
    parts: dict[str, int] = field(default_factory=dict)
    cancelled: bool = False
    file: str = ""


@dataclass(kw_only=True)
class Job(Record):
    """A fine-tuning job: what was asked, how long it takes, and what was done to it."""

    model: str
    parent: str
    training_file: str
    validation_file: str
    seed: int
    method: Document | None
    hyperparameters: Document
    kind: str
    suffix: str
    training_type: str
    metadata: Document | None
    integrations: list[Document] | None
    preprocessing: float
    training: float
    pausing: float
    examples: int
    tokens: int
    results_file: str
    cancelled: float | None = None
    # [[paused at, resumed at or None], ...]
    pauses: list[list[float | None]] = field(default_factory=list)
    # {"code", "message", "param", "stage": "data" | "model"}
    failure: Document | None = None
    deleted: bool = False

    @property
    def hex(self) -> str:
        return self.key.removeprefix("ftjob-")

    @property
    def model_id(self) -> str:
        label = f"-{self.suffix}" if self.suffix else ""
        return f"{self.model}.ft-{self.hex}{label}"


@dataclass(kw_only=True)
class Deployment(Record):
    """A deployment; `document` keeps what was sent, also what we do not know."""

    name: str
    document: Document
    # The dated base model below it, and whether it is a fine-tuned one.
    family: str
    custom: bool
    modified: float
    ready: float
    busy_until: float
    etag: str
    last_call: float | None = None
    paused_at: float | None = None
    # Why it never came up.
    failure: Document | None = None
    # A later write failed after it was accepted; what was there before goes on.
    last_write_failed: bool = False
    deleted: float | None = None
    deletion: float = 0.0
    quota_release: float = 0.0

    @property
    def is_paused(self) -> bool:
        return bool(self.document["properties"].get("deploymentState") == "Paused")

    @property
    def sku(self) -> str:
        return str(self.document["sku"]["name"])

    @property
    def capacity(self) -> int:
        return int(self.document["sku"]["capacity"])

    @property
    def model(self) -> Document:
        model: Document = self.document["properties"]["model"]
        return model


@dataclass(kw_only=True)
class Operation(Record):
    """A long-running write; `until` says when it ends, `failure` how."""

    resource: str
    until: float
    failure: Document | None = None


@dataclass(kw_only=True)
class Fault(Record):
    """Something to go wrong on purpose, and how often it was asked and struck."""

    match: Document
    action: Document
    times: int | None = 1
    after: int = 0
    probability: float = 1.0
    asked: int = 0
    struck: int = 0
