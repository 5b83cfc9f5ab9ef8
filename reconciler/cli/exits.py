"""The exit codes, as scripts may rely on them."""

from enum import IntEnum


class ExitCode(IntEnum):
    DONE = 0
    ERROR = 1
    CHANGES = 2  # only plan --detailed-exitcode
    STILL_RUNNING = 3
    REFUSED = 4
    PARTIAL = 6
    NO_ACCESS = 8
    INTERRUPTED = 130
