"""A claim's whole case as one file that can be checked without the ledger; see `docs/dossier.md`."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from domain.admissible.check import Inadmissible, inadmissible
from domain.case import Case, account_of, fold
from domain.events import IncidentJoined, IncidentOpened
from domain.parser_messages import parser_words
from domain.text import counted, said, words_of
from ledger.audit.admissible import LogCheck
from ledger.audit.known_rules import rules_and_controls
from ledger.audit.left_out import AbsentEvent, select, wrong_left_out
from ledger.audit.replay import RecordedDecision, past_decisions, replay
from ledger.audit.signatures import SignatureCheck
from ledger.log import leaves, streams
from ledger.log.account_history import AccountRows
from ledger.log.codec import Row, decode
from ledger.log.reader import Reader
from ledger.log.shared_history import SharedHistory
from ledger.refusals.audit.evidence import BadDossier, DigestDiffers, NoDecisionForDossier, UnknownDossierFormat
from ledger.transparency import merkle
from ledger.transparency.tree import KeptTree

FORMAT = "slaledger-dossier-1"
"""The format of older dossiers: without the controls, and with every event of the account."""
WITH_CONTROLS = "slaledger-dossier-2"
"""The format in which dossiers are written: with every event of the ledger's controls; what is issued is held to them.
It may leave out events of the account that do not concern the claim's month."""


class ProvedEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An event as stored, with its index in the tree and its inclusion proof."""

    index: int
    position: int
    stream: str
    version: int
    topic: str
    state: str
    proof: tuple[str, ...]

    @property
    def row(self) -> Row:
        return Row(self.position, self.stream, self.version, self.topic, self.state.encode())


class Since(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checkpoint that was kept earlier, verbatim, and the proof that the dossier's log continues it."""

    checkpoint: str
    proof: tuple[str, ...]


class Attestation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checkpoint that a third party attests, verbatim, and the proof that the dossier's log continues it.

    Its cosignatures stand in the checkpoint; its time stamp is a TimeStampResp (RFC 3161) in DER, as base64.
    """

    checkpoint: str
    proof: tuple[str, ...]
    timestamp: str | msgspec.UnsetType = msgspec.UNSET


class Dossier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file's content; `digest` is the hash of the canonical JSON of all other fields.

    `since` is there where the dossier was asked for with a checkpoint that its reader holds, `attestations` where the
    ledger keeps checkpoints that somebody timestamped or cosigned. `left_out` are events that the decisions knew and
    that stayed at home.
    """

    format: str
    ledger: str
    account: str
    month: str
    checkpoint: str
    events: tuple[ProvedEvent, ...]
    since: Since | msgspec.UnsetType = msgspec.UNSET
    attestations: tuple[Attestation, ...] | msgspec.UnsetType = msgspec.UNSET
    left_out: tuple[AbsentEvent, ...] | msgspec.UnsetType = msgspec.UNSET
    digest: str = ""

    def covered(self, size: int) -> int:
        """The number of its events among the first `size` of the log."""
        return sum(event.index < size for event in self.events)

    @property
    def absent(self) -> tuple[AbsentEvent, ...]:
        """The events that were left out; none where nothing is said of them."""
        return () if self.left_out is msgspec.UNSET else self.left_out


class Tree(msgspec.Struct, frozen=True):
    """The tree according to a verified checkpoint."""

    origin: str
    size: int
    root: bytes


def rows_of(log: Reader, account: str) -> list[Row]:
    """The events of an account's dossiers: all that ever concerned it, the controls, and the rules of recording."""
    return sorted([*log.rows_ever(account), *log.stream(streams.CONTROLS), *log.stream(streams.LEDGER)])


def compose(
    log: Reader,
    account: str,
    month: str,
    ledger: str,
    checkpoint: str,
    prove: Callable[[int], tuple[int, Sequence[bytes]]],
    since: Since | msgspec.UnsetType = msgspec.UNSET,
    attestations: tuple[Attestation, ...] | msgspec.UnsetType = msgspec.UNSET,
) -> bytes:
    """Compose a claim's dossier; `prove` returns a position's index and proof.

    Raises Refusal `unknown_account`, and `claim_undecided` where no decision was made.
    """
    rows = rows_of(log, account)
    case = fold(map(decode, rows))
    account_of(case, account)
    claim = case.claims.get(month)
    if claim is None or not claim.decisions:
        raise NoDecisionForDossier(account=account, month=month)
    chosen = select(rows, account, month)
    return encode(
        Dossier(
            format=WITH_CONTROLS,
            ledger=ledger,
            account=account,
            month=month,
            checkpoint=checkpoint,
            events=tuple(_proved(row, *prove(row.position)) for row in log.with_keys(chosen.rows)),
            since=since,
            attestations=attestations,
            left_out=tuple(map(AbsentEvent.of, chosen.left_out)) or msgspec.UNSET,
        )
    )


