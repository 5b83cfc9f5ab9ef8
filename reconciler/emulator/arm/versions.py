"""What each api-version knows of a deployment: properties that came later, pausing.

Source: azure-rest-api-specs, Microsoft.CognitiveServices, read 2026-10. UNVERIFIED: that the
service keeps a property from older versions; a switch.
"""

from dataclasses import dataclass

from reconciler.emulator.call import Call
from reconciler.emulator.messages import Document, Refusal

PAUSING_SINCE = "2026"


@dataclass(frozen=True, slots=True)
class Since:
    """The first version that knows a property, or the beginning of its name."""

    version: str
    is_preview_only: bool = False

    def is_known_to(self, version: str) -> bool:
        is_fit = version.endswith("-preview") or not self.is_preview_only
        return is_fit and version >= self.version


LATER = {
    "serviceTier": Since("2026"),
    "deploymentState": Since("2026"),
    "routing": Since("2026"),
    "contextCacheContainerId": Since("2026-07-15-preview"),
    "speculativeDecoding": Since("2026", is_preview_only=True),
    "costControlIds": Since("2026-09-15-preview", is_preview_only=True),
}


def known(call: Call, properties: Document) -> Document:
    """The properties that the version of a request takes and tells."""
    if call.switches.is_set("later_properties", "known"):
        return properties
    version = _version(call)
    return {
        name: value
        for name, value in properties.items()
        if name not in LATER or LATER[name].is_known_to(version)
    }


def check_pausing(call: Call) -> None:
    if _version(call) < PAUSING_SINCE:
        raise Refusal(404, "InvalidResourceType", "The resource type could not be found.")


def _version(call: Call) -> str:
    return call.request.query.get("api-version", "")
