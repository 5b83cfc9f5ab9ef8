"""What the facts about an account mean for what is asked of it: checks, with remedies. Pure.

Each part looks at one thing and says what there is to say of it, in the order in which a person
would ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from reconciler.planning.asking import Favour
from reconciler.planning.phrases import joined
from reconciler.providers.azure.examination import Account, Facts
from reconciler.providers.azure.failures import ROLE
from reconciler.providers.azure.offers import weighed
from reconciler.providers.azure.permissions import Permissions
from reconciler.providers.azure.quota import READER
from reconciler.providers.azure.rights import RIGHTS, Right
from reconciler.providers.checks import Check, Result
from reconciler.providers.errors import NotFound, PermissionMissing, ServiceError, SignInMissing
from reconciler.providers.session import Place

# Entra ID tolerates so much. Source: Microsoft Learn, "Access tokens: validation", read 2026-10.
SKEW = timedelta(minutes=5)
# Hosts that are accounts: each has one below every suffix, whichever of them it lists. Any other
# may be a gateway in front of one. Source: azure-rest-api-specs, Azure OpenAI v1 data plane, read
# 2026-10; Microsoft's fine-tuning field notes, 2026-08.
OF_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
QUOTA = "quota"  # the reading that only helps
Part = Callable[[Facts], Iterator[Check]]


def diagnose(facts: Facts) -> list[Check]:
    """Everything that can be said about an account; that nobody is signed in only once."""
    found = (facts.account, *facts.readings.values())
    if all(isinstance(one, SignInMissing) for one in (facts.identity, *found)):
        return list(_sign_in(facts))
    return [check for part in PARTS for check in part(facts)]


def unreachable(place: Place, error: ServiceError) -> Check:
    """What is left to say where not even a connection could be opened."""
    return _stopped(place, "sign-in", error)


def _stopped(place: Place, name: str, error: ServiceError) -> Check:
    """Access is missing for certain; of anything else nobody knows what it means."""
    is_certain = isinstance(error, SignInMissing | PermissionMissing | NotFound)
    result = Result.MISSING if is_certain else Result.UNKNOWN
    return Check(place.name, name, result, error.message, error.hint)


def _sign_in(facts: Facts) -> Iterator[Check]:
    if isinstance(facts.identity, ServiceError):
        yield _stopped(facts.place, "sign-in", facts.identity)
    else:
        yield Check(facts.place.name, "sign-in", Result.OK, facts.identity.words)


def _account(facts: Facts) -> Iterator[Check]:
    place, found = facts.place, facts.account
    if isinstance(found, NotFound):
        remedy = f"Correct subscriptionId, resourceGroup or accountName of account/{place.name}."
        yield Check(place.name, "account", Result.MISSING, found.message, remedy)
    elif isinstance(found, ServiceError):
        yield _stopped(place, "account", found)
    elif found.region != place.region:
        text = f"{place.account_name} is in {found.region}, and the manifest says {place.region}"
        remedy = f"Correct the region of account/{place.name}."
        yield Check(place.name, "account", Result.WARNING, text, remedy)
    else:
        text = f"{place.account_name} in {found.region}, subscription {place.subscription_id}"
        yield Check(place.name, "account", Result.OK, text)


def _endpoint(facts: Facts) -> Iterator[Check]:
    """Jobs that are sent to another account succeed, and are never seen again."""
    place, found = facts.place, facts.account
    if isinstance(found, ServiceError) or not found.endpoints:
        return
    host = urlsplit(facts.endpoint).netloc
    remedy = f"Set the endpoint of account/{place.name} to {found.endpoints[0]}"
    if _is_of(found, facts.endpoint):
        yield Check(place.name, "endpoint", Result.OK, host)
    elif not (urlsplit(facts.endpoint).hostname or "").endswith(OF_AZURE):
        text = f"{host} is none of the endpoints of {place.account_name}"
        gateway = "If it is a gateway, see to it that it leads there."
        yield Check(place.name, "endpoint", Result.WARNING, text, gateway)
    elif found.subdomain:
        text = f"{host} is not {place.account_name}"
        yield Check(place.name, "endpoint", Result.MISSING, text, remedy)
    else:
        text = f"{place.account_name} does not say that {host} is its own"
        yield Check(place.name, "endpoint", Result.WARNING, text, remedy)


def _is_of(account: Account, url: str) -> bool:
    """Whether a URL leads to an account: it lists only one of the hosts that have its name."""
    if any(_is_below(url, one) for one in account.endpoints):
        return True
    own = {f"{account.subdomain.lower()}{suffix}" for suffix in OF_AZURE}
    return urlsplit(url).hostname in own


def _is_below(url: str, endpoint: str) -> bool:
    there, base = urlsplit(url.lower()), urlsplit(endpoint.lower())
    return there.netloc == base.netloc and there.path.startswith(base.path.rstrip("/") + "/")


def _key(facts: Facts) -> Iterator[Check]:
    """Whether the account takes keys at all, also where nobody wants to use one."""
    place, found = facts.place, facts.account
    if isinstance(found, ServiceError):
        return
    if place.api_key_from_env is None:
        text = "switched off on this account" if found.are_keys_off else "switched on, and not used"
        yield Check(place.name, "keys", Result.OK, text)
    elif found.are_keys_off:
        text, remedy = "keys are switched off on this account", "Use auth: entra."
        yield Check(place.name, "key", Result.MISSING, text, remedy)
    else:
        yield Check(place.name, "key", Result.OK, f"from {place.api_key_from_env}")


def _clock(facts: Facts) -> Iterator[Check]:
    if isinstance(facts.account, ServiceError) or facts.account.skew is None:
        return
    skew = facts.account.skew
    if abs(skew) <= SKEW:
        yield Check(facts.place.name, "clock", Result.OK)
        return
    minutes, way = round(abs(skew).total_seconds() / 60), "ahead" if skew > SKEW else "behind"
    text = f"the clock of this machine is {minutes:,} minutes {way}"
    yield Check(facts.place.name, "clock", Result.WARNING, text, "Set it; sign-in depends on it.")


def _readings(facts: Facts) -> Iterator[Check]:
    place = facts.place
    if good := [name for name, error in facts.readings.items() if error is None]:
        yield Check(place.name, f"reads {joined(good)}", Result.OK)
    for name, error in facts.readings.items():
        if error:
            yield _unread(place, name, error)


def _unread(place: Place, name: str, error: ServiceError) -> Check:
    what = f"reads {name}"
    if not isinstance(error, PermissionMissing):
        return _stopped(place, what, error)
    if name == QUOTA:
        remedy = assign(READER, f"subscription {place.subscription_id}")
        return Check(place.name, what, Result.WARNING, "plans do not check it", remedy)
    return Check(place.name, what, Result.MISSING, "", assign(ROLE, _scope(place)))


def _rights(facts: Facts) -> Iterator[Check]:
    place, favours = facts.place, {one.favour for one in facts.asks}
    asked = [one for one in RIGHTS if one.favour in favours]
    if not asked:
        return
    if isinstance(facts.permissions, ServiceError):
        text = f"nobody could say what you may do there: {facts.permissions.message}"
        yield Check(place.name, "rights", Result.UNKNOWN, text)
        return
    for right in asked:
        yield _right(place, right, facts.permissions)


def _right(place: Place, right: Right, permissions: Permissions) -> Check:
    if right.is_data and place.api_key_from_env:
        return Check(place.name, right.name, Result.OK, "by the key")
    if right.is_allowed(permissions):
        return Check(place.name, right.name, Result.OK)
    if right.may_be_allowed(permissions):
        text = "your roles name it in a way that ftctl does not know"
        return Check(place.name, right.name, Result.UNKNOWN, text)
    result = Result.MISSING if right.is_needed else Result.WARNING
    remedy = assign(right.role, _scope(place))
    return Check(place.name, right.name, result, right.otherwise, remedy)


def _scope(place: Place) -> str:
    return f"account {place.account_name} (resource group {place.resource_group})"


def assign(role: str, scope: str) -> str:
    return f'Assign the role "{role}" on {scope}; it takes minutes to act.'


def _filters(facts: Facts) -> Iterator[Check]:
    place = facts.place
    for name, error in facts.filters.items():
        what = f"has the content filter {name}"
        if error is None:
            yield Check(place.name, what, Result.OK)
        elif isinstance(error, NotFound):
            remedy = f"Make it in the portal, or correct raiPolicyName where it says {name}."
            yield Check(place.name, what, Result.MISSING, "there is none of this name", remedy)
        else:
            yield Check(place.name, what, Result.UNKNOWN, error.message, error.hint)


def _offers(facts: Facts) -> Iterator[Check]:
    """What the region has, by what the service lists and by what the catalogue knows."""
    place, models = facts.place, facts.models
    asked = [*facts.asked(Favour.TRAIN), *facts.asked(Favour.SERVE)]
    if models is None or not asked:
        return
    if isinstance(models, ServiceError):
        yield Check(place.name, "offers", Result.UNKNOWN, models.message, models.hint)
        found = (weighed(ask, facts.region, None, facts.catalogue) for ask in asked)
        yield from dict.fromkeys(one for one in found if one.result is not Result.UNKNOWN)
        return
    yield from dict.fromkeys(weighed(ask, facts.region, models, facts.catalogue) for ask in asked)


PARTS: tuple[Part, ...] = (
    _sign_in,
    _account,
    _endpoint,
    _key,
    _clock,
    _readings,
    _rights,
    _filters,
    _offers,
)
