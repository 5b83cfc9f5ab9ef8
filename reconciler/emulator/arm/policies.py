"""Content filters (RAI policies) of an account: which ones there are, and nothing of what they do.

Shape: azure-rest-api-specs, Microsoft.CognitiveServices 2025-09-01.
"""

from reconciler.emulator.arm.lists import listed
from reconciler.emulator.call import Call
from reconciler.emulator.messages import Document, Refusal, Response, as_json

OF_THE_SERVICE = ("Microsoft.Default", "Microsoft.DefaultV2")


def listing(call: Call) -> Response:
    names = [*OF_THE_SERVICE, *(call.account.rai_policies or ())]
    return listed(call, [_shown(call, name) for name in names])


def get(call: Call, name: str) -> Response:
    if not exists(call, name):
        message = (
            f"The Resource 'Microsoft.CognitiveServices/accounts/{call.account.name}/raiPolicies/"
            f"{name}' under resource group '{call.account.group}' was not found."
        )
        raise Refusal(404, "ResourceNotFound", message)
    return as_json(200, _shown(call, name))


def exists(call: Call, name: str) -> bool:
    own = call.account.rai_policies
    return own is None or name.lower() in {one.lower() for one in (*OF_THE_SERVICE, *own)}


def _shown(call: Call, name: str) -> Document:
    kind = "SystemManaged" if name in OF_THE_SERVICE else "UserManaged"
    return {
        "id": f"{call.account.id}/raiPolicies/{name}",
        "name": name,
        "type": "Microsoft.CognitiveServices/accounts/raiPolicies",
        "properties": {"type": kind, "mode": "Default", "basePolicyName": "Microsoft.DefaultV2"},
    }
