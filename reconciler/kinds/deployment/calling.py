"""Calls a deployment as an application would: one prompt, one answer.

`Succeeded` on the control plane does not mean that calls are answered: for minutes they may get
DeploymentNotReady or DeploymentNotFound. Source: Microsoft's public fine-tuning field notes,
2026-08; Microsoft Learn, Azure OpenAI troubleshooting, read 2026-10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.kinds.deployment.writing import Desk
from reconciler.providers.azure.failures import translated
from reconciler.providers.errors import AnswerLost, Conflict, NotFound, Refused, ServiceError
from reconciler.providers.session import Connection

# By the beginning of a model's name. Source: Microsoft Learn, "Completions" and "Reasoning
# models", read 2026-10.
COMPLETIONS = ("babbage-", "davinci-")
REASONING = ("o1", "o3", "o4", "gpt-5")
NOT_READY = {"DeploymentNotReady", "DeploymentNotFound"}
SHORTEST = 1  # token
THROTTLED = 429
UNFIT = 400


@dataclass(frozen=True)
class Question:
    prompt: str
    system: str | None = None
    max_tokens: int = SHORTEST


@dataclass(frozen=True)
class Line:
    """A deployment that can be called, and the model behind it."""

    desk: Desk
    name: str
    model: str

    def ask(self, question: Question) -> str:
        """The answer. What is not ready yet, or not there for a moment, is waited for."""
        answers: list[str] = []
        limit = self.desk.connection.pace.callable_within
        self.desk.patiently(lambda: answers.append(self._ask(question)), is_passing, limit)
        return answers[-1]

    def answers_at_all(self) -> None:
        """Wait until calls arrive. Throttled or refused by the model, they have arrived."""
        try:
            self.ask(Question("ping"))
        except (AnswerLost, Refused) as error:
            if error.status not in {THROTTLED, UNFIT}:
                raise

    def _ask(self, question: Question) -> str:
        connection = self.desk.connection
        with translated(f"call deployment {self.name}", connection.place.name):
            if self.model.startswith(COMPLETIONS):
                return _completion(connection, self.name, question)
            return _chat(connection, self.name, question, self.model)


def is_passing(error: ServiceError) -> bool:
    """Whether calling again a little later may help."""
    if isinstance(error, NotFound):
        return error.code in NOT_READY
    return isinstance(error, AnswerLost | Conflict) and error.status != THROTTLED


def _completion(connection: Connection, name: str, question: Question) -> str:
    prompt = f"{question.system}\n\n{question.prompt}" if question.system else question.prompt
    answer = connection.data.completions.create(
        model=name, prompt=prompt, max_tokens=question.max_tokens, temperature=0
    )
    return answer.choices[0].text or ""


def _chat(connection: Connection, name: str, question: Question, model: str) -> str:
    """Without chance where the model lets us: reasoning models take no temperature."""
    system = [{"role": "system", "content": question.system}] if question.system else []
    messages: Any = [*system, {"role": "user", "content": question.prompt}]
    options: dict[str, Any] = {"max_tokens": question.max_tokens, "temperature": 0}
    if model.startswith(REASONING):
        options = {"max_completion_tokens": question.max_tokens}
    answer = connection.data.chat.completions.create(model=name, messages=messages, **options)
    return answer.choices[0].message.content or ""
