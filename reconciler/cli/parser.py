"""The options of every command. Imports nothing but argparse, so that --help is instant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import NoReturn

from reconciler import __version__
from reconciler.cli.exits import ExitCode

EMBEDDED = "embedded"
FEW = 8  # choices
DESCRIPTION = """\
Declare fine-tuned models and deployments on Azure OpenAI in YAML.
ftctl compares them with what is there, and never trains the same thing twice."""
EXIT_CODES = """\
exit codes:
  0  done; apply: everything is as wanted
  1  error, also in usage and manifests
  2  only plan --detailed-exitcode: there are changes
  3  accepted; training or provisioning still runs
  4  a guard refused (budget, threshold, protection); nothing was done
  6  partial: some branches failed; the report lists them
  8  sign-in or permission missing
  130  interrupted; nothing is lost"""


class Parser(argparse.ArgumentParser):
    """Usage errors say what was meant, and exit with 1: 2 means that a plan has changes."""

    def error(self, message: str) -> NoReturn:
        from reconciler.reporting.page import page_for, put  # only a mistake pays for the import

        self.print_usage(sys.stderr)
        page = page_for(sys.stderr, no_color=True)
        put(page.wrap(message, 0, f"{self.prog}: ", 4), sys.stderr)
        self.exit(ExitCode.ERROR, f"See `{self.prog} --help`.\n")

    def parse_known_args(  # type: ignore[override]  # of the overloads only this one is called
        self,
        args: Sequence[str] | None = None,
        namespace: argparse.Namespace | None = None,
    ) -> tuple[argparse.Namespace, list[str]]:
        """Refuses unknown words by itself, so that the command at hand names them."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            hint = self._meant(unknown[0])
            self.error(f"unrecognized arguments: {' '.join(unknown)}{hint and f'. {hint}'}")
        return found, unknown

    def _meant(self, word: str) -> str:
        from reconciler.planning.spelling import did_you_mean

        return did_you_mean(word.partition("=")[0], self._option_string_actions)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Names the nearest choice, and all of them where there are few."""
        from reconciler.planning.spelling import did_you_mean

        if action.choices is None or value in action.choices:
            return
        choices = [str(each) for each in action.choices]
        known = f"Known: {', '.join(choices)}." if len(choices) <= FEW else ""
        hint = did_you_mean(str(value), choices) or known
        raise argparse.ArgumentError(action, f"there is no {value}. {hint}".strip())


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read a command line. Exits with 0 after --help, with 1 after a usage error."""
    return build().parse_args(_spelled_out(argv))


def _spelled_out(argv: Sequence[str]) -> list[str]:
    """`--local` alone takes no value but a URL, so that it never swallows the path after it."""
    words = list(argv)
    end = words.index("--") if "--" in words else len(words)
    options: list[str] = []
    for word, following in pairwise([*words[:end], ""]):
        is_alone = word == "--local" and not following.startswith(("http://", "https://"))
        options.append(f"--local={EMBEDDED}" if is_alone else word)
    return options + words[end:]


def build() -> Parser:
    parser = Parser(
        prog="ftctl",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"ftctl {__version__}")
    everywhere = _everywhere()
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, text: str) -> Parser:
        return commands.add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}.", parents=[everywhere]
        )

    _validate(command("validate", "check manifests and data files, offline unless --online"))
    _plan(command("plan", "show what apply would do, why, and what it costs"))
    _apply(command("apply", "make it so, after showing the plan"))
    _status(command("status", "show where every wanted resource stands"))
    _idle(command("idle", "show how long deployments have idled, and what will become of them"))
    _wake(command("wake", "bring back deployments that are away, and nothing else"))
    _doctor(
        command(
            "doctor", "check what every account allows and has; what is missing, and who gives it"
        )
    )
    _outputs(command("outputs", "print what applications have to call"))
    _destroy(command("destroy", "delete deployments, and models or files only when asked"))
    _events(command("events", "show what the training of a model has said"))
    _metrics(command("metrics", "show how the training of a model went"))
    _history(command("history", "show every version of a model, and where each is used"))
    _about(command("checkpoints", "show the moments of a training that can be served"))
    _about(command("cancel", "end the training of a model; what has run by then is paid"))
    _about(command("pause", "hold a training that has done a step; `resume` goes on with it"))
    _about(command("resume", "go on with a paused training, also past the limit of reinforcement"))
    _chat(command("chat", "talk to a deployment"))
    _dataset(command("dataset", "check, measure or compare data files by themselves"), everywhere)
    _catalogue(command("catalogue", "print the models, prices and limits in effect, with sources"))
    _schema(command("schema", "print the JSON Schema of a kind or of an output"))
    _emulator(command("emulator", "serve a small Azure OpenAI on this machine"))
    _completion(command("completion", "print a completion script for a shell"))
    return parser


