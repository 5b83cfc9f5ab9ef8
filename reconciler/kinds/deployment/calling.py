"""Calls a deployment as an application would: one prompt, one answer.

`Succeeded` on the control plane does not mean that calls are answered: for minutes they may get
DeploymentNotReady or DeploymentNotFound. Source: Microsoft's public fine-tuning field notes,
2026-08; Microsoft Learn, Azure OpenAI troubleshooting, read 2026-10.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.kinds.deployment.talking import COMPLETES, completion_prompt
from reconciler.kinds.deployment.writing import Desk
from reconciler.providers.azure.failures import translated
from reconciler.providers.errors import AnswerLost, Conflict, Refused, ServiceError

if TYPE_CHECKING:
    from openai import OpenAI

# By the beginning of a model's name. Source: Microsoft Learn, "Reasoning models", read 2026-10.
REASONING = ("o1", "o3", "o4", "gpt-5")
# The code alone says so: with which status DeploymentNotReady comes is not documented.
NOT_READY = {"DeploymentNotReady", "DeploymentNotFound"}
SHORTEST = 1  # token
# What it thinks counts as well. UNVERIFIED: that with fewer it may answer 400, as it could not
# finish its message.
SHORTEST_OF_REASONING = 16  # tokens
ARRIVED = {400, 429}
# Source: Microsoft's public fine-tuning field notes, 2026-08.
REMAKE = "If it stays so, delete it and apply again."


@dataclass(frozen=True)
class Question:
    prompt: str
    system: str | None = None
    max_tokens: int = SHORTEST


def ping(model: str) -> Question:
    """The shortest question that a model answers."""
    return Question("ping", max_tokens=SHORTEST_OF_REASONING if _reasons(model) else SHORTEST)


def _reasons(model: str) -> bool:
    return model.lower().startswith(REASONING)


@dataclass(frozen=True)
class Line:
    """A deployment that can be called, and the model behind it."""

    desk: Desk
    name: str
    model: str

    def ask(self, question: Question) -> str:
        """The answer. What is not ready yet, or not there for a moment, is waited for."""
        answers: list[str] = []
        self._patiently(lambda: answers.append(self._ask(question)))
        return answers[-1]

    def wait_for_calls(self) -> bool:
        """Wait until calls arrive; whether one was answered.

        Throttled, or refused by the model, they have arrived.
        """
        answered: list[bool] = []

        def call() -> None:
            try:
                self._ask(ping(self.model))
            except (AnswerLost, Refused) as error:
                if error.code in NOT_READY or error.status not in ARRIVED:
                    raise
                answered.append(False)
            else:
                answered.append(True)

        self._patiently(call)
        return answered[-1]

    def _patiently(self, attempt: Callable[[], None]) -> None:
        limit = self.desk.connection.pace.callable_within
        try:
            self.desk.patiently(attempt, is_passing, limit)
        except ServiceError as error:
            if error.code not in NOT_READY:
                raise
            text = f"{self.name} is made, and does not answer calls after {limit:,.0f} s"
            raise Refused(f"{text}: {error.message}", code=error.code, hint=REMAKE) from error

    def _ask(self, question: Question) -> str:
        connection = self.desk.connection
        # Without the SDK's own tries: it would sit out a Retry-After of two minutes each time.
        client = connection.data.with_options(max_retries=0)
        with translated(f"call deployment {self.name}", connection.place.name):
            if self.model.lower().startswith(COMPLETES):
                return _completion(client, self.name, question)
            return _chat(client, self.name, question, self.model)


def is_passing(error: ServiceError) -> bool:
    """Whether calling again a little later may help."""
    return error.code in NOT_READY or isinstance(error, AnswerLost | Conflict)


def _completion(client: OpenAI, name: str, question: Question) -> str:
    prompt = completion_prompt(question.system, question.prompt)
    answer = client.completions.create(
        model=name, prompt=prompt, max_tokens=question.max_tokens, temperature=0
    )
    return answer.choices[0].text or ""


def _chat(client: OpenAI, name: str, question: Question, model: str) -> str:
    """Without chance where the model lets us: reasoning models take no temperature."""
    system = [{"role": "system", "content": question.system}] if question.system else []
    messages: Any = [*system, {"role": "user", "content": question.prompt}]
    options: dict[str, Any] = {"max_tokens": question.max_tokens, "temperature": 0}
    if _reasons(model):
        options = {"max_completion_tokens": question.max_tokens}
    answer = client.chat.completions.create(model=name, messages=messages, **options)
    return answer.choices[0].message.content or ""
