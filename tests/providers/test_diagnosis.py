"""What the facts about an account mean, as a person reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from inline_snapshot import snapshot

from reconciler.planning.asking import Ask, Favour
from reconciler.providers.azure.catalogue import built_in
from reconciler.providers.azure.diagnosis import diagnose, unreachable
from reconciler.providers.azure.examination import Account, Facts, Offered
from reconciler.providers.azure.identity import Identity
from reconciler.providers.azure.permissions import Grant, Permissions
from reconciler.providers.checks import Check, Result
from reconciler.providers.errors import AnswerLost, NotFound, PermissionMissing, SignInMissing
from reconciler.providers.session import Place
from reconciler.reporting.doctor import doctor_lines, lacks
from reconciler.reporting.page import Page
from tests.planning.situations import refusal_picture

ENDPOINT = "https://aoai-sweden.openai.azure.com/"
PLACE = Place("sweden", "azure", "sub-1", "rg-ml", "aoai-sweden", "swedencentral", ENDPOINT)
BASE = "gpt-4.1-2025-04-14"
ASKS = (
    Ask("sweden", Favour.UPLOAD),
    Ask("sweden", Favour.TRAIN, (BASE, "GlobalStandard")),
    Ask("sweden", Favour.DEPLOY),
    Ask("sweden", Favour.SERVE, (BASE, "GlobalStandard")),
)
ACCOUNT = Account(
    "swedencentral",
    (ENDPOINT,),
    are_keys_off=False,
    subdomain="aoai-sweden",
    skew=timedelta(seconds=2),
)
EVERYTHING = Permissions((Grant(("*",), data=("*",)),))
GLOBAL = frozenset({"globalstandard"})
READINGS = ("files", "training jobs", "models", "deployments", "quota")
WELL = Facts(
    place=PLACE,
    asks=ASKS,
    endpoint=f"{ENDPOINT}openai/v1/",
    identity=Identity("ada@contoso.com", "o-1", "t-1"),
    account=ACCOUNT,
    permissions=EVERYTHING,
    readings=dict.fromkeys(READINGS),
    models={BASE: Offered(is_tunable=True, skus=GLOBAL, tuned_skus=GLOBAL)},
    catalogue=built_in(),
)
DENIED = PermissionMissing("could not do that (HTTP 403)", hint="Assign a role.")
BUSY = AnswerLost("no answer (HTTP 503)", hint="Run it again.")


def picture(checks: list[Check]) -> str:
    return "\n".join(doctor_lines(checks, Page(width=80)))


def amiss(**other: Any) -> str:
    """What is not well where one thing is otherwise."""
    checks = [one for one in diagnose(replace(WELL, **other)) if one.result is not Result.OK]
    return picture(checks) if checks else ""


def test_all_is_well() -> None:
    """Each check in a line, in the order in which a person would ask."""
    assert picture(diagnose(WELL)) == snapshot("""\
account/sweden
  ok       sign-in: ada@contoso.com, object o-1, tenant t-1
  ok       account: aoai-sweden in swedencentral, subscription sub-1
  ok       endpoint: aoai-sweden.openai.azure.com
  ok       keys: switched on, and not used
  ok       clock
  ok       reads files, training jobs, models, deployments and quota
  ok       may upload files
  ok       may delete files
  ok       may train
  ok       may delete models
  ok       may make deployments
  ok       may delete deployments
  ok       may call deployments
  ok       may read metrics
  ok       offers GlobalStandard training of gpt-4.1-2025-04-14: swedencentral
           trains it; the catalogue has GlobalStandard there (Microsoft Learn,
           "Fine-tuning models", 2026-10-06)
  ok       offers gpt-4.1-2025-04-14 at GlobalStandard
16 ok.\
""")


def test_only_what_is_asked() -> None:
    """A folder that deploys nothing needs no right to deploy."""
    found = diagnose(replace(WELL, asks=ASKS[:1], models=None, readings={}))
    assert [one.name for one in found] == snapshot(
        ["sign-in", "account", "endpoint", "keys", "clock", "may upload files", "may delete files"]
    )


def test_nobody_is_signed_in() -> None:
    """Without a sign-in nothing else can be asked, and that is what is said."""
    lost = SignInMissing("nobody is signed in to Azure.", hint="Sign in with `az login`.")
    assert picture([unreachable(PLACE, lost)]) == snapshot("""\
