"""How many files, and how many bytes of them, an account may still take. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.kinds.dataset.uploads import is_kept
from reconciler.planning.kind import Found
from reconciler.planning.policy import Policy
from reconciler.planning.supply import Supply
from reconciler.providers.azure.listings import FileRecord

# Source: Microsoft Learn, "Azure OpenAI quotas and limits", 2026-02-17.
MOST_FILES = 100
MOST_BYTES = 1 << 30
WORTH_A_WORD = 0.5  # of a limit; below that nobody needs to think of it


def files_of(account: str) -> str:
    """The key of a supply."""
    return f"files:{account}"


def bytes_of(account: str) -> str:
    return f"file-bytes:{account}"


def taken(account: str, files: int, size: int) -> dict[str, int]:
    """What an action takes of an account, or gives back with negative figures."""
    return {files_of(account): files, bytes_of(account): size}


def supplies(
    files: Mapping[str, Sequence[FileRecord]], others: Iterable[Found], policy: Policy
) -> dict[str, Supply]:
    found: dict[str, Supply] = {}
    loose = [one for one in others if one.is_ours and not one.is_held]
    for account, there in files.items():
        kept = [one for one in there if is_kept(one)]
        sizes = sum(one.size or 0 for one in kept)
        is_pruned = "dataset" in policy.prune
        way_out = _way_out(account, [] if is_pruned else _files(account, loose))
        is_tight = len(kept) > MOST_FILES * WORTH_A_WORD or sizes > MOST_BYTES * WORTH_A_WORD
        advice = way_out if is_tight and loose and not is_pruned else ""
        where = f"fine-tuning files in account/{account}"
        found[files_of(account)] = Supply(where, MOST_FILES, len(kept), way_out, advice)
        found[bytes_of(account)] = Supply(f"bytes of {where}", MOST_BYTES, sizes, way_out)
    return found
