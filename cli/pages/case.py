"""The page of a case: `slaledger dossier --html`."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import msgspec

from cli.pages import labels, words
from cli.pages.derivation import DerivationView, derived
from cli.pages.drawing import AXIS, BAR, GAP, LABEL, WIDTH, day_ticks, height, lane_top, still
from cli.pages.known import SELDOM, CaseSnapshot, Text, field_labels, known
from cli.pages.log import LogEntry, life, rows
from cli.pages.notes import left_out_notes
from cli.pages.rendering import page, tongue
from cli.pages.scale import bands, bounds, place, rooms
from cli.pages.shown import Shown
from cli.pages.timeline import KINDS, Drawn, Mark, drawn, lane_labels, offsets
from cli.terminal.language import language
from domain.case import Case, Fact, account_of
from domain.decision import Decision
from domain.events import ExclusionApplied, IncidentOpened
from domain.money import percent_text
from domain.month_timeline import Picture, picture
from domain.terms.versions import Terms, in_force
from domain.text import Said, said
from domain.time import days_in
from ledger.log.reader import Reader
from ledger.queries.case_history import CaseMoment, Concerned, concerned, moments, subject, terms_of

LIMIT_BYTES = 480_000
"""The largest size of a page, as far as leaving out steps can achieve it."""
MOST = (400, 200, 100, 50, 25)
"""Limits of the slider's steps and of the longest outages that are drawn and listed: the first limit with which the
page is short enough is used."""


class Proof(NamedTuple):
    """The data for checking a page: a checkpoint and its size, and the dossier's bytes; None while undecided."""

    checkpoint: str
    tree_size: int
    file: bytes | None


class _Step(NamedTuple):
    """One step of the slider: its event, the case known then, and its picture."""

    fact: Fact
    known: CaseSnapshot
    picture: Picture
    drawn: Drawn


class _Gathered(NamedTuple):
    """The data of a page."""

    account: str
    month: str
    functions: tuple[str, ...]
    facts: Sequence[Fact]
    concern: Concerned
    steps: list[_Step]
    most: int
    case: Case
    terms: Terms
    proof: Proof


def case_page(log: Reader, facts: Sequence[Fact], account: str, month: str, proof: Proof) -> bytes:
    """Make the page of an account's month; `facts` are all that concern the account or ever did.

    Raises Refusal `unknown_account`, `no_terms`, Unreadable `no_jinja`.
    """
    case = log.case(account)
    account_of(case, account)
    terms = in_force(case.versions, month).terms
    concern = concerned(facts, month)
    functions = _functions(terms, concern.facts)
    made = b""
    for most in MOST:
        steps = _steps(log, concern.facts[-most:], account, month, functions, most)
        made = _rendered(_Gathered(account, month, functions, facts, concern, steps, most, case, terms, proof))
        if len(made) <= LIMIT_BYTES:
            break
    return made


def _functions(terms: Terms, facts: Sequence[Fact]) -> tuple[str, ...]:
    """The functions that have a lane: those of the terms, and others that incidents name."""
    named = {fact.event.function for fact in facts if isinstance(fact.event, IncidentOpened)}
    return (*terms.functions, *sorted(named.difference(terms.functions)))


def _steps(
    log: Reader, kept: Sequence[Fact], account: str, month: str, functions: tuple[str, ...], most: int
) -> list[_Step]:
    found = (moment for moment in moments(log, account, kept) if terms_of(moment.case, month) is not None)
    return [_step(moment, account, month, functions, most) for moment in found]


def _step(moment: CaseMoment, account: str, month: str, functions: tuple[str, ...], most: int) -> _Step:
    fact, case = moment
    seen = picture(case, account, month, fact.recorded_at)
    return _Step(fact, known(case, account, month, fact.recorded_at, most), seen, drawn(seen, functions, most))