def compose_at(
    log: Reader,
    tree: KeptTree,
    account: str,
    month: str,
    checkpoint: str,
    size: int,
    since: Since | msgspec.UnsetType = msgspec.UNSET,
    attestations: tuple[Attestation, ...] | msgspec.UnsetType = msgspec.UNSET,
) -> bytes:
    """Compose a claim's dossier by the tree of the first `size` events. Raises Refusal `claim_undecided`."""

    def prove(position: int) -> tuple[int, Sequence[bytes]]:
        index = tree.index_of(position)
        return index, tree.inclusion(index, size)

    return compose(log, account, month, tree.ledger, checkpoint, prove, since, attestations)


def is_decided(rows: Sequence[Row], account: str, month: str) -> bool:
    """Whether a claim has a decision, and so can have a dossier, by the rows that concern its account."""
    stream = streams.claim(account, month)
    return any(row.stream == stream and row.topic == "claim.decided" for row in rows)


def _proved(row: Row, index: int, proof: Sequence[bytes]) -> ProvedEvent:
    return ProvedEvent(
        index=index,
        position=row.position,
        stream=row.stream,
        version=row.version,
        topic=row.topic,
        state=row.state.decode(),
        proof=tuple(base64.b64encode(each).decode() for each in proof),
    )


def encode(dossier: Dossier) -> bytes:
    """Encode a dossier with its digest."""
    fields = msgspec.to_builtins(dossier)
    del fields["digest"]
    digest = hashlib.sha256(_canonical(fields)).hexdigest()
    return _canonical({**fields, "digest": digest}) + b"\n"


