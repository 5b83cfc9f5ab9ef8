"""Opens connections, and holds the service's limits, models and prices as dated data.

Knows no kind of resource. A new provider is one new folder and one line here.
"""

from collections.abc import Callable

from reconciler.providers.azure.connect import connect as connect_azure
from reconciler.providers.azure.doctor import check as check_azure
from reconciler.providers.checks import Check, Visit
from reconciler.providers.session import Connection, Place, Session

PROVIDERS: dict[str, Callable[[Place, str | None], Connection]] = {
    "azure": connect_azure,
}
EXAMINERS: dict[str, Callable[[Session, Visit], list[Check]]] = {
    "azure": check_azure,
}
