"""The data of a case's page: one step for each event that changed what was known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cli.pages.carried import Carried
from cli.pages.known import CaseSnapshot
from cli.pages.nav import Nav
from cli.pages.otherwise import Otherwise
from cli.pages.recorders import Recorders
from cli.pages.timeline import Drawn
from domain.case import Case, Fact
from domain.controls import Controls
from domain.month_timeline import Picture
from domain.terms.versions import Terms
from ledger.queries.case_history import Concerned
from ledger.queries.controls_held import LimitHeld


class Proof(NamedTuple):
    """The data for checking a page: a checkpoint and its size, and the dossier's bytes; None while undecided."""

    checkpoint: str
    tree_size: int
    file: bytes | None


class CaseStep(NamedTuple):
    """One step of the slider: its event, the case known then, and its picture."""

    fact: Fact
    known: CaseSnapshot
    picture: Picture
    drawn: Drawn


class Gathered(NamedTuple):
    """The data of a page."""

    account: str
    month: str
    functions: tuple[str, ...]
    facts: Sequence[Fact]
    concern: Concerned
    steps: list[CaseStep]
    most: int
    case: Case
    terms: Terms
    proof: Proof
    ledger: str | None
    controls: Controls
    recorders: Recorders
    limits: Sequence[LimitHeld]
    nav: Nav | None
    is_demo: bool
    otherwise: Otherwise | None
    carried: Carried | None