account/sweden
  missing  sign-in: nobody is signed in to Azure.
           Sign in with `az login`.
1 missing.\
""")
    assert "missing  sign-in" in amiss(identity=lost)
    nothing = dict.fromkeys(READINGS, lost)
    assert amiss(identity=lost, account=lost, permissions=lost, readings=nothing) == snapshot("""\
account/sweden
  missing  sign-in: nobody is signed in to Azure.
           Sign in with `az login`.
1 missing.\
""")


def test_only_a_key() -> None:
    """Who has a key and is not signed in hears of each reading by itself."""
    lost = SignInMissing("nobody is signed in to Azure.", hint="Sign in with `az login`.")
    seen = {**dict.fromkeys(READINGS), "quota": lost}
    found = diagnose(replace(WELL, identity=lost, account=lost, readings=seen))
    names = {one.name: one.result for one in found}
    assert names["reads files, training jobs, models and deployments"] is Result.OK
    assert names["reads quota"] is Result.MISSING


def test_the_account() -> None:
    """It may be missing, out of sight, somewhere else, or just not answer."""
    absent = NotFound("could not read the account: not found (HTTP 404)")
    assert amiss(account=absent, models=None, permissions=EVERYTHING) == snapshot("""\
account/sweden
  missing  account: could not read the account: not found (HTTP 404)
           Correct subscriptionId, resourceGroup or accountName of
           account/sweden.
1 missing.\
""")
    assert amiss(account=replace(ACCOUNT, region="norwayeast")) == snapshot("""\
account/sweden
  warning  account: aoai-sweden is in norwayeast, and the manifest says
           swedencentral
           Correct the region of account/sweden.
1 warning.\
""")
    assert amiss(account=BUSY) == snapshot("""\
account/sweden
  unknown  account: no answer (HTTP 503)
           Run it again.
1 unknown.\
""")


def test_the_endpoint() -> None:
    """Another account's endpoint would swallow the jobs; a gateway is for a person to know."""
    other = "https://aoai-norway.openai.azure.com/openai/v1/"
    assert amiss(endpoint=other) == snapshot("""\
account/sweden
  missing  endpoint: aoai-norway.openai.azure.com is not aoai-sweden
           Set the endpoint of account/sweden to
           https://aoai-sweden.openai.azure.com/
1 missing.\
""")
    assert amiss(endpoint="https://gateway.contoso.com/openai/v1/") == snapshot("""\
account/sweden
  warning  endpoint: gateway.contoso.com is none of the endpoints of aoai-sweden
           If it is a gateway, see to it that it leads there.
1 warning.\
""")
    deeper = replace(ACCOUNT, endpoints=("http://127.0.0.1:8900/aoai-sweden/",))
    assert amiss(account=deeper, endpoint="http://127.0.0.1:8900/aoai-sweden/openai/v1/") == ""
    near = "http://127.0.0.1:8900/aoai-sweden2/openai/v1/"
    assert "is none of the endpoints" in amiss(account=deeper, endpoint=near)


def test_the_other_hosts_of_an_account() -> None:
    """An account has a host below each suffix of Azure, whichever of them it lists."""
    for suffix in ("cognitiveservices.azure.com", "services.ai.azure.com", "openai.azure.com:443"):
        assert amiss(endpoint=f"https://AOAI-sweden.{suffix}/openai/v1/") == ""
    neighbour = "https://aoai-sweden-2.cognitiveservices.azure.com/openai/v1/"
    assert "missing  endpoint" in amiss(endpoint=neighbour)
    nameless = Account("swedencentral", ("https://sweden.api.example/",), are_keys_off=False)
    assert amiss(account=nameless) == snapshot("""\
account/sweden
  warning  endpoint: aoai-sweden does not say that aoai-sweden.openai.azure.com
           is its own
           Set the endpoint of account/sweden to https://sweden.api.example/
1 warning.\
""")


