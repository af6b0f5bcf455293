"""`slaledger audit monthly`: all that keeps a month provable, in one command for cron."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from cli.answers.audit.monthly import MonthlyAnswer, month_files
from cli.answers.audit.verified import print_verified, verified_answer
from cli.answers.audit.witnesses import policy_shown
from cli.commands.audit.checkpoint import current_tree
from cli.commands.audit.duties import DIFFERENT
from cli.commands.audit.monthly_steps import Steps
from cli.commands.audit.verify import policy_option, since_option, write_receipt
from cli.options.completion import files
from cli.options.context import open_ledger
from cli.options.workers import workers_options
from cli.terminal.output import emit, format_option
from cli.terminal.progress import progress
from cli.terminal.values import zoned
from domain.keys import encoded
from domain.refusals import Damaged
from domain.terms.versions import zone_of
from domain.text import said
from domain.time import month_of
from ledger import clock
from ledger.application import Ledger
from ledger.audit.month_folder import RECEIPT, MonthFolder
from ledger.files.reading import read_bytes
from ledger.files.writing import explain_write_errors
from ledger.parallel.work import Workers
from ledger.transparency.policies import parse_policy
from ledger.transparency.signed_notes import parse_signer_key, read_key_file
from ledger.transparency.timestamps import read_certificates


@click.command("monthly", short_help="Write all that keeps a month provable, and say what is missing.")
@click.option("-o", "--output", "folder", required=True, metavar="FOLDER", help="Where the files of all months are.")
@since_option
@click.option("--sign", "key_file", metavar="KEYFILE", help="Sign the checkpoint and the receipt with this key.")
@click.option("--tsr", metavar="FILE", shell_complete=files, help="The time stamp; else MONTH.tsr in FOLDER.")
@click.option("--tsa", metavar="CERTS.pem", shell_complete=files, help="The certificates of its authority.")
@click.option("--no-timestamp", is_flag=True, help="There is no authority for time stamps: leave them out.")
@click.option(
    "--cosigned",
    "returned",
    multiple=True,
    metavar="FILE",
    help="What a witness returned, besides MONTH.NAME.cosigned in FOLDER; repeatable.",
)
@policy_option
@workers_options
@format_option
def monthly(
    folder: str,
    since: str | None,
    key_file: str | None,
    tsr: str | None,
    tsa: str | None,
    no_timestamp: bool,
    returned: tuple[str, ...],
    policy: str | None,
    workers: Workers,
    format_: str | None,
) -> int:
    """Verify what is new since last month's receipt, and write this month's checkpoint, the proof that it continues
    last month's, the request for a time stamp, and the receipt. Files are named by the month in which it runs.

    Run it again when answers have come: it takes MONTH.tsr and MONTH.NAME.cosigned from FOLDER, checks them, and keeps
    them beside the ledger. What is there already stays. Exit status 3 while something is missing or a decision differs,
    4 if the ledger is damaged; then nothing is written.

    \b
    Example:
      slaledger audit monthly -o proofs --sign ledger.key
    """
    if no_timestamp and (tsr is not None or tsa is not None):
        raise click.UsageError(said("--no-timestamp leaves time stamps out: leave --tsr and --tsa out too"))
    key = None if key_file is None else read_key_file(Path(key_file))
    needed = None if policy is None else parse_policy(policy)
    certificates = None if tsa is None else read_certificates(read_bytes(tsa))
    with open_ledger() as ledger:
        month, zone = _month(ledger, folder)
        steps = Steps(ledger, month)
        with progress("events") as advance:
            found = steps.verified(since, workers, advance)
        verified = msgspec.UNSET if found is None else verified_answer(found)
        if found is not None and (found.damage or found.inadmissible):
            damaged = verified_answer(found)
            emit(damaged, format_, lambda: print_verified(damaged, None))
            return Damaged.status
        with current_tree(ledger) as tree:
            note = steps.checkpoint(tree, found, key)
            steps.prove(tree, note.checkpoint)
        time_us = None if no_timestamp else steps.timestamp(note, tsr, certificates)
        result = steps.witnesses(note, returned, needed)
        if found is not None and not found.is_sound:
            steps.missing.append(said("no receipt was written, since the ledger is not sound"))
        elif found is not None and not month.file(RECEIPT).exists():
            signer = None if key is None else parse_signer_key(key)
            write_receipt(ledger, found, str(month.file(RECEIPT)), signer, force=False)
    head = note.checkpoint
    answer = MonthlyAnswer(
        ledger=head.origin,
        month=month.month,
        size=head.size,
        root=encoded(head.root),
        files=month_files(month),
        verified=verified,
        timestamped_at=zoned(time_us, zone) or msgspec.UNSET,
        policy=msgspec.UNSET if result is None else policy_shown(result, head.size, zone=zone),
        missing=steps.missing,
    )
    emit(answer, format_, answer.table)
    return DIFFERENT if steps.missing else 0


def _month(ledger: Ledger, folder: str) -> tuple[MonthFolder, str]:
    """The current month's files in a folder, which is made if it is not there; and the ledger's time zone."""
    with ledger.reading() as log:
        zone = zone_of(log.versions())
    with explain_write_errors(folder):
        Path(folder).mkdir(exist_ok=True)
    return MonthFolder(Path(folder), month_of(clock.now_us(), zone)), zone
