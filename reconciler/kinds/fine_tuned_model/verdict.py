"""What a failed job means: whose fault it was decides whether it may ever be tried again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reconciler.planning.action import ReasonCode
from reconciler.providers.azure.listings import JobError

# The service explains itself in words only; which codes go with them is not documented.
# Source: Microsoft Learn, "Safety evaluation for fine-tuning", 2025-08-29.
DATA_CHECK = re.compile(r"failed RAI checks for harm types: \[(?P<harms>[^\]]*)\]", re.IGNORECASE)
MODEL_CHECK = re.compile(r"acceptable thresholds for \[(?P<harms>[^\]]*)\]", re.IGNORECASE)
# Source: azure-rest-api-specs, Azure OpenAI authoring, error codes, 2025-04-01-preview.
DATA_CODES = {
    "jsonlvalidationfailed",
    "invalidpayload",
    "invalid_training_file",
    "invalid_validation_file",
    "fileimportfailed",
    "contentfilter",
}
DATA_PARAMS = {"training_file", "validation_file"}


@dataclass(frozen=True)
class Verdict:
    """`harms` are the types of harm that a safety check found, in the service's words."""

    code: ReasonCode
    text: str
    harms: tuple[str, ...] = ()


def verdict(error: JobError | None) -> Verdict:
    """Why a job failed. Only `failed_service` may be tried again."""
    if error is None:
        return Verdict(ReasonCode.FAILED_SERVICE, "the service gives no reason")
    if harms := DATA_CHECK.search(error.message):
        text = f"the training data failed the safety check for: {harms['harms']}"
        return Verdict(ReasonCode.FAILED_SAFETY_DATA, text, _listed(harms["harms"]))
    if harms := MODEL_CHECK.search(error.message):
        text = f"the trained model failed the safety check for: {harms['harms']}"
        return Verdict(ReasonCode.FAILED_SAFETY_MODEL, text, _listed(harms["harms"]))
    text = error.message or error.code
    if error.code.lower() in DATA_CODES or error.param in DATA_PARAMS:
        return Verdict(ReasonCode.FAILED_DATA, f"the service refused the data: {text}")
    return Verdict(ReasonCode.FAILED_SERVICE, f"the service failed it: {text}")


def _listed(harms: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in harms.split(",") if word.strip())
