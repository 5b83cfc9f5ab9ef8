"""Whose fault it was decides whether a job may ever be tried again."""

from __future__ import annotations

import pytest

from reconciler.kinds.fine_tuned_model.decide import NEVER_AGAIN
from reconciler.kinds.fine_tuned_model.verdict import verdict
from reconciler.planning.action import ReasonCode
from reconciler.providers.azure.listings import JobError

# The service's own words. Source: Microsoft Learn, "Safety evaluation for fine-tuning", 2025-08-29.
DATA_CHECK = (
    "The provided training data failed RAI checks for harm types: [hate_fairness, self_harm, "
    "violence]. Please fix the data and try again."
)
MODEL_CHECK = (
    "This model is unable to be deployed. Model evaluation identified that this fine tuned model "
    "scores above acceptable thresholds for [Violence, Self Harm]. Please review your training "
    "data set and resubmit the job."
)
JSONL = "Validation of jsonl file failed: No valid json line found in file"

CASES = [
    (
        JobError("", DATA_CHECK, ""),
        ReasonCode.FAILED_SAFETY_DATA,
        "the training data failed the safety check for: hate_fairness, self_harm, violence",
    ),
    (
        JobError("contentFilter", DATA_CHECK, "training_file"),
        ReasonCode.FAILED_SAFETY_DATA,
        "the training data failed the safety check for: hate_fairness, self_harm, violence",
    ),
    (
        JobError("", MODEL_CHECK, ""),
        ReasonCode.FAILED_SAFETY_MODEL,
        "the trained model failed the safety check for: Violence, Self Harm",
    ),
    (
        JobError("jsonlValidationFailed", JSONL, ""),
        ReasonCode.FAILED_DATA,
        f"the service refused the data: {JSONL}",
    ),
    (
        JobError("", JSONL, "training_file"),
        ReasonCode.FAILED_DATA,
        f"the service refused the data: {JSONL}",
    ),
    (
        JobError("invalidPayload", "", ""),
        ReasonCode.FAILED_DATA,
        "the service refused the data: invalidPayload",
    ),
    (
        JobError("internalFailure", "The server had an error.", ""),
        ReasonCode.FAILED_SERVICE,
        "the service failed it: The server had an error.",
    ),
    (None, ReasonCode.FAILED_SERVICE, "the service gives no reason"),
]


@pytest.mark.parametrize(("error", "code", "text"), CASES)
def test_a_verdict(error: JobError | None, code: ReasonCode, text: str) -> None:
    """The service explains itself in words; the words decide."""
    found = verdict(error)
    assert (found.code, found.text) == (code, text)


def test_who_may_try_again() -> None:
    """Only a failure of the service itself is ever tried again."""
    assert {code for _, code, _ in CASES} - NEVER_AGAIN == {ReasonCode.FAILED_SERVICE}
