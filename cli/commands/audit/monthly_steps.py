"""The steps of `slaledger audit monthly`. Each does what is not done yet; what cannot be done is noted as missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.commands.audit.checkpoint import agreed_checkpoint
from cli.commands.audit.consistency import consistency_of
from cli.commands.audit.verify import begun
from cli.terminal.output import warn
from domain.refusals import Conflict, Damaged, Refusal
from domain.text import counted, said
from ledger.application import Ledger
from ledger.audit.month_folder import ANSWER, CHECKPOINT, CONSISTENCY, COSIGNED, RECEIPT, REQUEST, MonthFolder
from ledger.audit.since import verify_since
from ledger.audit.verified import Verified
from ledger.audit.verify import verify
from ledger.files.reading import read_bytes, read_text
from ledger.files.writing import new_file
from ledger.parallel.work import Workers
from ledger.refusals.audit.receipts import ReceiptOfOlderRules
from ledger.transparency.attested import keep
from ledger.transparency.cosignatures import Note, joined, read_note
from ledger.transparency.policies import PolicyResult, WitnessPolicy, hold_to
from ledger.transparency.proofs import Checkpoint
from ledger.transparency.signed_notes import sign_note
from ledger.transparency.timestamps import check_timestamp, make_request
from ledger.transparency.tree import KeptTree

Progress = Callable[[int, int], None]


class Steps:
    """The steps of a month's routine on a ledger. `missing` says what could not be done."""

    def __init__(self, ledger: Ledger, month: MonthFolder) -> None:
        self.missing: list[str] = []
        self._ledger = ledger
        self._month = month

    def verified(self, since: str | None, workers: Workers, advance: Progress) -> Verified | None:
        """Verify what is new since a receipt, by default the newest of an earlier month; without one, the whole ledger.

        None where the month has its checkpoint and its receipt already. Raises as `begun` and `verify` do.
        """
        if self._month.file(CHECKPOINT).exists() and self._month.file(RECEIPT).exists():
            return None
        newest = self._month.earlier(RECEIPT)
        if since is None and newest is None:
            return verify(self._ledger, None, advance, workers)
        try:
            receipt = begun(self._ledger, since or str(newest), (), workers, advance)
        except ReceiptOfOlderRules as older:
            if since is not None:
                raise
            warn(said("{why}: the whole ledger is verified", why=older.message))
            return verify(self._ledger, None, advance, workers)
        return verify_since(self._ledger, receipt)

    def checkpoint(self, tree: KeptTree, found: Verified | None, key: str | None) -> Note:
        """The month's checkpoint: that of the file, which must agree with the ledger; else of what was verified.

        Raises as `agreed_checkpoint`, `sign_note` and `new_file` do.
        """
        file = self._month.file(CHECKPOINT)
        if file.exists() or found is None or found.tree is None:
            text = read_text(str(file))
            agreed_checkpoint(tree, str(file), text)
            return read_note(text)
        body = Checkpoint(found.ledger, found.tree.size, found.tree.root()).text()
        text = body if key is None else sign_note(body, key)
        _write(file, text.encode())
        return read_note(text)

    def prove(self, tree: KeptTree, head: Checkpoint) -> None:
        """Write the proof that the checkpoint continues the newest one of an earlier month.

        Raises Damaged `log_rewritten`, `log_truncated`, `tree_damaged`, where the ledger does not continue it.
        """
        earlier, file = self._month.earlier(CHECKPOINT), self._month.file(CONSISTENCY)
        if earlier is None:
            return
        older = agreed_checkpoint(tree, str(earlier), read_text(str(earlier)))
        if not file.exists():
            _write(file, consistency_of(tree, older, head).content())

    def timestamp(self, note: Note, tsr: str | None, certificates: Sequence[Any] | None) -> int | None:
        """Write the request for a time stamp; check and keep the answer, if it is there.

        Returns its instant in microseconds; None where there is no answer that holds.
        """
        request, answer = self._month.file(REQUEST), self._month.file(ANSWER)
        with self._noting(request):
            if not request.exists():
                _write(request, make_request(note.checkpoint.text()))
            if tsr is not None:
                _write(answer, read_bytes(tsr), force=True)
        if not answer.exists():
            if request.exists():
                self.missing.append(
                    said(
                        "no time stamp: send {request} to the authority, and put its answer into {answer}",
                        request=request,
                        answer=answer,
                    )
                )
            return None
        with self._noting(answer):
            data = read_bytes(str(answer))
            asked = read_bytes(str(request)) if request.exists() else None
            stamp = check_timestamp(note.checkpoint.text(), data, asked, certificates)
            keep(self._ledger, note.text(), data)
            if certificates is None:
                self.missing.append(
                    said("the signature of {answer} was not checked: give --tsa CERTS.pem", answer=answer)
                )
            return stamp.time_us
        return None

    def witnesses(self, note: Note, returned: Sequence[str], policy: WitnessPolicy | None) -> PolicyResult | None:
        """Join what witnesses returned to the month's checkpoint, in its file and in the store; hold it to a policy.

        None without a policy.
        """
        given = list(dict.fromkeys((*returned, *map(str, self._month.cosigned()))))
        if policy is None:
            if given:
                self.missing.append(
                    counted(
                        "{n} note of a witness was not taken: name its key, --policy '1 of KEY'",
                        "{n} notes of witnesses were not taken: name their keys, --policy '1 of KEY,KEY'",
                        n=len(given),
                    )
                )
            return None
        checkpoint, whole = self._month.file(CHECKPOINT), note
        for file in given:
            with self._noting(file):
                whole = joined([(file, read_note(read_text(file)))], policy.keys, (str(checkpoint), whole))
        if whole != note:
            _write(checkpoint, whole.text().encode(), force=True)
        result = hold_to(policy, whole)
        if result.by:
            keep(self._ledger, whole.text())
        if not result.is_met:
            self.missing.append(
                said(
                    "too few witnesses: send them {checkpoint} and the proof, and put what they return into {name}",
                    checkpoint=checkpoint,
                    name=self._month.file(f"NAME.{COSIGNED}"),
                )
            )
        return result

    @contextmanager
    def _noting(self, file: object) -> Iterator[None]:
        """Note what a file is refused for as missing; damage and conflicts are raised."""
        try:
            yield
        except (Damaged, Conflict):
            raise
        except Refusal as refusal:
            why = refusal.message
            self.missing.append(why if str(file) in why else said("{file}: {why}", file=file, why=why))


def _write(file: Path, content: bytes, *, force: bool = False) -> None:
    with new_file(str(file), force=force) as out:
        out.write(content)