def test_keys() -> None:
    """A key opens the data plane, unless keys are switched off."""
    place = replace(PLACE, api_key_from_env="AOAI_KEY")
    no_data = Permissions((Grant(("*",)),))
    assert amiss(place=place, permissions=no_data) == ""
    off = replace(ACCOUNT, are_keys_off=True)
    assert amiss(place=place, account=off) == snapshot("""\
account/sweden
  missing  key: keys are switched off on this account
           Use auth: entra.
1 missing.\
""")
    assert amiss(account=off) == ""


def test_keys_that_nobody_uses() -> None:
    """Who signs in with Entra ID sees as well whether the account takes keys."""
    said = {
        one.detail
        for are_keys_off in (False, True)
        for one in diagnose(replace(WELL, account=replace(ACCOUNT, are_keys_off=are_keys_off)))
        if one.name == "keys"
    }
    assert said == {"switched on, and not used", "switched off on this account"}


def test_rights_to_clean_up() -> None:
    """Who may upload and train but not delete hears what prune and destroy will leave there."""
    openai = "Microsoft.CognitiveServices/accounts/OpenAI"
    no_deletion = (f"{openai}/files/delete", f"{openai}/fine-tunes/*/delete")
    grant = Grant(("*",), data=("*",), not_data=(*no_deletion, f"{openai}/fine-tunes/delete"))
    assert amiss(permissions=Permissions((grant,))) == snapshot("""\
account/sweden
  warning  may delete files: those that nobody needs any more stay
  warning  may delete models: those that nobody wants any more stay
           Assign the role "Cognitive Services OpenAI Contributor" on account
           aoai-sweden (resource group rg-ml); it takes minutes to act.
2 warnings.\
""")


def test_the_clock() -> None:
    """A clock that is more than five minutes off is a warning."""
    assert amiss(account=replace(ACCOUNT, skew=timedelta(minutes=-4))) == ""
    assert amiss(account=replace(ACCOUNT, skew=None)) == ""
    assert amiss(account=replace(ACCOUNT, skew=timedelta(minutes=61))) == snapshot("""\
account/sweden
  warning  clock: the clock of this machine is 61 minutes ahead
           Set it; sign-in depends on it.
1 warning.\
""")
    assert "6 minutes behind" in amiss(account=replace(ACCOUNT, skew=timedelta(minutes=-6)))


def test_rights() -> None:
    """What no role gives is missing; what only helps is a warning; each with the role."""
    reader = Permissions((Grant(("*/read",)),))
    assert amiss(permissions=reader) == snapshot("""\
account/sweden
  missing  may upload files
  warning  may delete files: those that nobody needs any more stay
  missing  may train
  warning  may delete models: those that nobody wants any more stay
  missing  may make deployments
  missing  may delete deployments
  warning  may call deployments: they are made, but cannot be tried
           Assign the role "Cognitive Services OpenAI Contributor" on account
           aoai-sweden (resource group rg-ml); it takes minutes to act.
4 missing, 3 warnings.\
""")
    assert amiss(permissions=BUSY) == snapshot("""\
account/sweden
  unknown  rights: nobody could say what you may do there: no answer (HTTP 503)
1 unknown.\
""")


def test_reading() -> None:
    """Looking takes rights as well; without that of quota, plans do not check it."""
    denied = dict.fromkeys(READINGS, DENIED)
    assert amiss(readings=denied) == snapshot("""\
account/sweden
  missing  reads files
  missing  reads training jobs
  missing  reads models
  missing  reads deployments
           Assign the role "Cognitive Services OpenAI Contributor" on account
           aoai-sweden (resource group rg-ml); it takes minutes to act.
  warning  reads quota: plans do not check it
           Assign the role "Cognitive Services Usages Reader" on subscription
           sub-1; it takes minutes to act.
4 missing, 1 warning.\
""")
    assert amiss(readings={"models": BUSY}) == snapshot("""\
account/sweden
  unknown  reads models: no answer (HTTP 503)
           Run it again.
1 unknown.\
""")


