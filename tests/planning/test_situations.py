"""The situations of the spine, as a person sees their plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from inline_snapshot import snapshot

from reconciler.planning.address import Address
from reconciler.planning.kind import Found, Wanted
from reconciler.planning.plan import plan
from reconciler.planning.policy import Policy
from tests.planning.situations import (
    ACCOUNT,
    BOT,
    CHATS,
    OTHER_BYTES,
    PROD,
    desired,
    everything,
    failed,
    found,
    job,
    observed,
    picture,
    retired,
    spine,
    there_account,
    there_data,
    there_deployment,
    trained,
    upload,
    wanted_account,
    wanted_data,
    wanted_deployment,
    wanted_model,
)

States = dict[Address, Any]


def shown(
    states: States,
    wanted: Iterable[Wanted] = (),
    policy: Policy | None = None,
    others: Iterable[Found] = (),
) -> str:
    return picture(plan(desired(*wanted, policy=policy), observed(states, others)))


def test_nothing_there() -> None:
    """Where only the account exists, the plan uploads, trains and deploys, each after its needs."""
    assert shown({ACCOUNT: there_account()}) == snapshot("""\
+ dataset/chats
    create: not uploaded yet: 200 examples, 52,000 bytes, to sweden
? finetunedmodel/bot  (after dataset/chats)
    train: never trained: gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 2 to create, 1 to train. 1 resource as wanted.
Training: $6.00. Hosting: $1,224.00 in 30 days.\
""")


def test_everything_there() -> None:
    """Once everything is as wanted, there is nothing to do, and nothing is said about it."""
    assert shown(everything()) == snapshot("Nothing to do: 4 resources as wanted.")


def test_everything_there_in_full() -> None:
    """With -v, what stays is listed with the reason why it stays."""
    assert picture(plan(desired(), observed(everything())), is_verbose=True) == snapshot("""\
= account/sweden
    it is there
= dataset/chats
    same content
= finetunedmodel/bot
    trained as 8c8a3a9d
= deployment/prod
    as declared
Nothing to do: 4 resources as wanted.\
""")


def test_changed_data() -> None:
    """One byte is one upload, one training with its price, and another model behind the name."""
    states = {
        ACCOUNT: there_account(),
        CHATS: replace(there_data(), uploads={}, earlier=(upload(),)),
        PROD: there_deployment(),
    }
    assert shown(states, spine(OTHER_BYTES)) == snapshot("""\
~ dataset/chats
    update: the upload there has other content: 200 examples, 52,000 bytes, to
    sweden
    sha256: aaaaaaaaaaaa -> bbbbbbbbbbbb
    way back: the earlier upload stays
? finetunedmodel/bot  (after dataset/chats)
    train: never trained: gpt-4.1-2025-04-14 on chats, as cd0a9d25
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
? deployment/prod  (after finetunedmodel/bot)
    replace: another model: in place if the service can; else deleted and made
    again (calls fail meanwhile, for 2 to 10 minutes as a rule)
    model: 8c8a3a9d -> cd0a9d25
    way back: apply the earlier manifest; the earlier model stays
Plan: 1 to update, 1 to replace, 1 to train. 1 resource as wanted.
Training: $6.00. Hosting: $1,224.00 in 30 days.\
""")


def test_missing_deployment() -> None:
    """A deployment that the service removed is made again; the model stays as it is."""
    states = {where: what for where, what in everything().items() if where != PROD}
    assert shown(states) == snapshot("""\