def _canonical(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")


def read(data: bytes) -> Dossier:
    """Read a dossier from bytes and check its digest. Raises Unreadable `bad_dossier`, Damaged `digest_differs`."""
    try:
        dossier = msgspec.json.decode(data, type=Dossier)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadDossier(error=parser_words(str(error))) from None
    if dossier.format not in (FORMAT, WITH_CONTROLS):
        raise UnknownDossierFormat(format=dossier.format, known=f"{FORMAT}, {WITH_CONTROLS}")
    given = {"attestations": dossier.attestations, "left_out": dossier.left_out}
    for name in (name for name, value in given.items() if dossier.format == FORMAT and value is not msgspec.UNSET):
        raise BadDossier(error=said("format {format} has no `{name}`", format=FORMAT, name=name))
    if encode(dossier) != data:
        raise DigestDiffers()
    return dossier


def check(dossier: Dossier, tree: Tree, signatures: SignatureCheck) -> Iterator[str]:
    """Check a dossier against its checkpoint's tree, and the signatures in it. Yields a sentence for each error.

    Raises Damaged where an event or a decision cannot be read.
    """
    if dossier.ledger != tree.origin:
        yield said(
            "the checkpoint belongs to {origin}, the dossier to {ledger}", origin=tree.origin, ledger=dossier.ledger
        )
    yield from _wrong_proofs(dossier, tree)
    yield from _wrong_order(dossier)
    yield from _foreign(dossier)
    own, common = _parts(dossier)
    yield from _inadmissible(dossier, own, _rules(dossier, common), common, signatures)
    yield from _wrong_decisions(dossier, own, common)


def _wrong_proofs(dossier: Dossier, tree: Tree) -> Iterator[str]:
    for event in dossier.events:
        try:
            proof = [base64.b64decode(each, validate=True) for each in event.proof]
            merkle.verify_inclusion(event.index, tree.size, leaves.leaf_hash(event.row), proof, tree.root)
        except (merkle.ProofError, ValueError) as error:
            yield said(
                "position {position}: {topic} in {stream} is not proved: {error}",
                position=event.position,
                topic=event.topic,
                stream=event.stream,
                error=words_of(error),
            )


def _wrong_order(dossier: Dossier) -> Iterator[str]:
    versions: dict[str, int] = {}
    before: ProvedEvent | None = None
    for event in dossier.events:
        if before is not None and (event.position <= before.position or event.index <= before.index):
            yield said("position {position}: it does not come after the event before it", position=event.position)
        expected = versions.get(event.stream, 0) + 1
        if event.version != expected:
            yield said(
                "position {position}: {stream} misses version {expected}",
                position=event.position,
                stream=event.stream,
                expected=expected,
            )
        versions[event.stream], before = event.version, event


def _foreign(dossier: Dossier) -> Iterator[str]:
    """Events that do not concern the account."""
    facts = [decode(event.row) for event in dossier.events]
    own = [fact for fact in facts if streams.owner(fact.stream) == dossier.account]
    regions = {getattr(fact.event, "region", None) for fact in own} - {None}
    joined = {fact.event.incident for fact in own if isinstance(fact.event, IncidentJoined)}
    signers = {streams.actor(fact.actor) for fact in facts if fact.public_key is not None}
    welcome = signers | {
        fact.stream
        for fact in facts
        if isinstance(opened := fact.event, IncidentOpened)
        and (opened.scope == "all" or opened.incident in joined or not regions.isdisjoint(opened.regions))
    }
    prefixes = (streams.TERMS, streams.CALENDARS, *((streams.CONTROLS,) if dossier.format == WITH_CONTROLS else ()))
    for fact in facts:
        shared = fact.stream == streams.LEDGER or fact.stream.startswith(prefixes) or fact.stream in welcome
        if streams.owner(fact.stream) != dossier.account and not shared:
            yield said("position {position}: {stream} is not the account's", position=fact.position, stream=fact.stream)


def _parts(dossier: Dossier) -> tuple[list[Row], SharedHistory]:
    """The account's own events, and those that it shares and that decisions rest on."""
    rows = [event.row for event in dossier.events if event.stream != streams.CONTROLS]
    own = [row for row in rows if streams.owner(row.stream) == dossier.account]
    shared = (row for row in rows if streams.owner(row.stream) == streams.SHARED)
    return own, SharedHistory(row for row in shared if not row.stream.startswith(streams.ACTORS))


def _rules(dossier: Dossier, common: SharedHistory) -> Callable[[int], Case]:
    """The terms and the rules of recording known at a position; the controls too, where the dossier has them."""
    if dossier.format == FORMAT:
        return common.rules.at
    return rules_and_controls(common, _stream(dossier, streams.CONTROLS), _stream(dossier, streams.LEDGER))


def _stream(dossier: Dossier, stream: str) -> list[Row]:
    return [event.row for event in dossier.events if event.stream == stream]


def _inadmissible(
    dossier: Dossier,
    own: Sequence[Row],
    rules: Callable[[int], Case],
    common: SharedHistory,
    signatures: SignatureCheck,
) -> Iterator[str]:
    """What no rule would have let into the account's log or into an outage that it shares."""
    check = LogCheck(whole=False)
    told: list[Inadmissible] = []
    for event in dossier.events:
        fact = decode(event.row)
        told += [*check.take(fact), *signatures.take(event.row, fact)]
    histories = [list(map(decode, own)), *(shared.facts for shared in common.all_incidents())]
    for found in (*told, *(each for facts in histories for each in inadmissible(facts, rules))):
        yield found.told()


def _wrong_decisions(dossier: Dossier, own: list[Row], common: SharedHistory) -> Iterator[str]:
    found = last = 0
    there = [event.position for event in dossier.events]
    absent = [each.known for each in dossier.absent]
    for past in past_decisions(AccountRows(dossier.account, own, {}), common, dossier.month, left_out=absent):
        found += 1
        last = max(last, past.basis.facts.position)
        yield from _passed_over(past, [*there, *(position for position, _ in absent)])
        if past.made.facts != past.facts:
            yield counted(
                "decision {number}: its {n} fact differs from that given here",
                "decision {number}: its {n} facts differ from those given here",
                n=past.made.facts.count,
                number=past.made.number,
            )
        difference = replay(past)
        if difference is not None:
            yield (
                said(
                    "decision {number} differs at {path}: recorded {recorded!r}, replayed {replayed!r}",
                    number=past.made.number,
                    path=difference.path,
                    recorded=difference.recorded,
                    replayed=difference.replayed,
                )
            )
    if not found:
        yield said("there is no decision for {month}", month=dossier.month)
    yield from wrong_left_out(dossier.absent, there, last)


def _passed_over(past: RecordedDecision, positions: Iterable[int]) -> Iterator[str]:
    """A decision knew all that stands before it, and nothing behind it."""
    known = past.basis.facts.position
    if known >= past.row.position:
        yield said(
            "decision {number} says that it knew position {position}, which does not stand before it",
            number=past.made.number,
            position=known,
        )
    for position in positions:
        if known < position < past.row.position:
            yield said(
                "decision {number} knew the log up to position {known}, and position {position} stands before it too",
                number=past.made.number,
                known=known,
                position=position,
            )