def test_content_filters() -> None:
    """A filter that a deployment names has to be there."""
    filters = {"mild": None, "strict": NotFound("not found"), "odd": BUSY}
    assert amiss(filters=filters) == snapshot("""\
account/sweden
  missing  has the content filter strict: there is none of this name
           Make it in the portal, or correct raiPolicyName where it says strict.
  unknown  has the content filter odd: no answer (HTTP 503)
           Run it again.
1 missing, 1 unknown.\
""")


SILENT = {BASE: Offered(is_tunable=None, skus=frozenset())}
EVERY = frozenset({"standard", "globalstandard"})


def offers(region: str, models: Any, how: str = "Standard", base: str = BASE) -> str:
    """What is said of training and of serving in one way, with what ftctl knows by itself."""
    asks = (Ask("sweden", Favour.TRAIN, (base, how)), Ask("sweden", Favour.SERVE, (base, how)))
    account = replace(ACCOUNT, region=region)
    facts = replace(WELL, asks=asks, account=account, models=models)
    return picture([one for one in diagnose(facts) if one.name.startswith("offers")])


def test_both_have_it() -> None:
    """The service names the SKU of trained models, and never a training type."""
    assert offers("swedencentral", {BASE: Offered(True, EVERY, EVERY)}) == snapshot("""\
account/sweden
  ok       offers Standard training of gpt-4.1-2025-04-14: swedencentral trains
           it; the catalogue has Standard there (Microsoft Learn, "Fine-tuning
           models", 2026-03)
  ok       offers gpt-4.1-2025-04-14 at Standard
2 ok.\
""")


def test_the_catalogue_denies() -> None:
    """The region trains the model and lists a SKU of it; by the catalogue, not there."""
    assert offers("eastus", {BASE: Offered(True, EVERY, EVERY)}) == snapshot("""\
account/sweden
  warning  offers Standard training of gpt-4.1-2025-04-14: eastus trains it; the
           catalogue does not have Standard there (Microsoft Learn, "Fine-tuning
           models", 2026-03)
  warning  offers gpt-4.1-2025-04-14 at Standard: eastus lists it; the catalogue
           does not have Standard there (Microsoft Learn, "Deploy a fine-tuned
           model", 2026-03-19)
           By the catalogue, it is in northcentralus and swedencentral.
2 warnings.\
""")


def test_the_skus_of_a_base_model() -> None:
    """They are half of the answer: what is trained from it has SKUs of its own."""
    assert offers("eastus", {BASE: Offered(True, EVERY)}) == snapshot("""\
account/sweden
  warning  offers Standard training of gpt-4.1-2025-04-14: eastus trains it; the
           catalogue does not have Standard there (Microsoft Learn, "Fine-tuning
           models", 2026-03)
  warning  offers gpt-4.1-2025-04-14 at Standard: eastus lists that of the base
           model; the catalogue does not have Standard there (Microsoft Learn,
           "Deploy a fine-tuned model", 2026-03-19)
           By the catalogue, it is in northcentralus and swedencentral.
2 warnings.\
""")
    assert offers("eastus", {BASE: Offered(True, EVERY)}, "GlobalStandard") == snapshot("""\
account/sweden
  ok       offers GlobalStandard training of gpt-4.1-2025-04-14: eastus trains
           it; the catalogue has GlobalStandard there (Microsoft Learn,
           "Fine-tuning models", 2026-10-06)
  ok       offers gpt-4.1-2025-04-14 at GlobalStandard: eastus lists that of the
           base model; the catalogue has GlobalStandard for it, and does not say
           where (Microsoft Learn, "Deployment types", 2026-05-08)
2 ok.\
""")


def test_the_service_denies() -> None:
    """Its list is a hint: where the catalogue has it, that is a warning, and no more."""
    denied = {BASE: Offered(False, EVERY, GLOBAL)}
    assert offers("swedencentral", denied) == snapshot("""\
account/sweden
  warning  offers Standard training of gpt-4.1-2025-04-14: swedencentral says
           that it does not; the catalogue has Standard there (Microsoft Learn,
           "Fine-tuning models", 2026-03)
  warning  offers gpt-4.1-2025-04-14 at Standard: swedencentral lists what is
           trained from it at other SKUs only; the catalogue has Standard there
           (Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19)
2 warnings.\
""")
    assert offers("swedencentral", {}) == snapshot("""\
account/sweden
  warning  offers Standard training of gpt-4.1-2025-04-14: swedencentral does
           not list gpt-4.1-2025-04-14; the catalogue has Standard there
           (Microsoft Learn, "Fine-tuning models", 2026-03)
  warning  offers gpt-4.1-2025-04-14 at Standard: swedencentral does not list
           gpt-4.1-2025-04-14; the catalogue has Standard there (Microsoft
           Learn, "Deploy a fine-tuned model", 2026-03-19)
           Look for a region that has it, or for another model.
2 warnings.\
""")


