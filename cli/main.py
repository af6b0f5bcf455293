"""`slaledger`: the groups, the global options, and error output. It imports only what every command needs."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextvars import copy_context
from gettext import gettext
from typing import NamedTuple, NoReturn

import click

from cli.terminal.help import Formatter
from cli.terminal.language import LANGUAGES, choose_language, language, localized, speak_with_click
from cli.terminal.streams import harmless_streams
from cli.terminal.vocabulary import cited
from cli.terminal.widths import escaped, folded, harmless, one_line
from domain.refusals import ManyFaults, Refusal
from domain.text import Said, said
from ledger.memory import gc_paused
from ledger.store.urls import url_of


class Settings(NamedTuple):
    """The global options."""

    url: str
    actor: str | None
    lang: str
    sign: str | None = None
    now: str | None = None


_COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("cli.commands.whole.init:init", "Create a ledger: its id, its agreement, the working days."),
    "account": ("cli.commands.groups:account", "Enrol, correct, close and list accounts."),
    "terms": ("cli.commands.groups:terms", "Publish, list and check versions of the agreement."),
    "readings": ("cli.commands.readings:readings", "List how doubtful clauses are read, and how else."),
    "calendar": ("cli.commands.groups:calendar", "Record and show working days."),
    "incident": ("cli.commands.groups:incident", "Open, close, correct, withdraw and list incidents."),
    "exclusion": ("cli.commands.groups:exclusion", "Apply and withdraw exclusions (clause 2.3)."),
    "fees": ("cli.commands.groups:fees", "Record, correct, void and list bills."),
    "claim": ("cli.commands.groups:claim", "File, decide, dispute and explain claims."),
    "voucher": ("cli.commands.groups:voucher", "Issue, redeem, reverse and cancel vouchers."),
    "controls": ("cli.commands.groups:controls", "Set which awards need an approval."),
    "actor": ("cli.commands.groups:actor", "Register, retire and list the keys with which actors sign."),
    "batch": ("cli.commands.batch:batch", "Run a file of commands."),
    "import": ("cli.commands.imports.group:imports", "Import incidents, bills or a ledger from files."),
    "export": (
        "cli.commands.export.exports:export",
        "Write files for other tools: events, journals, tables, calendars.",
    ),
    "backup": ("cli.commands.whole.transfer:backup", "Copy the ledger while others may write."),
    "restore": ("cli.commands.whole.transfer:restore", "Restore a ledger from a backup or export."),
    "availability": ("cli.commands.availability:availability", "Measure an account's month."),
    "breaches": ("cli.commands.availability:breaches", "List the accounts below the commitment in a month."),
    "mtbf": ("cli.commands.availability:mtbf", "Show a year's mean time between failures."),
    "report": ("cli.commands.report:report", "Summarise a month over all accounts, as a table or a page."),
    "worklist": ("cli.commands.availability:worklist", "List what is to be claimed, decided and issued."),
    "history": ("cli.commands.history:history", "Show everything recorded about an account, in order."),
    "log": ("cli.commands.whole.log:log", "List the events of the whole ledger, the newest first."),
    "search": ("cli.commands.whole.log:search", "List the events in which a text stands."),
    "status": ("cli.commands.whole.log:status", "Show on one screen where the ledger stands."),
    "audit": (
        "cli.commands.audit.audits:audit",
        "Replay decisions, ask what would change, and prove what was recorded.",
    ),
    "dossier": ("cli.commands.audit.dossier:dossier", "Write a claim's whole case to a file or a page."),
    "verify-dossier": ("cli.commands.audit.dossier:verify_dossier", "Check a dossier without the ledger."),
    "keygen": ("cli.commands.audit.keygen:keygen", "Make a key that signs checkpoints and events."),
    "witness": ("cli.commands.audit.witness:witness", "Cosign the checkpoints of a ledger, as its witness."),
    "postgres": ("cli.commands.whole.postgres:postgres", "Set up the roles for a ledger on a server."),
    "rebuild": ("cli.commands.whole.init:rebuild", "Rebuild the projections from the events."),
    "doctor": ("cli.commands.whole.doctor:doctor", "Check for anything missing or misconfigured, and say what to do."),
    "docs": ("cli.commands.whole.docs:docs", "List, print or copy the documents that come with the software."),
    "verifier": ("cli.commands.whole.docs:verifier", "Print the program that checks a dossier without slaledger."),
    "completion": ("cli.commands.completion:completion", "Print the script for shell completion."),
}


click.Context.formatter_class = Formatter


def load_command(target: str) -> click.Command:
    """Import a command by its `module:name`, without a collection of garbage meanwhile: what an import makes stays."""
    module, _, name = target.partition(":")
    with gc_paused():
        command: click.Command = getattr(importlib.import_module(module), name)
    return command


class LazyGroup(click.Group):
    """A group that imports a command only when it is used, and lists commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return load_command(_COMMANDS[cmd_name][0]) if cmd_name in _COMMANDS else None

    def descriptions(self) -> list[str]:
        """The descriptions of the commands in the list."""
        return [help_text for _, help_text in _COMMANDS.values()]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in _COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--ledger",
    "url",
    envvar="SLALEDGER_URL",
    default="sqlite:///slaledger.db",
    show_default=True,
    metavar="URL",
    help="The ledger: sqlite:///FILE or its path, or postgresql://USER@HOST/DATABASE.",
)
@click.option("--actor", envvar="SLALEDGER_ACTOR", metavar="NAME", help="Name of the actor; the login name by default.")
@click.option(
    "--sign",
    "sign",
    envvar="SLALEDGER_SIGN",
    metavar="KEYFILE",
    help="Sign what is recorded with the actor's key, which `slaledger keygen` made.",
)
@click.option("--now", "now", metavar="TIME", help="The time at which the command is given: on a demo ledger alone.")
@click.option(
    "--lang",
    envvar="SLALEDGER_LANG",
    type=click.Choice(LANGUAGES),
    help="Language of the interface; the locale's by default.",
)
@click.version_option(package_name="slaledger", help="Show the version and exit.")
@click.pass_context
def cli(ctx: click.Context, url: str, actor: str | None, sign: str | None, now: str | None, lang: str | None) -> None:
    """An event-sourced compensation ledger: from incidents to claims, decisions and vouchers.

    \b
    slaledger init
    slaledger account enroll 1001 --enrolled-at 2026-01-01T00:00:00+08:00
    slaledger claim explain 1001 2026-03
    """
    ctx.obj = Settings(url_of(url), actor, lang or language(), sign or None, now)
    if now is not None:
        from cli.demo_clock import take_now  # needed only for demonstrations

        take_now(ctx.obj.url, now, makes_ledger=ctx.invoked_subcommand == "init")