+ deployment/prod
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_changed_capacity() -> None:
    """A setting that differs is an update that shows both values."""
    states = everything() | {PROD: there_deployment(capacity=10, sku="Standard")}
    assert shown(states) == snapshot("""\
~ deployment/prod
    update: its settings differ from the manifest; 50,000 tokens a minute
    (capacity 50)
    sku.capacity: 10 -> 50
    sku.name: Standard -> GlobalStandard
    hosting $1,224.00 in 30 days: 720 hours, called or not
    way back: apply the earlier manifest
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to update. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_another_model() -> None:
    """Another model behind a name is a replacement, in place if the service can."""
    states = everything() | {PROD: there_deployment(OTHER_BYTES)}
    assert shown(states) == snapshot("""\
± deployment/prod
    replace: another model: in place if the service can; else deleted and made
    again (calls fail meanwhile, for 2 to 10 minutes as a rule)
    model: cd0a9d25 -> 8c8a3a9d
    way back: apply the earlier manifest; the earlier model stays
Plan: 1 to replace. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_another_model_by_replacement() -> None:
    """With update: replace, the plan says that there is a gap."""
    states = everything() | {PROD: there_deployment(OTHER_BYTES)}
    assert shown(states, spine(update="replace")) == snapshot("""\
± deployment/prod
    replace: another model: deleted and made again under the same name; calls
    fail meanwhile, for 2 to 10 minutes as a rule
    model: cd0a9d25 -> 8c8a3a9d
    way back: apply the earlier manifest; the earlier model stays
Plan: 1 to replace. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_training_under_way() -> None:
    """While a job runs, the model is waited for and the deployment is deferred behind it."""
    states = {
        ACCOUNT: there_account(),
        CHATS: there_data(),
        BOT: trained(job(status="running")),
    }
    assert shown(states) == snapshot("""\
. finetunedmodel/bot
    training since 2026-11-19 12:00 UTC, ftjob-1
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create, 1 under way. 2 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_upload_being_checked() -> None:
    """While the service checks the file, everything behind it is deferred."""
    states = {ACCOUNT: there_account(), CHATS: there_data(status="pending")}
    assert shown(states) == snapshot("""\
. dataset/chats
    the service is checking it
? finetunedmodel/bot  (after dataset/chats)
    train: never trained: gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create, 1 to train, 1 under way. 1 resource as wanted.
Training: $6.00. Hosting: $1,224.00 in 30 days.\
""")


def test_twin_jobs() -> None:
    """Of two jobs for the same weights the older one stays; cancelling needs nothing else."""
    younger = job(id="ftjob-2", status="pending", created_at=job().finished_at)
    states = everything() | {BOT: trained(job(status="running"), younger)}
    assert shown(states) == snapshot("""\
~ finetunedmodel/bot
    update: submitted more than once: cancel the younger ftjob-2
    way back: not needed: the older job trains the same weights
Plan: 1 to update. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_twin_uploads() -> None:
    """Of two uploads of the same content the one that no job uses is removed."""
    twin = upload(id="file-2")
    states = everything() | {CHATS: replace(there_data(), twins=(twin,))}
    assert shown(states) == snapshot("""\
~ dataset/chats
    update: uploaded more than once: remove 1 that no job uses
    way back: not needed: the same content stays
Plan: 1 to update. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_lost() -> None:
    """A model that was trained and deleted is never trained again by itself."""
    states = everything() | {BOT: trained(models=(retired(),)), PROD: None}
    states.pop(PROD)
    assert shown(states) == snapshot("""\
! finetunedmodel/bot
    trained before, and its model was retired or deleted; pass --allow-retrain
    to pay again
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create, 1 stuck. 2 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_lost_but_asked_for() -> None:
    """With --allow-retrain it is trained again, at its price."""
    states = {
        ACCOUNT: there_account(),
        CHATS: there_data(),
        BOT: trained(models=(retired(),)),
    }
    policy = Policy(project="shop", allow_retrain=True)
    assert shown(states, policy=policy) == snapshot("""\
$ finetunedmodel/bot
    train: asked for with --allow-retrain: gpt-4.1-2025-04-14 on chats, as
    8c8a3a9d
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create, 1 to train. 2 resources as wanted.
Training: $6.00. Hosting: $1,224.00 in 30 days.\
""")


def test_only_a_deployment_remembers() -> None:
    """A deployment that names the weights is evidence, too: the model is lost, not new."""
    states = everything() | {
        BOT: replace(trained(), jobs=(), deployments=("deployment/prod in account/sweden",))
    }
    assert shown(states) == snapshot("""\
! finetunedmodel/bot
    trained before: deployment/prod in account/sweden still names it; pass
    --allow-retrain to pay again
Plan: 1 stuck. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_retry() -> None:
    """A job that the service itself failed is tried again, as often as the manifest says."""
    states = everything() | {BOT: trained(failed("The server had an error."))}
    states.pop(PROD)
    assert shown(states) == snapshot("""\
$ finetunedmodel/bot
    train: attempt 2 of 2: the service failed it: The server had an error:
    gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create, 1 to train. 2 resources as wanted.
Training: $6.00. Hosting: $1,224.00 in 30 days.\
""")


def test_no_attempt_left() -> None:
    """After the last attempt a person has to decide."""
    error = failed("The server had an error.")
    states = everything() | {BOT: trained(error, replace(error, id="ftjob-2"))}
    states.pop(PROD)
    assert shown(states) == snapshot("""\
! finetunedmodel/bot
    the service failed it: The server had an error. (2 of 2 attempts); raise
    retry.attempts, or pass --allow-retrain
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create, 1 stuck. 2 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_failed_safety() -> None:
    """Data that failed the safety check is stuck, with the types of harm."""
    text = (
        "The provided training data failed RAI checks for harm types: "
        "[hate_fairness, self_harm, violence]. Please fix the data and try again."
    )
    states = everything() | {BOT: trained(failed(text))}
    states.pop(PROD)
    assert shown(states) == snapshot("""\
! finetunedmodel/bot
    the training data failed the safety check for: hate_fairness, self_harm,
    violence; change the data, or raise revision, to submit it again
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create, 1 stuck. 2 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_cancelled() -> None:
    """A training that someone cancelled stays cancelled."""
    states = {
        ACCOUNT: there_account(),
        CHATS: there_data(),
        BOT: trained(job(status="cancelled")),
    }
    assert shown(states) == snapshot("""\
! finetunedmodel/bot
    its training was cancelled; pass --allow-retrain, or raise revision
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create, 1 stuck. 2 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_no_account() -> None:
    """Without its account nothing can be done, and the plan says what it would do then."""
    assert shown({}) == snapshot("""\
! account/sweden
    no account aoai-sweden in resource group rg-ml
? dataset/chats  (after account/sweden)
    create: nobody can see whether it was uploaded: 200 examples, 52,000 bytes,
    to sweden
? finetunedmodel/bot  (after account/sweden, dataset/chats)
    train: nobody can see whether it was trained: gpt-4.1-2025-04-14 on chats,
    as 8c8a3a9d
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
? deployment/prod  (after account/sweden, finetunedmodel/bot)
    create: the account itself cannot be seen; 50,000 tokens a minute (capacity
    50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 2 to create, 1 to train, 1 stuck.
Training: $6.00. Hosting: $1,224.00 in 30 days.\
""")


def test_refused_upload() -> None:
    """A file that the service refuses is stuck with the service's words."""
    states = {
        ACCOUNT: there_account(),
        CHATS: there_data(status="error", detail="Line 3 is no JSON object."),
    }
    assert shown(states) == snapshot("""\
! dataset/chats
    the service refuses the file: Line 3 is no JSON object.
? finetunedmodel/bot  (after dataset/chats)
    train: never trained: gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    way back: cancelling is free until it starts; what has run by then is paid
? deployment/prod  (after finetunedmodel/bot)
    create: not on account/sweden; 50,000 tokens a minute (capacity 50)
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create, 1 to train, 1 stuck. 1 resource as wanted.
Training: $6.00. Hosting: $1,224.00 in 30 days.\
""")


def test_foreign() -> None:
    """A deployment of the same name that this project did not make is left alone."""
    states = everything() | {PROD: there_deployment(tags={"owner": "someone"})}
    assert shown(states) == snapshot("""\
! deployment/prod
    a deployment of this name exists that this project did not make; set adopt:
    true
Plan: 1 stuck. 3 resources as wanted.\
""")


def test_adopted() -> None:
    """With adopt: true it is taken over; the change of owner is shown beside the others."""
    states = everything() | {PROD: there_deployment(tags={"owner": "someone"}, capacity=10)}
    assert shown(states, spine(may_adopt=True)) == snapshot("""\
~ deployment/prod
    update: its settings differ from the manifest; 50,000 tokens a minute
    (capacity 50)
    owner: (none) -> project shop
    sku.capacity: 10 -> 50
    way back: apply the earlier manifest
Plan: 1 to update. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_adopted_unchanged() -> None:
    """Adopting something that is as declared changes its owner only."""
    states = everything() | {PROD: there_deployment(tags={})}
    assert shown(states, spine(may_adopt=True)) == snapshot("""\
~ deployment/prod
    update: taken over
    owner: (none) -> project shop
    way back: apply the earlier manifest
Plan: 1 to update. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_failed_deployment() -> None:
    """A deployment that the service gave up on is made again."""
    states = everything() | {PROD: there_deployment(provisioning="Failed")}
    assert shown(states) == snapshot("""\
+ deployment/prod
    create: the service says Failed
    hosting $1,224.00 in 30 days: 720 hours, called or not
note: deployment/prod: GlobalStandard may process prompts and answers in any
    Azure region; data at rest stays in the region of the account
Plan: 1 to create. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_disabled_deployment() -> None:
    """What the service has switched off needs a person."""
    states = everything() | {PROD: there_deployment(provisioning="Disabled")}
    assert shown(states) == snapshot("""\
! deployment/prod
    the service says Disabled
Plan: 1 stuck. 3 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_validation_data_changed() -> None:
    """Other validation data is a notice and never a training."""
    data, check = wanted_data(), wanted_data("check", OTHER_BYTES)
    model = wanted_model(data, validation=check)
    wanted = (wanted_account(), data, check, model, wanted_deployment(model))
    old = job(validation_file="file-9")
    states = everything() | {
        check.address: there_data(OTHER_BYTES, called="check"),
        BOT: trained(old, validation_marks=("check.cccccccccccc.jsonl",)),
    }
    assert shown(states, wanted) == snapshot("""\
note: finetunedmodel/bot: validation data changed; the metrics are from the
    older file; raise revision to train again
Nothing to do: 5 resources as wanted.\
""")


def test_unwanted_without_prune() -> None:
    """What nobody wants any more stays, and the plan says that it goes on costing."""
    assert shown(everything(), others=[found("old")]) == snapshot("""\
note: deployment/old: no manifest wants it any more; it stays and goes on
    costing. Add Deployment to spec.prune of the Project to delete it
Nothing to do: 4 resources as wanted.\
""")


def test_unwanted_with_prune() -> None:
    """With its kind in prune it is deleted; what is not ours never is."""
    others = [found("old"), found("theirs", is_ours=False)]
    policy = Policy(project="shop", prune=frozenset({"deployment"}))
    assert shown(everything(), policy=policy, others=others) == snapshot("""\
- deployment/old
    delete: from account/sweden; calls to it fail from then on
    way back: the model stays, and can be deployed again
Plan: 1 to delete. 4 resources as wanted.
Hosting: $1,224.00 in 30 days.\
""")


def test_unknown_price() -> None:
    """A training at an unknown price says so, and counts as unknown in the sum."""
    model = wanted_model(base_model="gpt-4o-2024-08-06")
    wanted = (wanted_account(), wanted_data(), model)
    assert shown({ACCOUNT: there_account()}, wanted) == snapshot("""\
+ dataset/chats
    create: not uploaded yet: 200 examples, 52,000 bytes, to sweden
? finetunedmodel/bot  (after dataset/chats)
    train: never trained: gpt-4o-2024-08-06 on chats, as 097fd7a6
    training at an unknown price: 1,000,000 tokens x 3 epochs; no known price
    for gpt-4o-2024-08-06 at GlobalStandard
    way back: cancelling is free until it starts; what has run by then is paid
Plan: 1 to create, 1 to train. 1 resource as wanted.
Training: unknown price.\
""")
