"""Opens connections, and holds the service's limits, models and prices as dated data.

Knows no kind of resource. A new provider is one new folder and one line here.
"""

from collections.abc import Callable

from reconciler.providers.azure.connect import connect as connect_azure
from reconciler.providers.session import Connection, Place

PROVIDERS: dict[str, Callable[[Place, str | None], Connection]] = {
    "azure": connect_azure,
}
