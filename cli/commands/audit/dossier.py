"""`slaledger dossier` and `verify-dossier`: a claim's whole case as one file, and its check."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import click
import msgspec

from cli.answers.audit.proofs import CheckedDossier, DossierAnswer
from cli.answers.audit.witnesses import PolicyShown
from cli.commands.audit.checkpoint import agreed_checkpoint
from cli.commands.audit.dossier_time import check_time
from cli.commands.audit.dossier_witnesses import check_witnesses
from cli.commands.audit.untied import untied
from cli.commands.audit.verify import policy_option
from cli.commands.availability import parsed_month
from cli.options.completion import accounts, files, months
from cli.options.context import open_ledger
from cli.options.verifier_keys import vkey_option
from cli.terminal.output import emit, format_option, print_text, warn
from domain.keys import encoded
from domain.refusals import Damaged
from domain.text import counted, said
from ledger.audit import dossier as dossiers
from ledger.audit.attestations import ProvedAttestation, attestations_of, proved_attestations
from ledger.audit.dossier import Since
from ledger.audit.kept_checkpoints import against, is_tied, wrong_since
from ledger.audit.signatures import SignatureCheck
from ledger.copies.transfer import check_is_not
from ledger.demo import is_demo
from ledger.files.reading import read_bytes, read_text
from ledger.files.writing import STDOUT, new_file
from ledger.log.codec import decode
from ledger.transparency.policies import parse_policy
from ledger.transparency.proofs import Checkpoint, read_checkpoint
from ledger.transparency.signed_notes import read_key_file, sign_note
from ledger.transparency.tree import KeptTree, tree_of


@click.command()
@click.argument("account", shell_complete=accounts)
@click.argument("month", callback=parsed_month, shell_complete=months)
@click.option("-o", "--output", "file", metavar="FILE", help="Write the file that anyone can check.")
@click.option(
    "--html", "html", metavar="FILE", help="Write a page for a browser: the same case, and how it became known."
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option(
    "--since",
    "kept",
    metavar="CHECKPOINT",
    help="Prove too that the log continues this checkpoint, which its reader holds.",
)
@click.option("--sign", "key_file", metavar="KEYFILE", help="Sign its checkpoint.")
@format_option
def dossier(
    account: str,
    month: str,
    file: str | None,
    html: str | None,
    force: bool,
    kept: str | None,
    key_file: str | None,
    format_: str | None,
) -> None:
    """Write a claim's whole case to one file that anyone can check without the ledger, or to a page.

    Any browser opens the page from disk; its slider shows the case as it was known at each event.

    \b
    Example:
      slaledger dossier 1001 2026-03 -o case.json
      slaledger dossier 1001 2026-03 --html case.html
    """
    if file is None and html is None:
        raise click.UsageError(said("give -o FILE, --html FILE or both"), click.get_current_context())
    names = [name for name in (file, html) if name is not None]
    if names.count(STDOUT) > 1:
        raise click.UsageError(said("only one of the two can go to standard output"), click.get_current_context())
    key = None if key_file is None else read_key_file(Path(key_file))
    with ExitStack() as opened:
        outs = [opened.enter_context(new_file(name, force=force)) for name in names]
        made = _made(account, month, key, file, html, kept)
        for out, data in zip(outs, made.files, strict=True):
            out.write(data)
    if STDOUT in names:
        return
    answer = DossierAnswer(
        file=msgspec.UNSET if file is None else file,
        bytes=msgspec.UNSET if file is None else len(made.files[0]),
        html=msgspec.UNSET if html is None else html,
        account=account,
        month=month,
        tree_size=made.size,
        left_out=made.left_out,
        since=made.since,
    )
    emit(answer, format_, lambda: _print(names, made, html))


class _Made(NamedTuple):
    """The files made: their bytes in order, the account and month, the size of the tree and of the one kept earlier.

    `left_out` is the number of the account's events that the dossier leaves out; it is unset where there is none.
    """

    account: str
    month: str
    files: list[bytes]
    size: int
    since: int | msgspec.UnsetType
    left_out: int | msgspec.UnsetType


def _made(account: str, month: str, key: str | None, file: str | None, html: str | None, kept: str | None) -> _Made:
    """Make a case's dossier, page, or both, from one snapshot.

    Raises Refusal `unknown_account`, `claim_undecided`; where the ledger does not continue a kept checkpoint, what
    `agreed_checkpoint` raises.
    """
    earlier = None if kept is None else read_text(kept)
    with open_ledger() as ledger, ledger.reading() as log, tree_of(ledger) as tree:
        for name in (file, html):
            if name is not None:
                check_is_not(ledger, name)
        size = tree.size_at(log.position())
        text = Checkpoint(tree.ledger, size, tree.root(size)).text()
        checkpoint = text if key is None else sign_note(text, key)
        rows = log.rows_ever(account)
        continued = None if earlier is None else agreed_checkpoint(tree, str(kept), earlier)
        since = msgspec.UNSET if continued is None else _since(tree, str(earlier), continued.size, size)
        case = None
        if file is not None or dossiers.is_decided(rows, account, month):
            attested = attestations_of(ledger, tree, size)
            case = dossiers.compose_at(log, tree, account, month, checkpoint, size, since, attested)
        files = [case] if file is not None and case is not None else []
        if html is not None:
            from cli.pages.case import case_page
            from cli.pages.case_steps import Proof

            facts = [decode(row) for row in rows]
            files.append(case_page(log, facts, account, month, Proof(checkpoint, size, case)))
        return _Made(
            account,
            month,
            files,
            size,
            since=msgspec.UNSET if continued is None else continued.size,
            left_out=msgspec.UNSET if case is None else len(dossiers.read(case).absent),
        )


def _since(tree: KeptTree, kept: str, old: int, new: int) -> Since:
    """A kept checkpoint with the proof that the log continues it."""
    return Since(checkpoint=kept, proof=tuple(map(encoded, tree.consistency(old, new))))


def _print(names: list[str], made: _Made, html: str | None) -> None:
    for name, data in zip(names, made.files, strict=True):
        case = {"file": name, "account": made.account, "month": made.month}
        if name == html:
            print_text(said("{file}: the page of {account} for {month}", **case))
        else:
            print_text(said("{file}: the dossier of {account} for {month}, {count} bytes", **case, count=len(data)))
    if made.left_out:
        print_text(
            counted(
                "{n} event of other months is left out: a dossier has only its hash",
                "{n} events of other months are left out: a dossier has only their hashes",
                n=made.left_out,
            )
        )


@click.command("verify-dossier")
@click.argument("file", shell_complete=files)
@click.option("--checkpoint", "kept", metavar="FILE", help="A checkpoint that you kept.")
@vkey_option("The checkpoint must be signed by this key.")
@click.option(
    "--tsa", "tsa", metavar="CERTS.pem", shell_complete=files, help="Check its time stamps under these certificates."
)
@policy_option
@format_option
def verify_dossier(
    file: str, kept: str | None, keys: tuple[str, ...], tsa: str | None, policy: str | None, format_: str | None
) -> int:
    """Check a dossier without the ledger: its digest, every proof, and the decision itself. Exit status 4 if it fails.

    With --checkpoint it must be tied to that checkpoint: of the same size, or made with `slaledger dossier --since`
    that checkpoint. Exit status 3 if it is not, and nothing else is wrong.

    With --tsa, the certificates of a time stamp authority, it must have a time stamp (RFC 3161) that is signed under
    them: the answer says since when its events have existed. Exit status 3 if it has none, and nothing else is wrong.

    With --policy, so many of the witnesses must have cosigned its checkpoint or an attestation. Exit status 3 if not.

    \b
    Example:
      slaledger verify-dossier case.json
    """
    needed = None if policy is None else parse_policy(policy)
    given = dossiers.read(read_bytes(file))
    checkpoint = read_checkpoint(given.checkpoint, keys)
    signatures = SignatureCheck(given.ledger)
    tree = dossiers.Tree(checkpoint.origin, checkpoint.size, checkpoint.root)
    found = [*dossiers.check(given, tree, signatures), *wrong_since(given, checkpoint)]
    attested = list(proved_attestations(given, checkpoint))
    found += [each for each in attested if isinstance(each, str)]
    proved = [each for each in attested if isinstance(each, ProvedAttestation)]
    time = check_time(given, proved, tsa)
    found += time.wrong
    tied: bool | msgspec.UnsetType = msgspec.UNSET
    if kept is not None:
        held = read_checkpoint(read_text(kept), keys)
        found += against(given, checkpoint, held)
        tied = is_tied(given, checkpoint, held)
        if not tied and not found:
            warn(untied(kept, held.size, checkpoint.size))
    witnesses = check_witnesses(given, proved, None if found else needed)
    answer = CheckedDossier(
        file=file,
        account=given.account,
        month=given.month,
        events=len(given.events),
        left_out=len(given.absent),
        tree_size=checkpoint.size,
        root=encoded(checkpoint.root),
        findings=found,
        signatures=signatures.result() if signatures.result().signed else msgspec.UNSET,
        tied=tied,
        timestamps=time.shown,
        policy=witnesses,
    )
    if is_demo(given.ledger):
        warn(said("this dossier is of a demo ledger, whose times are made up"))
    unchecked = signatures.result().unchecked()
    if unchecked is not None:
        warn(unchecked)
    emit(answer, format_, answer.table)
    if found:
        return Damaged.status
    for why in time.unproved:
        warn(why)
    too_few = isinstance(witnesses, PolicyShown) and not witnesses.met
    return _UNPROVED if tied is False or time.unproved or too_few else 0


_UNPROVED = 3
"""The exit status of a dossier that holds, but does not prove what was asked: a kept checkpoint, a time, witnesses."""
