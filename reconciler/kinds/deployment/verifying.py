"""Asks a deployment what its manifest expects answers to, and writes down how that went.

What came of it is a tag on the deployment, with the mark of the weights and the prompts: so a
version that failed is not tried again until one of them changes, and one that passed can have the
pointer back without being asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.kinds.deployment import body
from reconciler.kinds.deployment.calling import Line, Question
from reconciler.kinds.deployment.errand import Errand
from reconciler.kinds.deployment.expectation import missed
from reconciler.kinds.deployment.state import CALLED, FORBIDDEN, NEVER, REFUSED, VERIFY
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.errors import PermissionMissing, Refused, SignInMissing

WRONG_ANSWERS = "VerifyFailed"
# The prompt itself is refused, whatever the model.
# Source: Microsoft Q&A 5896505, 2026-05-20.
FILTERED = "content_filter"
CHANGE = "Change the prompts under verify, or the model; the same are not tried again."


@dataclass(frozen=True)
class Hearing:
    """What came of calling a deployment and asking it."""

    marks: Mapping[str, str]  # the tags that say so
    wrong: str  # what was wrong with its answers; empty if nothing was


def hear(errand: Errand, record: DeploymentRecord, *, is_new: bool = True) -> Hearing:
    """Wait until it can be called, unless it is known to be; then ask what there is to ask."""
    line = Line(errand.desk, record.name, record.model)
    reached = reach(errand, line) if is_new else {}
    marks, wrong = _verdict(errand, line)
    return Hearing({**reached, **marks}, wrong)


def write_down(errand: Errand, record: DeploymentRecord, marks: Mapping[str, str]) -> None:
    if marks:
        errand.desk.patch(record.name, body.patch(errand.goal, record, marks))


def reach(errand: Errand, line: Line) -> Mapping[str, str]:
    """Wait until it can be called; the mark of that.

    Whoever may not call it is told so, and believes the service.
    """
    if not errand.goal.probe:
        return {}
    try:
        is_answered = line.wait_for_calls()
    except (PermissionMissing, SignInMissing) as error:
        errand.scene.tell(f"not called, so nobody knows whether it answers: {error.message}")
        return {CALLED: FORBIDDEN}
    return called(errand) if is_answered else {CALLED: REFUSED}


def called(errand: Errand) -> Mapping[str, str]:
    """The mark of a call at this moment."""
    return {CALLED: f"{errand.scene.now():%Y-%m-%dT%H:%M:%SZ}"}


def _verdict(errand: Errand, line: Line) -> tuple[Mapping[str, str], str]:
    """The mark that says how it went, and what was wrong with the answers."""
    if not errand.goal.verify:
        return {}, ""
    case = errand.case
    if any(one.name == line.name and one.tags.get(VERIFY) == case.passed for one in case.records):
        return {VERIFY: case.passed}, ""
    wrong = [*_wrong_answers(errand, line)]
    if not wrong:
        return {VERIFY: case.passed}, ""
    asked = len(errand.goal.verify)
    text = f"{line.name} failed {len(wrong)} of {asked} prompts: {'; '.join(wrong)}"
    return {VERIFY: case.failed}, text


def _wrong_answers(errand: Errand, line: Line) -> Iterator[str]:
    expected = errand.goal.verify
    errand.scene.tell(f"asking {line.name} {len(expected)} prompt{'s' * (len(expected) != 1)}")
    for number, one in enumerate(expected, 1):
        try:
            answer = line.ask(Question(one.prompt, one.system, one.max_tokens))
        except Refused as error:
            if error.code != FILTERED:
                raise
            yield f"prompt {number}: {error.message}"
        else:
            if text := missed(number, one, answer):
                yield text


def check(errand: Errand, name: str) -> None:
    """Hear what it answers, and write it down. Raises Refused if that is not as expected."""
    record = errand.desk.record(name)
    heard = hear(errand, record, is_new=record.tags.get(CALLED) == NEVER)
    write_down(errand, record, heard.marks)
    if heard.wrong:
        raise rejected(f"{heard.wrong}. It goes on being called")


def rejected(text: str) -> Refused:
    return Refused(f"{text}.", code=WRONG_ANSWERS, hint=CHANGE)
