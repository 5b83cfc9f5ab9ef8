"""Reads of the control plane that its client has no method for."""

from __future__ import annotations

from typing import Any

from reconciler.providers.session import Connection


def read(connection: Connection, path: str, **options: Any) -> Any:
    """The JSON at a path. Raises what the SDK raises; `options` are its own."""
    from azure.core.rest import HttpRequest

    # The client's documented way to do that, underscore and all.
    answer: Any = connection.control._send_request(  # noqa: SLF001
        HttpRequest("GET", path), **options
    )
    answer.raise_for_status()
    return answer.json()
