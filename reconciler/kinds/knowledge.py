"""What is known of the service wherever a policy is at hand: the catalogue in effect.

What a kind needs to know of a wanted resource stands in its goal. This is for limits, and for what
is on the service without being wanted.
"""

from __future__ import annotations

from reconciler.planning.policy import Policy
from reconciler.providers.azure.catalogue import Catalogue, built_in

WITHOUT_LIMIT = 1 << 60


def known(policy: Policy) -> Catalogue:
    """The project's catalogue, or else what ftctl knows by itself."""
    catalogue: Catalogue | None = policy.catalogue
    return catalogue or built_in()


def most(policy: Policy, name: str) -> int:
    """How much the service takes of something, by the name of a field of `Limits`."""
    limit = known(policy).limit(name)
    return WITHOUT_LIMIT if limit is None else limit