def _rendered(it: _Gathered) -> bytes:
    decided = it.case.claims[it.month].decisions if it.month in it.case.claims else []
    kept = decided[-max(3, it.most // 20) :]
    derivations = [derived(one, it.facts, it.terms.currency) for one in kept]
    events = _events(it, derivations)
    return page(
        "case.html.j2",
        language(),
        script="case.js",
        data=_data(it),
        w=words.case_words(),
        words=words,
        account=it.account,
        month=it.month,
        zone=it.terms.zone,
        agreement=f"{it.terms.agreement} {it.terms.version}",
        commitment=percent_text(it.terms.commitment.availability.value),
        minimum=labels.lasted(it.steps[-1].picture.minimum_us),
        last=len(it.steps) - 1,
        outcomes=_shown([[(step.known.outcome or "unclaimed", step.known.fields["outcome"])] for step in it.steps]),
        fields=_fields(it.steps),
        seldom=SELDOM,
        moments=_moments(it.steps),
        tables=_tables(it.steps),
        recorded_of=_recorded_of(it.steps),
        derivations=derivations,
        deeds=life(it.facts, it.month, it.terms),
        steps_by_position={step.fact.position: number for number, step in enumerate(it.steps)},
        events=events,
        on_page={event.position for event in events},
        chart=_chart(it),
        scale=_scale(it),
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
    )


def _shown(per_step: list[list[Any]]) -> list[Any]:
    shown: Shown[Any] = Shown()
    for number, things in enumerate(per_step):
        shown.add(number, things)
    return shown.variants()


def _fields(steps: list[_Step]) -> list[tuple[str, Said, list[Any]]]:
    """Each summary field: its name, label, and values with the steps that show them."""
    return [(name, label, _shown([_values(step, name) for step in steps])) for name, label in field_labels().items()]


def _values(step: _Step, name: str) -> list[Text]:
    value = step.known.fields[name]
    return [] if name in SELDOM and value == "-" else [value]


def _moments(steps: list[_Step]) -> list[tuple[Fact, str | Said, str, list[tuple[Said, Text, Text]]]]:
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


def _tables(steps: list[_Step]) -> dict[str, list[Any]]:
    """The rows of incidents, episodes, bills and vouchers, with the steps that show them."""
    found = {
        name: _shown([getattr(step.known, name) for step in steps])
        for name in ("incidents", "episodes", "bills", "vouchers")
    }
    starts = {row.thing[-1]: row.thing[3] for row in found["incidents"] if row.thing[0] == "incident"}
    found["incidents"].sort(key=lambda row: (starts[row.thing[-1]], row.thing[-1], row.thing[0] != "incident"))
    found["episodes"].sort(key=lambda row: row.thing[0])
    return found


def _recorded_of(steps: list[_Step]) -> dict[tuple[str, str], list[int]]:
    """The positions of the events of each incident, bill and voucher, by kind and id."""
    found: dict[tuple[str, str], list[int]] = {}
    for step in steps:
        found.setdefault(subject(step.fact), []).append(step.fact.position)
    return found


def _events(it: _Gathered, derivations: list[DerivationView]) -> list[LogEntry]:
    """The events of the steps, and those of the rules that decisions used."""
    cited = {position for one in derivations for line in one.lines for position in line.events}
    steps = {step.fact.position: number for number, step in enumerate(it.steps)}
    kept = {fact.position for fact in it.concern.facts}
    return rows(
        (fact for fact in it.facts if fact.position in steps or (fact.position in cited and fact.position not in kept)),
        steps,
        it.terms.zone,
    )


class _Chart(NamedTuple):
    """The chart at the last step: its size, lanes, day ticks and paths."""

    width: int
    height: int
    bar: int
    axis: int
    lanes: list[tuple[Text, int]]
    ticks: list[tuple[int, int, bool]]
    paths: list[tuple[str, str]]


def _chart(it: _Gathered) -> _Chart:
    last = it.steps[-1]
    length_ms = (last.picture.window[1] - last.picture.window[0]) // 1000
    return _Chart(
        width=WIDTH,
        height=height(len(it.functions) + 2),
        bar=BAR,
        axis=AXIS,
        lanes=[(label, lane_top(lane)) for lane, label in enumerate(lane_labels(it.functions))],
        ticks=day_ticks(days_in(it.month)),
        paths=still(last.drawn.marks, length_ms, len(it.functions) + 2),
    )


SCALE = 280
"""The width of the availability's scale, in pixels."""


class _Scale(NamedTuple):
    """The tiers side by side, the percentages between them, and the place of the last step's availability."""

    rooms: list[tuple[int, int, int]]
    bounds: list[tuple[int, str]]
    at: int
    width: int


def _scale(it: _Gathered) -> _Scale:
    """The scale of tiers with the availability at the last step."""
    scale = bands(it.terms)
    return _Scale(rooms=rooms(scale, SCALE), bounds=bounds(scale, SCALE), at=_on_scale(it)[-1], width=SCALE)


def _on_scale(it: _Gathered) -> list[int]:
    """The place of each step's availability on the scale."""
    scale = bands(it.terms)
    found = (step.known.result.availability for step in it.steps)
    return [place(Fraction(one.numerator, one.denominator), scale, SCALE) for one in found]


class _Geometry(msgspec.Struct, frozen=True, kw_only=True):
    """The measures of the chart, in pixels."""

    label: int
    bar: int
    gap: int
    axis: int
    height: int


class _Data(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The data for the script; times in milliseconds."""

    start: int
    length: int
    offsets: list[tuple[int, int]]
    minimum: int
    minimum_text: str
    geometry: _Geometry
    lanes: list[str]
    kinds: tuple[str, ...]
    marks: list[list[Any]]
    positions: list[int]
    scale: list[int]
    decided: list[int]


def _data(it: _Gathered) -> _Data:
    """The data for the script: the month, the marks with the steps that show each, the positions of the steps."""
    first, last = it.steps[-1].picture.window
    shown: list[tuple[Mark, str, bool]] = [*_shown([step.drawn.marks for step in it.steps])]
    return _Data(
        start=first // 1000,
        length=(last - first) // 1000,
        offsets=offsets(it.steps[-1].picture),
        minimum=it.steps[-1].picture.minimum_us // 1000,
        minimum_text=tongue(said("minimum {time}", time=labels.lasted(it.steps[-1].picture.minimum_us)), language()),
        geometry=_Geometry(label=LABEL, bar=BAR, gap=GAP, axis=AXIS, height=height(len(it.functions) + 2)),
        lanes=[tongue(label, language()) for label in lane_labels(it.functions)],
        kinds=KINDS,
        marks=[[*mark[:8], tongue(mark.title, language()), seen] for mark, seen, _ in shown],
        positions=[step.fact.position for step in it.steps],
        scale=_on_scale(it),
        decided=[step.known.decisions for step in it.steps],
    )


def _evidence(it: _Gathered) -> list[tuple[str, int, str, str, str, str, int]]:
    """The evidence of exclusions: incident, exclusion, clause, name, hash, URI, the event's position."""
    return [
        (event.incident, event.exclusion, event.clause, piece.name, piece.sha256, piece.uri or "", fact.position)
        for fact in it.concern.facts
        if isinstance(event := fact.event, ExclusionApplied)
        for piece in event.evidence
    ]


class _Checks(NamedTuple):
    """A checkpoint, the hashes of the dossier and of its decisions' records, and the commands that check them."""

    checkpoint: str
    tree_size: int
    position: int
    file_sha256: str | None
    name: str
    decisions: list[tuple[int, Decision, str]]
    commands: list[str]


def _checks(it: _Gathered, derivations: list[DerivationView]) -> _Checks:
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
