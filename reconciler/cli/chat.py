"""ftctl chat: talk to a deployment. A check by hand, which also counts as activity."""

from __future__ import annotations

import io
import os
import sys
from argparse import Namespace

from reconciler.applying.observe import observe
from reconciler.cli.addressed import address_of
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import Opened, connected, desire
from reconciler.cli.running import UsageError, service_error_lines
from reconciler.kinds.deployment.talking import Talk
from reconciler.planning.address import Address
from reconciler.planning.desired import standings
from reconciler.providers.errors import ServiceError
from reconciler.reporting.page import Page, page_for, put
from reconciler.reporting.talk import ending_line, say

DEPLOYMENT = "deployment"
NOT_UTF8 = "it is not UTF-8, and nothing else can be sent. Convert it, for example with iconv."


def run(options: Namespace) -> ExitCode:
    if options.max_tokens is not None and options.max_tokens < 1:
        raise UsageError("--max-tokens has to be at least 1.")
    page = page_for(sys.stdout, no_color=options.no_color)
    if isinstance(sys.stdin, io.TextIOWrapper):  # whatever the locale says of it
        sys.stdin.reconfigure(encoding="utf-8", errors="strict")
    desired = desire(options, is_estimate_enough=True)
    address = address_of(options.name, desired, DEPLOYMENT)
    # Of the accounts only its own: another one may be out of order, and that is nothing to it.
    with connected(options, desired.needed_by(address)) as at:
        talk = _talk(options, at, address)
        if options.prompt is None and sys.stdin.isatty() and sys.stdout.isatty():
            _converse(talk, page)
        else:
            _answer(talk, _prompt(options), page)
    return ExitCode.DONE


def _talk(options: Namespace, at: Opened, address: Address) -> Talk:
    """With the deployment that the command names. Raises UsageError where nothing answers."""
    observed = observe(at.desired, at.session, at.clock.now())
    standing = standings(at.desired, observed)[address]
    if not standing.is_ready:
        detail = f" ({standing.detail})" if standing.detail else ""
        raise UsageError(
            f"{address} is {standing.phase}{detail}; nobody would answer. `ftctl plan` tells why."
        )
    return Talk(
        at.session[at.desired.wanted[address].goal.account],
        standing.ids["deployment"],
        standing.ids.get("model", ""),
        _argument(options.system or ""),
        options.max_tokens,
    )


def _prompt(options: Namespace) -> str:
    text = _input() if options.prompt is None else _argument(options.prompt)
    if not text.strip():
        raise UsageError("there is nothing to say. Pass --prompt TEXT, or write to its input.")
    return text.strip()


def _input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise UsageError(f"the input cannot be read: {NOT_UTF8}") from error


def _argument(text: str) -> str:
    """As UTF-8, where Python kept the bytes that the locale has no character for."""
    try:
        text.encode()
    except UnicodeEncodeError:
        try:
            return os.fsencode(text).decode()
        except UnicodeDecodeError as error:
            raise UsageError(f"an option cannot be read: {NOT_UTF8}") from error
    return text


def _answer(talk: Talk, text: str, page: Page) -> None:
    say(talk.answers(text))
    put(ending_line(talk.ending, page), sys.stderr)


def _converse(talk: Talk, page: Page) -> None:
    """Until Ctrl-D; what goes wrong with one message does not end it."""
    put([f"Talking to {talk.deployment}; Ctrl-D ends.", *page.wrap(talk.model, 4)])
    while True:
        try:
            text = input("> ").strip()
        except EOFError:
            put([""])
            return
        except UnicodeDecodeError:
            put(page.wrap(f"That cannot be said: {NOT_UTF8}", 0), sys.stderr)
            continue
        if not text:
            continue
        try:
            _answer(talk, text, page)
        except ServiceError as error:
            put(service_error_lines(error, page), sys.stderr)
