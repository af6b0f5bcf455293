"""`slaledger audit verify`: the whole ledger, or what is new since a receipt; and the receipt for the next time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from cli.answers.audit.verified import print_verified, verified_answer
from cli.answers.audit.witnesses import policy_shown
from cli.commands.audit.duties import DIFFERENT
from cli.options.completion import files
from cli.options.context import actor, open_ledger
from cli.options.verifier_keys import vkey_option
from cli.options.workers import workers_options
from cli.refusals import NoActor
from cli.terminal.output import emit, format_option, warn
from cli.terminal.progress import progress
from domain.keys import VerifierKey
from domain.refusals import Damaged
from domain.text import said
from ledger import clock
from ledger.application import Ledger
from ledger.audit.receipt import AuditReceipt, is_receipt, read_receipt
from ledger.audit.since import receipt_at, verify_since
from ledger.audit.verified import Verified
from ledger.audit.verify import verify as verify_whole
from ledger.files.reading import read_text
from ledger.files.writing import check_target, replacing
from ledger.parallel.work import Workers
from ledger.transparency.cosignatures import read_note
from ledger.transparency.last_verified import note_verified
from ledger.transparency.policies import hold_to, parse_policy
from ledger.transparency.proofs import read_checkpoint
from ledger.transparency.signed_notes import parse_signer_key, read_key_file
from ledger.transparency.tree import tree_of

since_option = click.option(
    "--since",
    metavar="RECEIPT",
    shell_complete=files,
    help="Only what is new since this receipt of `audit verify -o`, or since a checkpoint.",
)


policy_option = click.option(
    "--policy",
    metavar="POLICY",
    help="The checkpoint must be cosigned by so many of these witnesses: `2 of KEY,KEY,KEY`.",
)


@click.command("verify", short_help="Check that the log is intact and extends the checkpoint that you kept.")
@click.option("--against", "file", metavar="CHECKPOINT", help="A checkpoint that you kept.")
@since_option
@vkey_option("What you kept must be signed by this key.")
@policy_option
@click.option("-o", "--output", metavar="FILE", shell_complete=files, help="Write a receipt of a sound result here.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.option("--sign", "key_file", metavar="KEYFILE", help="Sign the receipt with this key.")
@workers_options
@format_option
def verify(
    file: str | None,
    since: str | None,
    keys: tuple[str, ...],
    policy: str | None,
    output: str | None,
    force: bool,
    key_file: str | None,
    workers: Workers,
    format_: str | None,
) -> int:
    """Recompute the root, and check that every event decodes, no stream has a gap, vouchers balance, the projections
    match the events, and every decision replays. Exit status 4 with the first bad position, 3 if only a decision
    differs or too few witnesses cosigned.

    With --since, do so for what was recorded since a receipt only: check that the log extends the events of the
    receipt, and prove every old event that is read again. The other old events are not read.

    \b
    Example:
      slaledger audit verify
    """
    if file is not None and since is not None:
        raise click.UsageError(said("give --against or --since, not both"))
    if policy is not None and file is None:
        raise click.UsageError(said("--policy is for the checkpoint that you kept: give --against too"))
    if output is None and (force or key_file is not None):
        raise click.UsageError(said("--force and --sign are for a receipt: give -o FILE too"))
    key = None if key_file is None else parse_signer_key(read_key_file(Path(key_file)))
    if output is not None:
        check_target(Path(output), force=force)
    note = None if file is None else read_text(file)
    kept = None if note is None else read_checkpoint(note, keys)
    witnessed = None if note is None or policy is None else hold_to(parse_policy(policy), read_note(note))
    with open_ledger() as ledger, progress("events") as advance:
        by = _auditor(ledger)
        if since is None:
            found = verify_whole(ledger, kept, advance, workers)
        else:
            found = verify_since(ledger, begun(ledger, since, keys, workers, advance))
        shown = msgspec.UNSET if witnessed is None or kept is None else policy_shown(witnessed, kept.size)
        answer = verified_answer(found, shown)
        emit(answer, format_, lambda: print_verified(answer, file))
        unchecked = found.signatures.unchecked()
        if unchecked is not None:
            warn(unchecked)
        if output is not None:
            write_receipt(ledger, found, output, key, force=force)
        verification = found.verification(by, clock.now_us())
        if verification is not None:
            note_verified(ledger, found.ledger, verification)
    if found.damage or found.inadmissible:
        return Damaged.status
    return DIFFERENT if found.different or not (witnessed is None or witnessed.is_met) else 0


def begun(
    ledger: Ledger, since: str, keys: tuple[str, ...], workers: Workers, advance: Callable[[int, int], None]
) -> AuditReceipt:
    """What a verification goes on from: the receipt in a file, or that of a checkpoint, for which the log is read.

    Raises as `read_receipt`, `read_checkpoint` and `receipt_at` do.
    """
    text = read_text(since)
    if is_receipt(text):
        return read_receipt(text, keys)
    return receipt_at(ledger, read_checkpoint(text, keys), workers, advance)


def _auditor(ledger: Ledger) -> str | None:
    """Who verifies; None where the system has no name for this user, since a verification needs none."""
    try:
        return actor(ledger)
    except NoActor:
        return None


def write_receipt(ledger: Ledger, found: Verified, output: str, key: VerifierKey | None, *, force: bool) -> None:
    """Write the receipt of a sound result, and bring the stored tree up to date, which the next --since needs."""
    if not found.is_sound:
        warn(said("no receipt was written, since the ledger is not sound"))
        return
    receipt = AuditReceipt.of(found)
    with replacing(Path(output), force=force) as temporary:
        temporary.write_bytes((receipt if key is None else receipt.signed(key)).text())
    with tree_of(ledger):
        pass