def test_both_deny() -> None:
    """What neither has is missing."""
    assert offers("eastus", {BASE: Offered(False, EVERY, GLOBAL)}) == snapshot("""\
account/sweden
  missing  offers Standard training of gpt-4.1-2025-04-14: eastus says that it
           does not; the catalogue does not have Standard there (Microsoft
           Learn, "Fine-tuning models", 2026-03)
  missing  offers gpt-4.1-2025-04-14 at Standard: eastus lists what is trained
           from it at other SKUs only; the catalogue does not have Standard
           there (Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19)
           By the catalogue, it is in northcentralus and swedencentral.
2 missing.\
""")
    assert offers("eastus", {}) == snapshot("""\
account/sweden
  missing  offers Standard training of gpt-4.1-2025-04-14: eastus does not list
           gpt-4.1-2025-04-14; the catalogue does not have Standard there
           (Microsoft Learn, "Fine-tuning models", 2026-03)
  missing  offers gpt-4.1-2025-04-14 at Standard: eastus does not list
           gpt-4.1-2025-04-14; the catalogue does not have Standard there
           (Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19)
           By the catalogue, it is in northcentralus and swedencentral.
2 missing.\
""")


def test_the_service_is_silent() -> None:
    """Then the catalogue speaks alone, by its name and date."""
    assert offers("swedencentral", SILENT) == snapshot("""\
account/sweden
  ok       offers Standard training of gpt-4.1-2025-04-14: swedencentral does
           not say so; the catalogue has Standard there (Microsoft Learn,
           "Fine-tuning models", 2026-03)
  ok       offers gpt-4.1-2025-04-14 at Standard: swedencentral does not say so;
           the catalogue has Standard there (Microsoft Learn, "Deploy a
           fine-tuned model", 2026-03-19)
2 ok.\
""")
    assert offers("norwayeast", SILENT) == snapshot("""\
account/sweden
  warning  offers Standard training of gpt-4.1-2025-04-14: norwayeast does not
           say so; the catalogue does not have Standard there (Microsoft Learn,
           "Fine-tuning models", 2026-03)
  warning  offers gpt-4.1-2025-04-14 at Standard: norwayeast does not say so;
           the catalogue does not have Standard there (Microsoft Learn, "Deploy
           a fine-tuned model", 2026-03-19)
           By the catalogue, it is in northcentralus and swedencentral.
2 warnings.\
""")
    assert offers("swedencentral", BUSY) == snapshot("""\
account/sweden
  unknown  offers: no answer (HTTP 503)
           Run it again.
  ok       offers Standard training of gpt-4.1-2025-04-14: the catalogue has
           Standard there (Microsoft Learn, "Fine-tuning models", 2026-03)
  ok       offers gpt-4.1-2025-04-14 at Standard: the catalogue has Standard
           there (Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19)
2 ok, 1 unknown.\
""")
    assert offers("norwayeast", BUSY) == snapshot("""\
account/sweden
  unknown  offers: no answer (HTTP 503)
           Run it again.
  warning  offers Standard training of gpt-4.1-2025-04-14: the catalogue does
           not have Standard there (Microsoft Learn, "Fine-tuning models",
           2026-03)
  warning  offers gpt-4.1-2025-04-14 at Standard: the catalogue does not have
           Standard there (Microsoft Learn, "Deploy a fine-tuned model",
           2026-03-19)
           By the catalogue, it is in northcentralus and swedencentral.
2 warnings, 1 unknown.\
""")