def _everywhere() -> Parser:
    shared = Parser(add_help=False)
    shared.add_argument("--no-color", action="store_true", help="plain text; so does NO_COLOR")
    shared.add_argument(
        "-v", "--verbose", action="store_true", help="say more: also what stays as it is"
    )
    return shared


def _paths(parser: Parser) -> None:
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files or folders; default: manifests/"
    )


def _format(parser: Parser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")


def _local(parser: Parser) -> None:
    parser.add_argument(
        "--local",
        nargs="?",
        const=EMBEDDED,
        metavar="URL",
        help="use the embedded emulator, with its data in .ftctl/; or, with its URL, one that "
        "runs already. FTCTL_LOCAL=1 or FTCTL_LOCAL=URL does the same",
    )


LEAVE = {
    "--force": "exceed the guard of the Project, and the limits that the service is known to have",
    "--allow-protected": "delete or replace what says protect: true",
    "--allow-retrain": "pay again for a training that was lost, cancelled or failed",
    "--allow-unknown-cost": "train or host at an unknown price although there is a budget",
}


def _leave(parser: Parser, *flags: str) -> None:
    """Leave is given where a command may need it; elsewhere it is a mistake."""
    leave = parser.add_argument_group("leave to do more than usual")
    for flag, text in LEAVE.items():
        if flag in flags:
            leave.add_argument(flag, action="store_true", help=text)
    parser.set_defaults(**{flag.strip("-").replace("-", "_"): False for flag in LEAVE})


def _run(parser: Parser) -> None:
    parser.add_argument("--auto-approve", action="store_true", help="do not ask")
    parser.add_argument(
        "--timeout", metavar="TIME", help="stop waiting after this long, such as 90m or 2h"
    )


def _skip_doctor(parser: Parser) -> None:
    parser.add_argument(
        "--skip-doctor",
        action="store_true",
        help="do not check rights and content filters before anything is paid",
    )


def _validate(parser: Parser) -> None:
    _paths(parser)
    _check_urls(parser)
    _local(parser)
    parser.add_argument(
        "--online",
        action="store_true",
        help="also look whether every account can be reached, and whether the service has refused "
        "any of the models before",
    )


def _check_urls(parser: Parser) -> None:
    parser.add_argument(
        "--check-urls",
        action="store_true",
        help="also fetch the images that data files name by URL, up to 10 MB each",
    )


def _diff_data(parser: Parser) -> None:
    parser.add_argument(
        "--diff-data",
        action="store_true",
        help="say what has changed in the data of a retraining, even where the earlier file is not "
        "in git and has to be fetched from the service",
    )


def _plan(parser: Parser) -> None:
    _paths(parser)
    _local(parser)
    _format(parser)
    _diff_data(parser)
    parser.add_argument(
        "--detailed-exitcode", action="store_true", help="exit with 2 when there are changes"
    )
    _leave(parser, *LEAVE)


def _apply(parser: Parser) -> None:
    _paths(parser)
    _local(parser)
    _format(parser)
    _run(parser)
    _diff_data(parser)
    parser.add_argument(
        "--wait",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="follow training to its end (default on a terminal), or submit what can be "
        "submitted and exit with 3 while it runs",
    )
    _skip_doctor(parser)
    parser.add_argument(
        "--outputs",
        metavar="FILE",
        help="write what applications have to call into a .json, .env or .yaml file",
    )
    _leave(parser, *LEAVE)


def _status(parser: Parser) -> None:
    _paths(parser)
    _local(parser)
    _format(parser)
    parser.add_argument("--all", action="store_true", help="also what is there and not wanted")


def _idle(parser: Parser) -> None:
    _paths(parser)
    _local(parser)
    _format(parser)
    parser.add_argument(
        "--at",
        metavar="TIME",
        help="at a later moment, such as +10d or 2026-12-01, if nobody calls any more",
    )
    parser.add_argument("--all", action="store_true", help="also what is there and not wanted")


def _wake(parser: Parser) -> None:
    parser.add_argument("names", nargs="+", metavar="NAME", help="such as support-prod")
    _manifests(parser)
    _local(parser)
    _format(parser)
    _run(parser)
    _skip_doctor(parser)
    _leave(parser, "--force", "--allow-unknown-cost")


def _doctor(parser: Parser) -> None:
    _paths(parser)
    _local(parser)
    _format(parser)


def _outputs(parser: Parser) -> None:
    _paths(parser)
    _local(parser)
    parser.add_argument(
        "--format", choices=("text", "json", "env", "yaml"), help="default: as FILE ends, or text"
    )
    parser.add_argument("--out", metavar="FILE", help="write them to a file instead")


def _destroy(parser: Parser) -> None:
    _paths(parser)
    _local(parser)
    _format(parser)
    _run(parser)
    parser.add_argument("--models", action="store_true", help="also models; that is for good")
    parser.add_argument("--files", action="store_true", help="also uploaded files")
    _leave(parser, "--force", "--allow-protected")


def _about(parser: Parser) -> None:
    parser.add_argument("address", metavar="ADDRESS", help="such as model/support-bot")
    _manifests(parser)
    _local(parser)


def _manifests(parser: Parser) -> None:
    parser.add_argument(
        "--path",
        dest="paths",
        action="append",
        default=[],
        metavar="PATH",
        help="a file or folder with manifests, may be repeated; default: manifests/",
    )


def _history(parser: Parser) -> None:
    _about(parser)
    _format(parser)


def _events(parser: Parser) -> None:
    _about(parser)
    parser.add_argument("--follow", action="store_true", help="until the training ends")


def _metrics(parser: Parser) -> None:
    _about(parser)
    _format(parser)
    parser.add_argument("--out", metavar="FILE", help="also save a picture, PNG or SVG")


def _chat(parser: Parser) -> None:
    parser.add_argument(
        "name", metavar="NAME", help="such as support-prod or deployment/support-prod"
    )
    _manifests(parser)
    _local(parser)
    parser.add_argument(
        "--prompt",
        metavar="TEXT",
        help="say this and end; default: a conversation on a terminal, else what comes in",
    )
    parser.add_argument("--system", metavar="TEXT", help="what the model is told before all else")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="the longest answer")


