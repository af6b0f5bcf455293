"""Every shape that was ever written can be read for ever, and today's shapes are written as they always were."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from domain import decision_record as decisions
from domain import events as e
from domain.events import topics
from domain.refusals import Damaged
from ledger.log.codec import Row, decode, encode, open_state

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = sorted(GOLDEN.glob("*.json"))


def _fact(topic: str, state: bytes) -> e.Event:
    return decode(Row(1, "1001/x", 1, topic, state)).event


def test_every_topic_has_a_golden_file() -> None:
    assert {file.stem for file in FILES} == {*topics.TOPICS, *topics.UPCASTERS}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_golden_event_is_read_in_todays_shape(file: Path) -> None:
    event = _fact(file.stem, file.read_bytes())
    assert type(event) in topics.TOPICS.values()


@pytest.mark.parametrize("topic", sorted(topics.TOPICS))
def test_todays_shapes_are_written_byte_for_byte_as_the_golden_file(topic: str) -> None:
    state = (GOLDEN / f"{topic}.json").read_bytes()
    envelope = open_state(topic, state, 1, "1001/x")
    assert encode(envelope) == state


def test_the_first_shape_of_an_exclusion_becomes_todays() -> None:
    event = _fact("exclusion.applied", (GOLDEN / "exclusion.applied.json").read_bytes())
    assert event == e.ExclusionApplied(
        incident="INC-7",
        exclusion=1,
        clause="2.3(5)",
        from_at=1,
        to_at=2,
        notified_at=0,
        evidence=(e.Evidence(name="notice.eml", sha256="ab" * 32, uri="https://example.com/notice.eml"),),
    )


def test_an_exclusion_of_the_first_shape_without_evidence_has_none() -> None:
    state = b'{"recorded_at":1,"actor":"a","data":{"incident":"I","exclusion":1,"clause":"2.3(1)"}}'
    event = _fact("exclusion.applied", state)
    assert isinstance(event, e.ExclusionApplied)
    assert event.evidence == ()


def test_a_decisions_record_is_encoded_again_to_the_same_bytes() -> None:
    event = _fact("claim.decided", (GOLDEN / "claim.decided.json").read_bytes())
    assert isinstance(event, e.ClaimDecided)
    record = bytes(event.decision)
    assert decisions.encode(decisions.decode(record)) == record


def test_an_unknown_topic_stops_with_position_and_topic() -> None:
    with pytest.raises(Damaged, match=r"position 7.*'incident.exploded'") as refused:
        decode(Row(7, "1001/incident/I", 3, "incident.exploded", b"{}"))
    assert refused.value.code == "unknown_event"


@pytest.mark.parametrize(
    "state",
    [
        b"",
        b"not json",
        b"{}",
        b'{"recorded_at":1,"actor":"a","data":{}}',
        b'{"recorded_at":1,"actor":"a","data":{"incident":"I","ended_at":"soon"}}',
        b'{"recorded_at":1,"actor":"a","data":{"incident":"I","ended_at":1,"more":2}}',
        b'{"recorded_at":1.5,"actor":"a","data":{"incident":"I","ended_at":1}}',
    ],
)
def test_a_state_that_cannot_be_read_stops_with_its_position(state: bytes) -> None:
    with pytest.raises(Damaged, match="position 7"):
        decode(Row(7, "1001/incident/I", 2, "incident.closed", state))


def test_events_are_immutable() -> None:
    event = e.IncidentClosed(incident="I", ended_at=1)
    with pytest.raises(AttributeError):
        event.ended_at = 2  # type: ignore[misc]
    assert msgspec.structs.replace(event, ended_at=2) != event
