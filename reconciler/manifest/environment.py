"""`${NAME}` and `${NAME:-default}` in the values of a manifest.

As in a shell, the default also stands in for a variable that is set but empty. `$${` is a literal
`${`. What a variable holds is never looked at again, so it cannot smuggle in another reference, and
it never appears in a message, because it may be a secret.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

REFERENCE = re.compile(
    r"(?P<escape>\$\$\{)"
    r"|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}"
    r"|(?P<malformed>\$\{[^}]*\}?)"
)
SPELLINGS = "Write ${NAME} or ${NAME:-default}; write $${ where a plain ${ is meant."
LONGEST_QUOTE = 40


@dataclass(frozen=True)
class Problem:
    """Why a reference cannot be resolved. It quotes the manifest, never the environment."""

    message: str
    hint: str


@dataclass(frozen=True)
class Resolved:
    """A text with its references replaced, and every reason why some could not be."""

    text: str
    problems: tuple[Problem, ...]
    is_from_environment: bool
    """Whether a reference was replaced, so that the text must not be shown."""
    is_one_reference: bool
    """Whether the text was nothing but one reference: unquoted, it may be a number."""


def resolve(text: str, environ: Mapping[str, str]) -> Resolved:
    """Replace every reference in a value."""
    problems: list[Problem] = []

    def replace(match: re.Match[str]) -> str:
        answer = _answer(match, environ)
        if isinstance(answer, str):
            return answer
        problems.append(answer)
        return ""

    found = list(REFERENCE.finditer(text))
    is_from_environment = any(match["escape"] is None for match in found)
    is_one_reference = is_from_environment and len(found) == 1 and found[0].span() == (0, len(text))
    resolved = REFERENCE.sub(replace, text)
    return Resolved(resolved, tuple(problems), is_from_environment, is_one_reference)


def _answer(match: re.Match[str], environ: Mapping[str, str]) -> str | Problem:
    if match["escape"]:
        return "${"
    if match["malformed"]:
        return _malformed(match["malformed"])
    name, default = match["name"], match["default"]
    if default is not None and "${" in default:
        return Problem(f"The default of ${{{name}}} holds another reference.", "Defaults are text.")
    value = environ.get(name)
    if value is None and default is None:
        return _unset(name)
    return value or default or ""


def _unset(name: str) -> Problem:
    return Problem(
        f"The environment variable {name} is not set, and its reference has no default.",
        f"Set {name}, or write ${{{name}:-default}}.",
    )


def _malformed(reference: str) -> Problem:
    if not reference.endswith("}"):
        return Problem("A reference that starts with ${ has no closing brace.", SPELLINGS)
    quote = reference if len(reference) <= LONGEST_QUOTE else reference[: LONGEST_QUOTE - 1] + "…"
    return Problem(f"{quote} does not name an environment variable.", SPELLINGS)