def _dataset(parser: Parser, everywhere: Parser) -> None:
    subcommands = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
    for name, text in (
        ("check", "what is wrong with a file, line by line"),
        ("stats", "its figures, and how long its examples are"),
        ("diff", "which examples were added, removed or changed"),
    ):
        one = subcommands.add_parser(name, help=text, parents=[everywhere])
        if name == "diff":
            one.add_argument("old", metavar="OLD")
            one.add_argument("new", metavar="NEW")
        else:
            one.add_argument("files", metavar="FILE", nargs="+")
        if name == "check":
            _check_urls(one)
        one.add_argument(
            "--format",
            choices=("chat", "completions", "preference", "reinforcement"),
            default="chat",
            help="of the data",
        )
        one.add_argument("--format-output", choices=("text", "json"), default="text")


def _catalogue(parser: Parser) -> None:
    _paths(parser)
    parser.add_argument(
        "--format",
        choices=("text", "json", "yaml"),
        default="text",
        help="yaml: a template for a file of one's own, which spec.catalogue of the Project names",
    )


def _schema(parser: Parser) -> None:
    parser.add_argument("kind", nargs="?", metavar="KIND", help="without it: a list of them")
    parser.add_argument("--write", metavar="DIR", help="write all of them into a folder")


def _emulator(parser: Parser) -> None:
    parser.add_argument("--port", type=int, default=8900, help="0 picks a free one")
    parser.add_argument("--data", metavar="DIR", default=".ftctl/emulator")
    parser.add_argument(
        "--accounts", metavar="PATH", help="manifests whose Account documents it serves"
    )
    parser.add_argument(
        "--clock", default="real", metavar="real|xN|manual", help="how its time passes"
    )
    parser.add_argument("--seed", type=int, default=0, help="of ids, curves and faults")
    parser.add_argument(
        "--pace",
        choices=("brisk", "lifelike", "instant"),
        default="brisk",
        help="whether training takes seconds, hours or nothing of its time",
    )


def _completion(parser: Parser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"))
