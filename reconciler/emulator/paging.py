"""Cursor paging as the OpenAI clients expect it: `after` names the last item seen."""

from collections.abc import Mapping, Sequence

from reconciler.emulator.messages import Document, Refusal


def page(items: Sequence[Document], query: Mapping[str, str], default: int) -> Document:
    """One page with its envelope; `limit` beyond any bound is the service's to refuse."""
    limit = _limit(query.get("limit"), default)
    start = _position(items, query["after"]) if query.get("after") else 0
    chosen = list(items[start : start + limit])
    return {
        "object": "list",
        "data": chosen,
        "first_id": chosen[0]["id"] if chosen else None,
        "last_id": chosen[-1]["id"] if chosen else None,
        "has_more": start + limit < len(items),
    }


def is_number(text: str) -> bool:
    """Plain digits, and few enough to be meant."""
    return text.isascii() and text.isdigit() and len(text) <= 12


def _limit(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not is_number(text) or not 1 <= int(text) <= 10_000:
        message = "limit must be a whole number between 1 and 10000."
        raise Refusal(400, "invalidPayload", message, param="limit")
    return int(text)


def _position(items: Sequence[Document], after: str) -> int:
    for number, item in enumerate(items, 1):
        if item["id"] == after:
            return number
    raise Refusal(400, "invalidPayload", f"No item has the id '{after}'.", param="after")
