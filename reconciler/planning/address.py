"""How a resource is called everywhere: `deployment/support-prod`."""

from __future__ import annotations

from dataclasses import dataclass

ALIASES = {"model": "finetunedmodel"}


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