def run() -> NoReturn:
    """The console script: exit status as promised, errors as text or as one JSON object on stderr."""
    with harmless_streams():
        status = copy_context().run(_run)
    sys.exit(status)


def _run() -> int:
    status: object
    try:
        choose_language(sys.argv[1:], os.environ)
        speak_with_click("en" if wants_json() and not _asks_help() else language())
        _check_encoding()
        status = cli.main(prog_name="slaledger", standalone_mode=False)
        sys.stdout.flush()
    except Refusal as refusal:
        status = print_error(refusal)
    except ManyFaults as faults:
        status = print_errors(faults.refusals)
    except click.exceptions.Exit as left:
        status = left.exit_code
    except click.Abort:
        from cli.refusals import Interrupted  # needed only after an interrupt

        status = print_error(Interrupted())
    except click.ClickException as error:
        status = print_error(_usage_refusal(error))
    except BrokenPipeError:
        status = 0
    return status if isinstance(status, int) else 0


def _usage_refusal(error: click.ClickException) -> Refusal:
    """The refusal of a mistake on the command line, with the line that was meant where one is near."""
    from cli.refusals import Usage, UsageMeant  # needed only after a usage error
    from cli.terminal.meant import usage_meant

    what, command, line = _usage(error), _command_meant(error), usage_meant(error)
    return Usage(what=what, command=command) if line is None else UsageMeant(what=what, command=command, line=line)


