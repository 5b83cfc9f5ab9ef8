"""How a resource is called everywhere: `deployment/support-prod`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.planning.phrases import joined

ALIASES = {"model": "finetunedmodel"}
NAMED = 3  # of many


@dataclass(frozen=True, order=True)
class Address:
    """A kind in lower case and a name, as kubectl writes them."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `kind/name`; raises ValueError with the form expected."""
        kind, slash, name = text.partition("/")
        if not (kind and slash and name):
            raise ValueError(f"{text!r} is not an address; write KIND/NAME, as in deployment/bot")
        return cls(ALIASES.get(kind.lower(), kind.lower()), name)


def named(addresses: Sequence[Address]) -> str:
    """All of a few; the first of many, and how many more there are."""
    if len(addresses) > NAMED:
        first = ", ".join(map(str, addresses[: NAMED - 1]))
        return f"{first} and {len(addresses) - NAMED + 1} more"
    return joined(addresses)
