"""How much of something the service takes of one account: a limit of the catalogue."""

from __future__ import annotations

from reconciler.planning.policy import Policy
from reconciler.providers.azure.catalogue import built_in

WITHOUT_LIMIT = 1 << 60


def most(policy: Policy, name: str) -> int:
    """A limit by its name among `Limits`: as the project knows it, or else as ftctl does."""
    limit = policy.limits.get(name, built_in().limit(name))
    return WITHOUT_LIMIT if limit is None else limit