def _check_encoding() -> None:
    """Check that arguments are text. Raises click.UsageError."""
    try:
        "".join(sys.argv).encode()
    except UnicodeEncodeError:
        raise click.UsageError(said("an argument is not text in this system's encoding")) from None


def _asks_help() -> bool:
    return not {"-h", "--help"}.isdisjoint(sys.argv[1:])


def _usage(error: click.ClickException) -> str:
    """The message for a mistake on the command line: ours, or click's own where it detects the mistake."""
    if not isinstance(error.message, Said):
        return error.format_message()
    if isinstance(error, click.BadParameter) and error.param is not None:
        where = error.param.get_error_hint(error.ctx)
        return said("Invalid value for {param_hint}: {message}", param_hint=where, message=error.message)
    return error.message


def _command_meant(error: click.ClickException) -> str:
    """The command that was meant, for a pointer to its help page."""
    context: click.Context | None = getattr(error, "ctx", None)
    return _meant(sys.argv[1:]) if context is None else context.command_path


def _meant(words: list[str]) -> str:
    """The command that words on the command line name, as far as they name one."""
    command: click.Command = cli
    path = ["slaledger"]
    for each in words:
        found = command.get_command(click.Context(command), each) if isinstance(command, click.Group) else None
        if found is not None:
            command = found
            path.append(each)
    return " ".join(path)


def print_error(refusal: Refusal, line: int | None = None) -> int:
    """Print a refusal on stderr, as text or as one JSON object, with its evidence verbatim; return its exit status."""
    message, clause, hint = refusal.message, refusal.clause, refusal.hint
    evidence = refusal.values.get("evidence")
    if wants_json():
        fields = {"code": refusal.code, "message": message, "clause": clause, "hint": hint, "line": line}
        shown = {"evidence": evidence} if evidence else {}
        error = {"error": {name: value for name, value in fields.items() if value is not None} | shown}
        _tell_json(error)
        return refusal.status
    told = said("{message} ({clause})", message=message, clause=cited(clause)) if clause else message
    _tell("slaledger: " + localized(told))
    if hint:
        _tell("  " + localized(said("what to do: {hint}", hint=hint)))
    if isinstance(evidence, tuple):
        print("".join(f"\n{harmless(each)}" for each in evidence), end="", file=sys.stderr)
    return refusal.status


def print_errors(refusals: Sequence[Refusal]) -> int:
    """Several refusals of one file, a line each, or as one JSON object; gives the exit status of the first."""
    first = refusals[0]
    if wants_json():
        told = [{"code": each.code, "message": each.message, "place": each.place_told} for each in refusals]
        error = {"code": first.code, "message": first.message, "clause": first.clause, "hint": first.hint}
        given = {name: value for name, value in error.items() if value is not None}
        _tell_json({"error": given, "errors": told})
        return first.status
    for each in refusals:
        _tell("slaledger: " + localized(each.message))
    for hint in dict.fromkeys(each.hint for each in refusals):
        if hint:
            _tell("  " + localized(said("what to do: {hint}", hint=hint)))
    return first.status


def _tell_json(error: Mapping[str, object]) -> None:
    """Print an error on stderr as one object."""
    print(escaped(json.dumps(error, ensure_ascii=False)), file=sys.stderr)


def _tell(text: str) -> None:
    """Print a text on stderr: wrapped and indented in a terminal, elsewhere on one line."""
    text = one_line(text)
    if sys.stderr.isatty():
        text = "\n  ".join(folded(text, (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 2))
    print(text, file=sys.stderr)


def wants_json() -> bool:
    """Whether output is for a program: the format `json` or `jsonl`, or no format and no terminal."""
    words = sys.argv[1:]
    for index, each in enumerate(words):
        if each == "--format" and index + 1 < len(words):
            return words[index + 1] in ("json", "jsonl")
        if each.startswith("--format="):
            return each.partition("=")[2] in ("json", "jsonl")
    format_ = os.environ.get("SLALEDGER_FORMAT")
    return format_ in ("json", "jsonl") if format_ else not sys.stdout.isatty()