def test_the_model_goes_without_it() -> None:
    """gpt-5 has no developer tier, wherever."""
    gpt5 = "gpt-5-2025-08-07"
    listed = {gpt5: Offered(True, EVERY, frozenset({"standard"}))}
    assert offers("swedencentral", listed, "DeveloperTier", gpt5) == snapshot("""\
account/sweden
  warning  offers DeveloperTier training of gpt-5-2025-08-07: swedencentral
           trains it; the catalogue does not have DeveloperTier for it
           (Microsoft Learn, "Fine-tuning models", 2026-10-06)
           By the catalogue, it has Standard, DataZoneStandard and
           GlobalStandard.
  missing  offers gpt-5-2025-08-07 at DeveloperTier: swedencentral lists what is
           trained from it at other SKUs only; the catalogue does not have
           DeveloperTier for it (Microsoft Learn, "Fine-tuning models",
           2026-10-06)
           By the catalogue, it has Standard.
1 missing, 1 warning.\
""")


def test_nobody_knows() -> None:
    """What is in no list is neither there nor missing."""
    listed = {"gpt-9": Offered(True, EVERY), "odd-1": Offered(None, frozenset())}
    assert offers("swedencentral", listed, "Standard", "gpt-9") == snapshot("""\
account/sweden
  unknown  offers Standard training of gpt-9: swedencentral trains it; the
           catalogue does not know
  unknown  offers gpt-9 at Standard: swedencentral lists that of the base model;
           the catalogue does not know
2 unknown.\
""")
    assert offers("swedencentral", listed, "Luxury", "odd-1") == snapshot("""\
account/sweden
  unknown  offers Luxury training of odd-1: swedencentral does not say so; the
           catalogue does not know
  unknown  offers odd-1 at Luxury: swedencentral does not say so; the catalogue
           does not know
2 unknown.\
""")


def test_open_models() -> None:
    """The service says of them that they are not tunable, also of those that are."""
    name = "gpt-oss-20b"
    listed = {name: Offered(False, GLOBAL, GLOBAL)}
    assert offers("swedencentral", listed, "GlobalStandard", name) == snapshot("""\
account/sweden
  ok       offers GlobalStandard training of gpt-oss-20b: swedencentral does not
           say so; the catalogue has GlobalStandard there (Microsoft Learn,
           "Fine-tuning models", 2026-10-06)
  ok       offers gpt-oss-20b at GlobalStandard
2 ok.\
""")


def test_parts() -> None:
    """Who has files above 100 MB needs a right of its own, which some roles name apart."""
    asks = (Ask("sweden", Favour.UPLOAD), Ask("sweden", Favour.SEND_PARTS))
    openai = "Microsoft.CognitiveServices/accounts/OpenAI"
    small = Permissions((Grant(data=(f"{openai}/files/*",)),))
    assert amiss(asks=asks, permissions=small) == snapshot("""\
account/sweden
  missing  may upload files in parts
           Assign the role "Cognitive Services OpenAI Contributor" on account
           aoai-sweden (resource group rg-ml); it takes minutes to act.
1 missing.\
""")
    large = Permissions((Grant(data=(f"{openai}/files/*", f"{openai}/fine-tunes/uploads/*")),))
    assert amiss(asks=asks, permissions=large) == ""


def test_reasons_not_to_begin() -> None:
    """Before a training, only what is missing counts, and one remedy is told once."""
    reader = Permissions((Grant(("*/read",)),))
    filters = {"strict": NotFound("not found")}
    checks = diagnose(replace(WELL, permissions=reader, filters=filters, readings={}))
    assert refusal_picture(lacks(checks)) == snapshot("""\
refused (doctor): account/sweden fails this: may upload files; may train; may
    make deployments; may delete deployments.
    Assign the role "Cognitive Services OpenAI Contributor" on account
    aoai-sweden (resource group rg-ml); it takes minutes to act. --skip-doctor
    goes ahead all the same.
refused (doctor): account/sweden fails this: has the content filter strict
    (there is none of this name).
    Make it in the portal, or correct raiPolicyName where it says strict.
    --skip-doctor goes ahead all the same.
Nothing was done.\
""")
    assert lacks(diagnose(replace(WELL, permissions=BUSY))) == []
