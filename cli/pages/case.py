"""The page of a case: `slaledger dossier --html`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cli.pages import labels, notices, tables, words
from cli.pages.carried import MOST_BYTES, Carried, carried
from cli.pages.case_chart import chart, scale_of, script_data
from cli.pages.case_steps import CaseStep, Gathered, Proof
from cli.pages.derivation import DerivationView, derived
from cli.pages.earlier import with_earlier_packed
from cli.pages.fingerprints import with_fingerprints
from cli.pages.known import SELDOM, Text, field_labels, known
from cli.pages.log import LogEntry, life, rows
from cli.pages.nav import Nav
from cli.pages.notes import left_out_notes
from cli.pages.otherwise import otherwise
from cli.pages.recorders import limit_lines, recorders
from cli.pages.rendering import page
from cli.pages.shown import variants
from cli.pages.style import cards, paper
from cli.pages.timeline import drawn
from cli.terminal.language import language
from domain.case import Fact, account_of
from domain.decision import Decision
from domain.events import ClaimEvidenced, Event, Evidence, ExclusionApplied, IncidentOpened, IncidentReported
from domain.money import percent_text
from domain.month_timeline import picture
from domain.terms.versions import Terms, in_force
from domain.text import Said, said
from ledger.demo import is_demo
from ledger.log.reader import Reader
from ledger.queries.case_history import CaseMoment, concerned, moments, subject, terms_of
from ledger.queries.controls_held import limits

LIMIT_BYTES = 480_000
"""The largest size of a page, as far as leaving out steps can achieve it."""
MOST = (400, 200, 100, 50, 25)
"""Limits of the slider's steps and of the longest outages that are drawn and listed: the first limit with which the
page is short enough is used."""


def case_page(
    log: Reader,
    facts: Sequence[Fact],
    account: str,
    month: str,
    proof: Proof,
    nav: Nav | None = None,
    checker_file: str | None = None,
) -> bytes:
    """Make the page of an account's month; `facts` are all that concern the account or ever did; `nav` leads to the
    other pages of a site, which share the checker in `checker_file`.

    Raises Refusal `unknown_account`, `no_terms`, Unreadable `no_jinja`.
    """
    case = log.case(account)
    account_of(case, account)
    terms = in_force(case.versions, month).terms
    concern = concerned(facts, month)
    functions = _functions(terms, concern.facts)
    by, held, ledger = recorders(log, facts), limits(log), log.ledger_id()
    read = otherwise(log, case, account, month, terms.currency)
    carries = _carried(proof, checker_file)
    beside = 0 if carries is None else len(carries.dossier) + len(carries.checker)
    made = b""
    for most in MOST:
        steps = _steps(log, concern.facts[-most:], account, month, functions, most)
        made = _rendered(
            Gathered(
                account=account,
                month=month,
                functions=functions,
                facts=facts,
                concern=concern,
                steps=steps,
                most=most,
                case=case,
                terms=terms,
                proof=proof,
                ledger=ledger,
                controls=log.controls(),
                recorders=by,
                limits=held,
                nav=nav,
                is_demo=is_demo(ledger),
                otherwise=read,
                carried=carries,
            )
        )
        if len(made) - beside <= LIMIT_BYTES:
            break
    return with_fingerprints(made)


def _carried(proof: Proof, checker_file: str | None) -> Carried | None:
    """The dossier in the page, unless it is too long for a page."""
    if proof.file is None or len(proof.file) > MOST_BYTES:
        return None
    return carried(proof.file, checker_file)


def _functions(terms: Terms, facts: Sequence[Fact]) -> tuple[str, ...]:
    """The functions that have a lane: those of the terms, and others that incidents name."""
    named = {fact.event.function for fact in facts if isinstance(fact.event, IncidentOpened)}
    return (*terms.functions, *sorted(named.difference(terms.functions)))


def _steps(
    log: Reader, kept: Sequence[Fact], account: str, month: str, functions: tuple[str, ...], most: int
) -> list[CaseStep]:
    found = (moment for moment in moments(log, account, kept) if terms_of(moment.case, month) is not None)
    return [_step(moment, account, month, functions, most) for moment in found]


def _step(moment: CaseMoment, account: str, month: str, functions: tuple[str, ...], most: int) -> CaseStep:
    fact, case = moment
    seen = picture(case, account, month, fact.recorded_at)
    return CaseStep(fact, known(case, account, month, fact.recorded_at, most), seen, drawn(seen, functions, most))


def _rendered(it: Gathered) -> bytes:
    decided = it.case.claims[it.month].decisions if it.month in it.case.claims else []
    kept = decided[-max(3, it.most // 20) :]
    derivations = [derived(one, it.facts, it.terms.currency) for one in kept]
    events, columns, w = _events(it, derivations), tables.of_case(), words.case_words()
    listed = _tables(it.steps)
    about = f"{it.account} {it.month}"
    made = page(
        "case.html.j2",
        language(),
        style=cards(columns) + paper(it.ledger, about, it.facts[-1].position),
        demo=it.is_demo,
        script="case.js",
        sources="" if it.carried is None else it.carried.sources,
        nav=it.nav,
        w=w,
        words=words,
        labels=labels,
        tables_of=columns,
        waiting=notices.of_case(it.case, it.month, it.steps[-1].known.would_fen, it.controls, it.terms),
        account=it.account,
        name=account_of(it.case, it.account).name,
        month=it.month,
        zone=it.terms.zone,
        title=it.terms.title,
        agreement=f"{it.terms.agreement} {it.terms.version}",
        commitment=percent_text(it.terms.commitment.availability.value),
        minimum=labels.lasted(it.steps[-1].picture.minimum_us),
        last=len(it.steps) - 1,
        outcomes=variants([[(step.known.outcome or "unclaimed", step.known.fields["outcome"])] for step in it.steps]),
        fields=_fields(it.steps),
        seldom=SELDOM,
        moments=_moments(it.steps),
        tables=listed,
        recorded_of=_recorded_of(it.steps),
        derivations=derivations,
        otherwise=it.otherwise,
        deeds=life(it.facts, it.month, it.terms, it.recorders),
        by=it.recorders.by,
        claimed=it.recorders.note,
        limits=limit_lines(it.limits, it.facts, it.month, it.terms),
        steps_by_position={step.fact.position: number for number, step in enumerate(it.steps)},
        events=events,
        on_page={event.position for event in events},
        chart=chart(it),
        scale=scale_of(it),
        evidence=_evidence(it),
        notes=left_out_notes(
            it.account,
            it.month,
            skipped=len(it.concern.facts) - len(it.steps),
            others=len(it.concern.others),
            undrawn=max(step.drawn.left_out for step in it.steps),
            unlisted=max(step.known.left_out for step in it.steps),
            decisions=len(decided) - len(kept),
        ),
        checks=_checks(it, derivations),
        carried=it.carried,
    )
    return with_earlier_packed(made, script_data(it, listed["episodes"]))


def _fields(steps: list[CaseStep]) -> list[tuple[str, Said, list[Any]]]:
    """Each summary field: its name, label, and values with the steps that show them."""
    return [(name, label, variants([_values(step, name) for step in steps])) for name, label in field_labels().items()]


def _values(step: CaseStep, name: str) -> list[Text]:
    value = step.known.fields[name]
    return [] if name in SELDOM and value == "-" else [value]


def _moments(steps: list[CaseStep]) -> list[tuple[Fact, str | Said, str, list[tuple[Said, Text, Text]]]]:
    """Each step: its event, the time of recording, its subject, and the fields that it changed."""
    names = field_labels()
    found = []
    before: dict[str, Text] | None = None
    for step in steps:
        fields = step.known.fields
        changed = [
            (label, before[name], fields[name])
            for name, label in names.items()
            if before is not None and before[name] != fields[name]
        ]
        recorded = labels.moment(step.fact.recorded_at, step.picture.zone)
        found.append((step.fact, recorded, subject(step.fact)[1], changed))
        before = fields
    return found


def _tables(steps: list[CaseStep]) -> dict[str, list[Any]]:
    """The rows of incidents, episodes, bills and vouchers, with the steps that show them."""
    found = {
        name: variants([getattr(step.known, name) for step in steps])
        for name in ("incidents", "episodes", "bills", "vouchers")
    }
    starts = {row.thing[-1]: row.thing[3] for row in found["incidents"] if row.thing[0] == "incident"}
    found["incidents"].sort(key=lambda row: (starts[row.thing[-1]], row.thing[-1], row.thing[0] != "incident"))
    found["episodes"].sort(key=lambda row: row.thing[0])
    return found


def _recorded_of(steps: list[CaseStep]) -> dict[tuple[str, str], list[int]]:
    """The positions of the events of each incident, bill and voucher, by kind and id."""
    found: dict[tuple[str, str], list[int]] = {}
    for step in steps:
        found.setdefault(subject(step.fact), []).append(step.fact.position)
    return found


def _events(it: Gathered, derivations: list[DerivationView]) -> list[LogEntry]:
    """The events of the steps, and those of the rules that decisions used."""
    cited = {position for one in derivations for line in one.lines for position in line.events}
    steps = {step.fact.position: number for number, step in enumerate(it.steps)}
    kept = {fact.position for fact in it.concern.facts}
    return rows(
        (fact for fact in it.facts if fact.position in steps or (fact.position in cited and fact.position not in kept)),
        steps,
        it.terms.zone,
        it.recorders,
    )


class _Document(NamedTuple):
    """A piece of evidence, what it is about, and the position of its event."""

    piece: Evidence
    about: str | Said
    position: int


def _evidence(it: Gathered) -> list[_Document]:
    """The documents that were given for incidents, exclusions and the claim."""
    return [
        _Document(piece, about, fact.position) for fact in it.concern.facts for piece, about in _documents(fact.event)
    ]


def _documents(event: Event) -> Iterator[tuple[Evidence, str | Said]]:
    match event:
        case ExclusionApplied():
            yield from ((piece, f"{event.incident} {event.clause}") for piece in event.evidence)
        case IncidentReported():
            yield from ((piece, event.incident) for piece in event.evidence)
        case ClaimEvidenced():
            yield from ((piece, said("claim")) for piece in event.evidence)


class _Checks(NamedTuple):
    """A checkpoint, the hashes of the dossier and of its decisions' records, and the commands that check them."""

    checkpoint: str
    tree_size: int
    position: int
    file_sha256: str | None
    name: str
    decisions: list[tuple[int, Decision, str]]
    commands: list[str]


def _checks(it: Gathered, derivations: list[DerivationView]) -> _Checks:
    """The data with which a reader can check the case without trusting the page."""
    name = f"case-{it.account}-{it.month}.json"
    return _Checks(
        checkpoint=it.proof.checkpoint,
        tree_size=it.proof.tree_size,
        position=it.facts[-1].position,
        file_sha256=None if it.proof.file is None else hashlib.sha256(it.proof.file).hexdigest(),
        name=name,
        decisions=[(one.number, one.made, one.record_sha256) for one in derivations],
        commands=[
            f"slaledger dossier {it.account} {it.month} -o {name}",
            f"slaledger verify-dossier {name}",
            f"python3 -I verifier/verify_dossier.py {name}",
        ],
    )
