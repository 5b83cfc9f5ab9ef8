"""Which right each favour takes, and which role gives it.

Source: Microsoft Learn, "Role-based access control for Azure OpenAI", 2025-11-26. Lists of the
actions differ in how they name the sub-actions of files, so some rights have several names.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.planning.asking import Favour
from reconciler.providers.azure.failures import ROLE
from reconciler.providers.azure.permissions import Permissions

OPENAI = "Microsoft.CognitiveServices/accounts/OpenAI"
DEPLOYMENTS = "Microsoft.CognitiveServices/accounts/deployments"


@dataclass(frozen=True)
class Right:
    """`names` are beginnings of actions, each of which, with the verb, would do."""

    name: str
    favour: Favour
    names: tuple[str, ...]
    verb: str
    is_data: bool = False
    role: str = ROLE
    otherwise: str = ""  # what cannot be done without it, where that is not everything

    @property
    def is_needed(self) -> bool:
        return not self.otherwise

    def is_allowed(self, permissions: Permissions) -> bool:
        allows = permissions.allow_data if self.is_data else permissions.allow
        return any(allows(f"{name}/{self.verb}") for name in self.names)

    def may_be_allowed(self, permissions: Permissions) -> bool:
        """Whether something is allowed whose name comes near, or not all could be read."""
        near = self.is_data and any(permissions.hint_at(f"{name}/") for name in self.names)
        return near or not permissions.is_complete


RIGHTS = (
    Right(
        "may upload files",
        Favour.UPLOAD,
        (f"{OPENAI}/files", f"{OPENAI}/fine-tunes/files"),
        "write",
        is_data=True,
    ),
    Right(
        "may upload files in parts",
        Favour.SEND_PARTS,
        (f"{OPENAI}/fine-tunes/uploads", f"{OPENAI}/uploads"),
        "write",
        is_data=True,
    ),
    Right(
        "may delete files",
        Favour.UPLOAD,
        (f"{OPENAI}/files", f"{OPENAI}/fine-tunes/files"),
        "delete",
        is_data=True,
        otherwise="those that nobody needs any more stay",
    ),
    Right("may train", Favour.TRAIN, (f"{OPENAI}/fine-tunes",), "write", is_data=True),
    Right(
        "may delete models",  # with their jobs: there is no other way
        Favour.TRAIN,
        (f"{OPENAI}/fine-tunes",),
        "delete",
        is_data=True,
        otherwise="those that nobody wants any more stay",
    ),
    Right("may make deployments", Favour.DEPLOY, (DEPLOYMENTS,), "write"),
    Right("may delete deployments", Favour.DEPLOY, (DEPLOYMENTS,), "delete"),
    Right(
        "may call deployments",
        Favour.DEPLOY,
        (f"{OPENAI}/deployments/chat/completions",),
        "action",
        is_data=True,
        otherwise="they are made, but cannot be tried",
    ),
    Right(
        "may read metrics",
        Favour.DEPLOY,
        ("Microsoft.Insights/metrics",),
        "read",
        role="Monitoring Reader",
        otherwise="when they were last called stays unknown",
    ),
)
