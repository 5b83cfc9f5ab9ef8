"""How many files, and how many bytes of them, an account may still take. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from reconciler.kinds.dataset.uploads import is_counted
from reconciler.kinds.knowledge import most
from reconciler.planning.kind import Found
from reconciler.planning.phrases import count
from reconciler.planning.policy import Policy
from reconciler.planning.supply import Supply
from reconciler.providers.azure.listings import FileRecord

FILES = "files"  # limits of the catalogue
BYTES = "file_bytes"
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
    """What each account has left, and what would free some of it."""
    loose: dict[str, list[FileRecord]] = defaultdict(list)
    for one in others:
        is_free = one.is_ours and not one.is_kept and not one.users
        if is_free and "dataset" not in policy.prune:
            loose[one.account] += [*one.state.uploads.values(), *one.state.twins]
    found: dict[str, Supply] = {}
    for account, there in files.items():
        counted = [one for one in there if is_counted(one)]
        found |= _of_account(account, counted, loose[account], policy)
    return found


def _of_account(
    account: str, kept: Sequence[FileRecord], loose: Sequence[FileRecord], policy: Policy
) -> dict[str, Supply]:
    most_files, most_bytes = most(policy, FILES), most(policy, BYTES)
    size = total(kept)
    way_out = _way_out(account, loose)
    is_tight = len(kept) > most_files * WORTH_A_WORD or size > most_bytes * WORTH_A_WORD
    room = f"{_mebibytes(size)} of {_mebibytes(most_bytes)}"
    full = f"account/{account} has {len(kept)} of {most_files} fine-tuning files, {room}"
    what = f"fine-tuning files in account/{account}"
    return {
        files_of(account): Supply(
            what, most_files, len(kept), way_out, f"{full}. {way_out}" if is_tight and loose else ""
        ),
        bytes_of(account): Supply(f"bytes of {what}", most_bytes, size, way_out),
    }


def total(files: Iterable[FileRecord]) -> int:
    """Bytes, as far as the service says them."""
    return sum(one.size or 0 for one in files)


def _way_out(account: str, loose: Sequence[FileRecord]) -> str:
    if not loose:
        return (
            f"Delete files that nobody needs; ftctl status --all lists those of account/{account}."
        )
    return (
        f"Add Dataset to spec.prune of the Project to delete {count(len(loose), 'file')} of "
        f"ftctl's own, {_mebibytes(total(loose))}, that no manifest and no job needs."
    )


def _mebibytes(size: int) -> str:
    return f"{size / (1 << 20):,.1f} MiB"
