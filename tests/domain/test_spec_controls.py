"""What may be recorded of the ledger's controls: every refusal, in the order of declaration."""

from __future__ import annotations

from build import fen
from spec import given

from domain import controls
from domain.commands import SetControls
from domain.controls import Controls
from domain.events import ControlsSet
from domain.refusals.controls import NoControlGiven
from domain.values import Limit, Words

WHY = Words("two people above that")
ABOVE_1000 = ControlsSet(approval_above_fen=fen("1000"))


def evolve(known: Controls | None, event: ControlsSet, reason: str | None) -> Controls:
    return controls.evolve(known, event)


def setting(
    above: str | None = None, name: str | None = None, address: str | None = None, signed: bool | None = None
) -> SetControls:
    return SetControls(
        approval_above=None if above is None else Limit.parse(above),
        provider_name=None if name is None else Words(name),
        provider_address=None if address is None else Words(address),
        signed=signed,
        reason=WHY,
    )


def test_what_is_left_out_stays() -> None:
    new = given(evolve)
    new.when(controls.set_controls, setting("1000")).then(ABOVE_1000)
    new.when(controls.set_controls, setting(name="Cloud")).then(ControlsSet(provider_name="Cloud"))
    held = given(evolve, ABOVE_1000)
    held.when(controls.set_controls, setting("2000.5")).then(ControlsSet(approval_above_fen=fen("2000.50")))
    named = ControlsSet(approval_above_fen=fen("1000"), provider_name="Cloud", provider_address="1 West Road")
    held.when(controls.set_controls, setting(name="Cloud", address="1 West Road")).then(named)
    without = ControlsSet(provider_name="Cloud", provider_address="1 West Road")
    given(evolve, named).when(controls.set_controls, setting("none")).then(without)


def test_that_commands_must_be_signed_stays_until_it_is_lifted() -> None:
    signed = ControlsSet(approval_above_fen=fen("1000"), signed=True)
    given(evolve, ABOVE_1000).when(controls.set_controls, setting(signed=True)).then(signed)
    held = given(evolve, signed)
    held.when(controls.set_controls, setting("none")).then(ControlsSet(signed=True))
    held.when(controls.set_controls, setting(signed=True)).then()
    held.when(controls.set_controls, setting(signed=False)).then(ABOVE_1000)
    given(evolve).when(controls.set_controls, setting(signed=False)).then()


def test_what_is_so_already_is_not_recorded_again() -> None:
    given(evolve).when(controls.set_controls, setting("none")).then()
    given(evolve, ABOVE_1000).when(controls.set_controls, setting("1000.00")).then()
    given(evolve, ABOVE_1000, ControlsSet()).when(controls.set_controls, setting("1000")).then(ABOVE_1000)


def test_at_least_one_control_is_given() -> None:
    given(evolve).when(controls.set_controls, setting()).then(NoControlGiven)


def test_a_limit_of_nothing_is_a_limit() -> None:
    given(evolve).when(controls.set_controls, setting("0")).then(ControlsSet(approval_above_fen=0))
    assert given(evolve, ControlsSet(approval_above_fen=0)).state == Controls(approval_above_fen=0)
