"""What can go wrong with the service, in the program's own words.

ServiceError
├── SignInMissing       nobody is signed in, or the key is wrong         exit 8
├── PermissionMissing   signed in, but a role is missing                 exit 8
├── AnswerLost          it may have happened or not: look before repeating
├── Conflict            something else is being done there: try again
├── QuotaExceeded       a limit of the service or of the subscription
├── QueueFull           no place for it now; there will be one
├── NotFound            it is not there
└── Refused             the service says no, and will say so again
"""

from __future__ import annotations


class ServiceError(Exception):
    """An answer that is no success. `hint` says what now."""

    def __init__(self, message: str, *, code: str = "", status: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.hint = hint


class SignInMissing(ServiceError): ...


class PermissionMissing(ServiceError): ...


class AnswerLost(ServiceError): ...


class Conflict(ServiceError): ...


class QuotaExceeded(ServiceError): ...


WHEN_FULL = "Run the same command again when jobs have ended, or ask for more quota."


class QueueFull(ServiceError):
    """`taken` says how many places were taken when the service had none left, and is never 0."""

    def __init__(self, message: str, *, taken: int, code: str = "", status: int = 0) -> None:
        super().__init__(message, code=code, status=status, hint=WHEN_FULL)
        self.taken = taken


class NotFound(ServiceError): ...


class Refused(ServiceError): ...
