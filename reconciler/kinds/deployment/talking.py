"""Talks to a deployment, piece by piece as it answers. Each call counts as activity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reconciler.providers.azure.failures import translated
from reconciler.providers.errors import AnswerLost
from reconciler.providers.session import Connection

# Families that complete a text and know no messages. Source: contract of the completions API,
# Microsoft Learn, "Azure OpenAI in Microsoft Foundry Models: models", read 2026-10.
COMPLETES = ("babbage", "davinci")


def completion_prompt(system: str | None, text: str) -> str:
    """For such a model: what it is to keep to, and below it the text to complete."""
    return f"{system}\n\n{text}" if system else text


@dataclass
class Talk:
    """A conversation. Its history grows with each answer that came to its end."""

    connection: Connection
    deployment: str
    model: str
    system: str = ""
    max_tokens: int | None = None
    history: list[dict[str, str]] = field(default_factory=list)
    ending: str = ""  # why the last answer ended, in the service's word

    @property
    def is_completion(self) -> bool:
        return self.model.lower().startswith(COMPLETES)

    def answers(self, text: str) -> Iterator[str]:
        """The answer in pieces. Raises ServiceError, and then the message was never said."""
        said: list[str] = []
        self.ending = ""
        doing, account = f"talk to deployment {self.deployment}", self.connection.place.name
        with translated(doing, account):
            for piece in self._completed(text) if self.is_completion else self._chatted(text):
                said.append(piece)
                yield piece
        if not self.ending:  # each whole answer tells why it ended
            raise AnswerLost(
                f"could not {doing} in account/{account}: the answer broke off before its end.",
                hint="What came of it is not all of it; ask again.",
            )
        self.history += [
            {"role": "user", "content": text},
            {"role": "assistant", "content": "".join(said)},
        ]

    def _chatted(self, text: str) -> Iterator[str]:
        system = [{"role": "system", "content": self.system}] if self.system else []
        messages: Any = [*system, *self.history, {"role": "user", "content": text}]
        # Reasoning models take no max_tokens, and every model takes this.
        limit: Any = {"max_completion_tokens": self.max_tokens} if self.max_tokens else {}
        chunks = self.connection.data.chat.completions.create(
            model=self.deployment, messages=messages, stream=True, **limit
        )
        for chunk in chunks:
            for choice in chunk.choices[:1]:  # the first chunk of the service has none
                self.ending = choice.finish_reason or self.ending
                yield choice.delta.content or choice.delta.refusal or ""

    def _completed(self, text: str) -> Iterator[str]:
        """The text alone: such a model has no use for what was said before."""
        limit: Any = {"max_tokens": self.max_tokens} if self.max_tokens else {}
        chunks = self.connection.data.completions.create(
            model=self.deployment,
            prompt=completion_prompt(self.system, text),
            stream=True,
            **limit,
        )
        for chunk in chunks:
            for choice in chunk.choices[:1]:
                self.ending = choice.finish_reason or self.ending
                yield choice.text or ""
