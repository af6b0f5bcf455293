"""What each role of a ledger on a server may do, and what it may not, also by plain SQL."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import SOAK
from desks import Login
from keys import ALICE, BOB
from psycopg import errors
from servers import Server

from domain.events.topics import TOPICS, UPCASTERS
from domain.refusals import Damaged
from ledger.application import Ledger
from ledger.log.codec import open_state
from ledger.refusals.server import NotAllowed
from ledger.store.postgres.guard import STATE_BYTES
from ledger.store.postgres.roles import RIGHTS, ROLES, WRITERS
from ledger.store.postgres.shapes import envelope_shape
from ledger.transparency.attested import keep, newest_timestamped

GOLDEN = Path(__file__).parents[1] / "golden"

BLANK = "blank"
ENROLLED = "2025-01-01T00:00:00+08:00"
_numbers = count(1)


@pytest.fixture
def desk(tmp_path: Any) -> Login:
    return Login(tmp_path)


@pytest.fixture(scope="module")
def blank(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ledger with two accounts, to be copied; its roles were made by what the command prints."""
    desk, url = Login(tmp_path_factory.mktemp("blank")), server.database(BLANK)
    desk.at(url, "init")
    sql = desk.run("postgres", "roles").stdout
    with psycopg.connect(url, autocommit=True) as owner:
        for _ in "ab":  # run again, it changes nothing
            owner.execute(sql)
    for account in ("1001", "1002"):
        desk.at(as_role(url, "recorder"), "account", "enroll", account, "--enrolled-at", ENROLLED)
    return url


@pytest.fixture
def url(server: Server, blank: str) -> Iterator[str]:
    """A new ledger with its roles."""
    with server.copied(BLANK, f"ledger_{next(_numbers)}") as url:
        yield url


def as_role(url: str, role: str) -> str:
    return url.replace("postgres@", f"slaledger_{role}@")


def positions(url: str) -> list[int]:
    with psycopg.connect(url) as raw:
        return [position for (position,) in raw.execute("SELECT position FROM stored_events ORDER BY position")]


def test_every_topic_has_the_roles_that_may_record_it() -> None:
    assert {topic for topic, _, _ in RIGHTS} == TOPICS.keys()
    assert not {topic for topic, _, _ in RIGHTS} & UPCASTERS.keys()
    for topic, _, roles in RIGHTS:
        assert roles, topic
        assert set(roles) <= set(WRITERS), topic


# What each may do

READ = (
    ("breaches", "2026-03"),
    ("worklist",),
    ("voucher", "list"),
    ("history", "1001"),
    ("audit", "replay"),
    ("audit", "verify"),
    ("audit", "duties"),
)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads(url: str, desk: Login, role: str) -> None:
    for words in READ:
        assert desk.at(as_role(url, role), *words) is not None
    assert desk.run("audit", "checkpoint", env={"SLALEDGER_URL": as_role(url, role)}).returncode == 0


LIFE: tuple[tuple[str, str], ...] = (
    ("recorder", "account enroll 1003 --enrolled-at 2025-01-01T00:00:00+08:00 --key k-1"),
    ("recorder", "account restage 1003 --stage public_beta --changed-at 2025-02-01T00:00:00+08:00"),
    ("recorder", "account correct 1003 --region cn-beijing --reason mistaken"),
    ("recorder", "account move 1001 --region cn-hangzhou --moved-at 2026-01-01T00:00:00+08:00"),
    ("recorder", "account close 1003 --closed-at 2026-06-01T00:00:00+08:00"),
    (
        "recorder",
        "incident open INC-1 --account 1001 --function inbound_routing --started-at 2026-03-03T10:00:00+08:00",
    ),
    ("recorder", "incident close INC-1 --ended-at 2026-03-06T10:00:00+08:00 --reported-by T-17"),
    ("recorder", "account rename 1001 --name Lakeside"),
    (
        "recorder",
        "incident open INC-2 --account 1001 --account 1002 --function inbound_routing "
        "--started-at 2026-03-10T10:00:00+08:00",
    ),
    ("recorder", "exclusion apply INC-2 --clause 2.3(1)"),
    ("recorder", "exclusion withdraw INC-2 1 --reason mistaken"),
    ("recorder", "incident withdraw INC-2 --reason mistaken"),
    (
        "finance",
        "fees bill B-1 --account 1001 --first-month 2026-03 --billed-at 2026-04-01T10:00:00+08:00 --product-fee 1000 "
        "--call-fee 500",
    ),
    ("finance", "fees correct B-1 --call-fee 600 --reason mistaken"),
    (
        "recorder",
        f"claim file 1001 2026-03 --filed-at 2026-05-08T10:00:00+08:00 --evidence tickets.pdf={'ab' * 32}",
    ),
    ("finance", "claim decide 1001 2026-03"),
    ("steward", "controls set --approval-above 0.01 --reason agreed"),
    ("approver", "voucher approve 1001 2026-03"),
    ("finance", "voucher issue 1001 2026-03"),
    (
        "finance",
        "fees bill B-2 --account 1001 --first-month 2026-05 --billed-at NOW --product-fee 1000 --call-fee 500",
    ),
    (
        "finance",
        "voucher redeem V-1001-2026-03-1 --account 1001 --bill B-2 --part service --amount 1.00 --redeemed-at NOW",
    ),
    ("finance", "voucher reverse V-1001-2026-03-1 1 --reason mistaken"),
    ("finance", "voucher cancel V-1001-2026-03-1 --reason mistaken"),
    ("recorder", "claim dispute 1001 2026-03 --disputed-at NOW --grounds wrong"),
    ("steward", "calendar publish 2031 --file days.csv --source here"),
    ("steward", f"actor add-key slaledger_steward {ALICE.public}"),
    ("steward", "--sign alice.key controls set --signed true --reason agreed"),
    ("steward", f"--sign alice.key actor add-key slaledger_recorder {BOB.public}"),
    ("recorder", "--sign bob.key account enroll 1004 --enrolled-at 2026-01-01T00:00:00+08:00"),
    ("steward", f"--sign alice.key actor retire-key slaledger_recorder {BOB.public} --reason lost"),
)


def test_each_role_does_its_own(url: str, desk: Login) -> None:
    days = "".join(f"2031-01-0{day},holiday,new year\n" for day in (1, 2))
    (desk.folder / "days.csv").write_text(f"date,kind,name\n{days}")
    ALICE.file(desk.folder)
    BOB.file(desk.folder)
    for role, line in LIFE:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 5))
        done = desk.run(*line.replace("NOW", now).split(), env={"SLALEDGER_URL": as_role(url, role)})
        assert done.returncode == 0, (line, done.stderr)
        assert json.loads(done.stdout)["recorded"] >= 1, line
        assert "anybody can claim" not in done.stderr, line
    with psycopg.connect(url) as raw:
        told = raw.execute("SELECT topic, convert_from(state, 'utf8')::json ->> 'actor' FROM stored_events")
        names = {actor for topic, actor in told if topic != "ledger.created"}
    assert {f"slaledger_{role}" for role in WRITERS} <= names
    assert desk.at(url, "audit", "verify")["inadmissible"] == []
    assert desk.at(as_role(url, "recorder"), "claim", "show", "1001", "2026-03")["status"] == "disputed"


@pytest.mark.parametrize("role", WRITERS)
def test_every_writer_may_use_a_key(url: str, role: str) -> None:
    append(as_role(url, role), "~/key/k-9", "key.used", f"slaledger_{role}")


@pytest.mark.parametrize("role", ["recorder", "finance"])
def test_a_batch_file_notes_how_far_it_came(url: str, desk: Login, role: str) -> None:
    commands = {
        "recorder": {"command": "account enroll", "account": "1009", "enrolled_at": ENROLLED},
        "finance": {
            "command": "fees bill",
            "bill": "B-9",
            "account": "1001",
            "first_month": "2026-03",
            "billed_at": "2026-04-01T10:00:00+08:00",
            "product_fee": "1000",
            "call_fee": "500",
        },
    }
    line = json.dumps(commands[role]) + "\n"
    done = desk.run("batch", "-", stdin=line.encode(), env={"SLALEDGER_URL": as_role(url, role)})
    assert done.returncode == 0, done.stderr
    with psycopg.connect(url) as raw:
        assert raw.execute("SELECT login, lines, state FROM public_views.batch_notes").fetchall() == [
            (f"slaledger_{role}", 1, "done")
        ]
    for other in ROLES:
        with psycopg.connect(as_role(url, other)) as raw:
            seen = raw.execute("SELECT COUNT(*) FROM public_views.batch_progress").fetchone()
            assert seen == (1 if other == role else 0,)


@pytest.mark.parametrize("role", WRITERS)
def test_who_may_record_goes_on_from_what_the_owner_has_projected(
    url: str, desk: Login, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.at(as_role(url, "recorder"), *LIFE[5][1].split())
    desk.at(as_role(url, "recorder"), *LIFE[6][1].split())
    desk.at(url, "voucher", "list")
    desk.at(as_role(url, "recorder"), "account", "enroll", "1004", "--enrolled-at", ENROLLED)
    expected = desk.at(as_role(url, "auditor"), "breaches", "2026-03")

    def all_projected(*_: object, **__: object) -> Any:
        raise AssertionError("every account was folded")

    monkeypatch.setattr("ledger.queries.read_models.all_projected", all_projected)
    assert desk.at(as_role(url, role), "breaches", "2026-03") == expected
    assert len(expected) == 1
    with pytest.raises(AssertionError, match="every account was folded"):
        desk.at(as_role(url, "auditor"), "breaches", "2026-03")
    with psycopg.connect(url) as owner:
        owner.execute("GRANT UPDATE ON public_views.months TO slaledger_recorder")
    with pytest.raises(AssertionError, match="every account was folded"):
        desk.at(as_role(url, role), "breaches", "2026-03")


# What each may not do


KEY_USED = {"key": "k-1", "command": "claim file", "content_sha256": "0" * 64}


def state(actor: str, *, at_us: int | None = None, **members: object) -> bytes:
    at_us = time.time_ns() // 1000 if at_us is None else at_us
    return json.dumps({"recorded_at": at_us, "actor": actor, "data": KEY_USED, **members}).encode()


def append(url: str, stream: str, topic: str, actor: str, **given: Any) -> None:
    """Append an event by plain SQL."""
    said = given.pop("said", None) or state(actor, **given)
    with psycopg.connect(url) as raw:
        raw.execute(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
            "SELECT %s, 1 + COALESCE(MAX(originator_version), 0), %s, %s FROM stored_events WHERE originator_id = %s",
            (stream, topic, said, stream),
        )


STREAMS = {
    "ledger.created": "~/ledger",
    "ledger.upgraded": "~/ledger",
    "terms.published": "~/terms/aliyun-ccc",
    "calendar.published": "~/calendar/CN-2031",
    "controls.set": "~/controls",
    "key.used": "~/key/k-1",
    "source.read": "~/source/pager",
    "id.reserved": "~/id/voucher/V-1",
    "actor": "~/actor/alice",
    "account": "1001/account",
    "incident": "1001/incident/INC-1",
    "exclusion": "1001/incident/INC-1",
    "fees": "1001/bill/B-1",
    "claim": "1001/claim/2026-03",
    "voucher": "1001/voucher/V-1",
}
MAY = {role: {topic for topic, _, roles in RIGHTS if role in roles} for role in ROLES}
FORBIDDEN_TOPICS = [(role, topic) for role in ROLES for topic in TOPICS if topic not in MAY[role]]


def test_the_topics_that_matter_most_are_held_apart() -> None:
    money = {"claim.decided", "claim.paid", "voucher.issued", "voucher.redeemed", "voucher.cancelled", "fees.billed"}
    assert not MAY["recorder"] & money
    assert not MAY["approver"] & money
    assert [role for role in ROLES if "claim.approved" in MAY[role]] == ["approver"]
    assert not {topic for topic in MAY["finance"] if topic.startswith(("incident.", "exclusion.", "account."))}
    rules = {
        "terms.published",
        "calendar.published",
        "ledger.created",
        "ledger.upgraded",
        "controls.set",
        "actor.key_added",
    }
    assert all(rules & MAY[role] == (rules if role == "steward" else set()) for role in ROLES)
    assert not MAY["auditor"]


@pytest.mark.parametrize(("role", "topic"), FORBIDDEN_TOPICS)
def test_a_topic_of_another_role_is_refused(blank: str, role: str, topic: str) -> None:
    stream = STREAMS.get(topic) or STREAMS[topic.partition(".")[0]]
    before = positions(blank)
    with pytest.raises(errors.InsufficientPrivilege, match=r"may not record|permission denied for table stored_events"):
        append(as_role(blank, role), stream, topic, f"slaledger_{role}")
    assert positions(blank) == before


CHANGES = (
    "UPDATE stored_events SET topic = 'x'",
    "DELETE FROM stored_events",
    "TRUNCATE stored_events",
    "DROP TABLE stored_events",
    "ALTER TABLE stored_events DISABLE TRIGGER ALL",
    "ALTER TABLE stored_events DISABLE TRIGGER e_admit",
    "DROP TRIGGER e_admit ON stored_events",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION stored_events_admit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "ALTER FUNCTION stored_events_admit() SECURITY INVOKER",
    "INSERT INTO stored_events_rights SELECT topic, streams, session_user FROM stored_events_rights",
    "DELETE FROM stored_events_rights",
    "INSERT INTO stored_events_actors VALUES (session_user, 'postgres')",
    "INSERT INTO stored_events_logins VALUES (1, session_user, 'postgres')",
    "DELETE FROM stored_events_logins",
    "INSERT INTO stored_events (position, originator_id, originator_version, topic, state) OVERRIDING SYSTEM VALUE "
    "VALUES (9223372036854775807, '~/key/k', 1, 'key.used', '')",
    "INSERT INTO stored_events OVERRIDING SYSTEM VALUE VALUES (1000000, '~/key/k', 1, 'key.used', '')",
    "SELECT setval('stored_events_position_seq', 4503599627370495)",
    "SELECT nextval('stored_events_position_seq')",
    "ALTER SEQUENCE stored_events_position_seq RESTART WITH 1",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "GRANT slaledger_steward TO session_user",
    "CREATE TABLE public.own (a int)",
    "CREATE TABLE public_views.own (a int)",
    "COMMENT ON TABLE stored_events IS 'slaledger 99'",
    "COMMENT ON TRIGGER e_admit ON stored_events IS 'mine'",
    "INSERT INTO public_views.vouchers SELECT * FROM public_views.vouchers",
    "UPDATE public_views.vouchers SET account = '1002'",
    "DELETE FROM public_views.months",
    "TRUNCATE public_views.claims",
    "UPDATE public_views.tracking SET notification_id = 0",
    "DELETE FROM public_views.formats",
    "DELETE FROM public_views.nodes",
    "DROP TABLE public_views.months",
    "ALTER TABLE public_views.months RENAME TO mine",
    "SELECT * FROM public_views.batch_notes",
    "INSERT INTO public_views.batch_notes VALUES ('ff', 1, '[]', 1, 'done', 'slaledger_finance')",
    "DROP SCHEMA public_views CASCADE",
)


def in_turn(roles: Sequence[str], tries: Sequence[Any]) -> list[tuple[str, Any]]:
    """Each try with one role, the roles in turn; in the soak with every role."""
    if SOAK:
        return [(role, one) for one in tries for role in roles]
    return [(roles[number % len(roles)], one) for number, one in enumerate(tries)]


@pytest.mark.parametrize(("role", "statement"), in_turn(ROLES, CHANGES))
def test_the_server_itself_refuses_every_change_but_appending(blank: str, role: str, statement: str) -> None:
    before = positions(blank)
    with psycopg.connect(as_role(blank, role)) as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute(statement)
    assert positions(blank) == before


@pytest.mark.parametrize("statement", CHANGES[:3])
def test_the_triggers_refuse_even_the_owner(blank: str, statement: str) -> None:
    with psycopg.connect(blank) as raw, pytest.raises(psycopg.IntegrityError, match="append-only"):
        raw.execute(statement)


SECOND = 1_000_000
STATES: tuple[tuple[str, Any], ...] = (
    ("the name of another role", lambda own: state("slaledger_finance_2")),
    ("the owner's name", lambda own: state("postgres")),
    ("no name", lambda own: state("")),
    ("a clock that is behind", lambda own: state(own, at_us=time.time_ns() // 1000 - 301 * SECOND)),
    ("a clock that is ahead", lambda own: state(own, at_us=time.time_ns() // 1000 + 301 * SECOND)),
    ("an instant that no reader can count", lambda own: state(own, at_us=9 * 10**18)),
    ("an instant before all", lambda own: state(own, at_us=-1)),
    ("an instant that is no integer", lambda own: state(own).replace(b'"recorded_at": ', b'"recorded_at": 0.')),
    ("no instant", lambda own: json.dumps({"actor": own, "data": {}}).encode()),
    ("no data", lambda own: json.dumps({"actor": own, "recorded_at": time.time_ns() // 1000}).encode()),
    ("data that is no object", lambda own: state(own, data=[])),
    ("data that lacks a member", lambda own: state(own, data={"key": "k-1", "command": "claim file"})),
    ("data with an unknown member", lambda own: state(own, data={**KEY_USED, "surprise": 1})),
    ("data of another kind", lambda own: state(own, data={**KEY_USED, "key": 1})),
    ("data that is null", lambda own: state(own, data={**KEY_USED, "key": None})),
    ("a source of another kind", lambda own: state(own, source={"name": 7})),
    ("a list", lambda own: b"[]"),
    ("an unknown member", lambda own: state(own, surprise=1)),
    ("a second actor", lambda own: state(own)[:-1] + b', "actor": "postgres"}'),
    (
        "a second actor, spelt otherwise",
        lambda own: state("postgres")[:-1] + b', "act\\u006fr": "' + own.encode() + b'"}',
    ),
    ("a huge state", lambda own: state(own, reason="x" * STATE_BYTES)),
    ("no JSON", lambda own: b"{"),
    ("nothing", lambda own: b" "),
    ("bytes that are no text", lambda own: b"\xff"),
    ("a NUL in the name", lambda own: state(own + "\0")),
)


@pytest.mark.parametrize(
    ("role", "tried"),
    [pytest.param(role, tried, id=f"{role}-{tried[0]}") for role, tried in in_turn(WRITERS, STATES)],
)
def test_a_state_that_is_not_the_logins_own_or_no_event_is_refused(
    blank: str, role: str, tried: tuple[str, Any]
) -> None:
    _, said = tried
    before = positions(blank)
    with pytest.raises((errors.InsufficientPrivilege, psycopg.DataError)):
        append(as_role(blank, role), "~/key/k-1", "key.used", "", said=said(f"slaledger_{role}"))
    assert positions(blank) == before


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_the_server_knows_the_shape_of_every_event(blank: str, topic: str) -> None:
    """It passes what was ever stored, and no state that readers refuse: each member left out, doubled or swapped."""
    stored = json.loads((GOLDEN / f"{topic}.json").read_bytes())
    wrong = [mutated for mutated in mutations(stored) if not is_read(topic, mutated)]
    for month in stored["data"].keys() & {"month", "first_month", "voucher_month"}:
        wrong += [json.dumps({**stored, "data": {**stored["data"], month: no}}).encode() for no in ("x", "2026-13", "")]
    assert wrong
    with psycopg.connect(blank) as raw:
        fits = (
            "SELECT stored_events_fits(told, %s) AND stored_events_fits(told -> 'data', shape) "
            "FROM stored_events_shapes, (SELECT convert_from(%s, 'UTF8')::json) AS given (told) WHERE topic = %s"
        )
        for said, expected in [(json.dumps(stored).encode(), True), *((one, False) for one in wrong)]:
            assert raw.execute(fits, (envelope_shape(), said, topic)).fetchone() == (expected,), said


def mutations(value: Any) -> Iterator[bytes]:
    for changed in _changed(value):
        yield json.dumps(changed).encode()


def _changed(value: Any) -> Iterator[Any]:
    yield from (other for other in ("x", 1, None, [], [1], {}, True, 1.5, 10**30) if other != value)
    if isinstance(value, dict):
        for name in value:
            yield {key: item for key, item in value.items() if key != name}
            yield from ({**value, name: changed} for changed in _changed(value[name]))
        yield {**value, "surprise": 1}
    if isinstance(value, list):
        yield from ([*value[:-1], changed] for item in value[-1:] for changed in _changed(item))


def is_read(topic: str, said: bytes) -> bool:
    try:
        open_state(topic, said, 1, "")
    except Damaged:
        return False
    return True


STREAMS_REFUSED = (
    ("recorder", "claim.filed", "~/terms/aliyun-ccc"),
    ("recorder", "claim.filed", "1001/claim/march"),
    ("recorder", "account.enrolled", "~/account"),
    ("recorder", "id.reserved", "~/id/voucher/V-1"),
    ("recorder", "id.reserved", "~/id/bill/B-1"),
    ("finance", "id.reserved", "~/id/incident/INC-1"),
    ("finance", "voucher.issued", "1001/claim/2026-03"),
    ("steward", "terms.published", "1001/terms/x"),
    ("steward", "key.used", "~/key/" + "x" * 65),
    ("steward", "no.such_topic", "~/ledger"),
)


@pytest.mark.parametrize(("role", "topic", "stream"), STREAMS_REFUSED)
def test_a_topic_on_a_stream_of_others_is_refused(blank: str, role: str, topic: str, stream: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="may not record"):
        append(as_role(blank, role), stream, topic, f"slaledger_{role}")


def decided(actor: str) -> tuple[str, int, str, bytes]:
    return "1001/claim/2026-03", 1, "claim.decided", state(actor)


COLUMNS = "originator_id, originator_version, topic, state"
INTO = f"INSERT INTO stored_events ({COLUMNS})"
WAYS_IN = (
    f"{INTO} VALUES (%s, %s, %s, %s)",
    f"{INTO} SELECT '~/key/k-1', 1, 'key.used', s FROM (VALUES (%s, %s, %s, %s)) AS v (i, n, t, s) "
    "UNION ALL SELECT i, n, t, s FROM (VALUES (%s, %s, %s, %s)) AS v (i, n, t, s)",
    f"WITH made AS ({INTO} VALUES (%s, %s, %s, %s) RETURNING position) SELECT * FROM made",
    f"{INTO} VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
    "MERGE INTO stored_events AS log USING (VALUES (%s, %s, %s, %s::bytea)) AS v (i, n, t, s) "
    f"ON log.originator_id = v.i WHEN NOT MATCHED THEN INSERT ({COLUMNS}) VALUES (v.i, v.n, v.t, v.s)",
    "SELECT pg_temp.decide(%s, %s, %s, %s)",
)


@pytest.mark.parametrize("statement", WAYS_IN)
def test_a_recorder_decides_by_no_way_in(blank: str, statement: str) -> None:
    before = positions(blank)
    values = decided("slaledger_recorder") * (statement.count("%s") // 4)
    with psycopg.connect(as_role(blank, "recorder")) as raw:
        raw.execute(
            "CREATE FUNCTION pg_temp.decide(TEXT, BIGINT, TEXT, BYTEA) RETURNS void LANGUAGE sql SECURITY DEFINER "
            f"AS '{INTO} VALUES ($1, $2, $3, $4)'"
        )
        with pytest.raises(errors.InsufficientPrivilege, match=r"may not record claim\.decided"):
            raw.execute(statement, values)
    assert positions(blank) == before


def test_a_recorder_decides_by_no_copy(blank: str) -> None:
    copying = f"COPY stored_events ({COLUMNS}) FROM STDIN"
    with (
        pytest.raises(errors.InsufficientPrivilege, match=r"may not record claim\.decided"),
        psycopg.connect(as_role(blank, "recorder")) as raw,
        raw.cursor().copy(copying) as rows,
    ):
        rows.write_row(decided("slaledger_recorder"))


def test_inserts_that_are_rolled_back_do_not_end_the_log(url: str, desk: Login) -> None:
    with psycopg.connect(url) as owner:
        owner.execute("SELECT setval('stored_events_position_seq', 50000000)")  # as fifty million of them would
    before = positions(url)
    done = desk.at(as_role(url, "recorder"), "account", "enroll", "1008", "--enrolled-at", ENROLLED, "--key", "k-8")
    assert done["position"] == before[-1] + 2
    assert positions(url) == [*before, before[-1] + 1, before[-1] + 2]


def test_the_owner_chooses_no_position_in_a_log_that_is_not_empty(url: str) -> None:
    before = positions(url)
    with psycopg.connect(url) as owner:
        owner.execute(
            "INSERT INTO stored_events OVERRIDING SYSTEM VALUE VALUES (1000000, '~/key/k-1', 1, 'key.used', %s)",
            (state("postgres"),),
        )
    assert positions(url) == [*before, before[-1] + 1]


def test_a_version_that_is_not_the_next_one_is_refused(blank: str) -> None:
    with psycopg.connect(as_role(blank, "recorder")) as raw, pytest.raises(errors.UniqueViolation):
        raw.execute(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (%s, 7, %s, %s)",
            ("1001/account", "account.closed", state("slaledger_recorder")),
        )


COMMANDS = (
    ("recorder", "fees bill B-7 --account 1001 --first-month 2026-03 --billed-at NOW --product-fee 1 --call-fee 1"),
    ("finance", "account enroll 1007 --enrolled-at 2025-01-01T00:00:00+08:00"),
    ("finance", "incident open INC-7 --account 1001 --function inbound_routing --started-at 2026-03-03T10:00:00+08:00"),
    ("approver", "account enroll 1007 --enrolled-at 2025-01-01T00:00:00+08:00"),
    ("steward", "account enroll 1007 --enrolled-at 2025-01-01T00:00:00+08:00"),
    ("recorder", "--actor postgres account enroll 1007 --enrolled-at 2025-01-01T00:00:00+08:00"),
    ("recorder", "calendar publish 2031 --file days.csv --source here"),
)


@pytest.mark.parametrize(("role", "line"), COMMANDS)
def test_a_command_of_another_role_is_refused_and_says_so(url: str, desk: Login, role: str, line: str) -> None:
    (desk.folder / "days.csv").write_text("date,kind,name\n2031-01-01,holiday,new year\n")
    before = positions(url)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 5))
    error = desk.refused_at(as_role(url, role), *line.replace("NOW", now).split(), status=2)
    assert error["code"] == "not_allowed"
    assert f"slaledger_{role} may not record" in error["message"]
    assert positions(url) == before


def test_the_auditor_records_nothing(url: str, desk: Login) -> None:
    error = desk.refused_at(as_role(url, "auditor"), *LIFE[0][1].split(), status=2)
    assert error["code"] == "read_only"
    assert "slaledger_auditor" in error["message"]
    assert desk.refused_at(as_role(url, "auditor"), "rebuild", status=2)["code"] == "read_only"


# Logins and actors


def test_a_login_of_a_role_records_under_its_own_name(server: Server, url: str, desk: Login) -> None:
    server.owner.execute("CREATE ROLE alice LOGIN IN ROLE slaledger_recorder")
    own = url.replace("postgres@", "alice@")
    desk.at(own, "account", "enroll", "1005", "--enrolled-at", ENROLLED)
    assert actors(url)[-1] == "alice"
    for name in ("slaledger_recorder", "Alice Chen"):
        error = desk.refused_at(own, "--actor", name, "account", "close", "1005", "--closed-at", ENROLLED, status=2)
        assert f"alice may not record as {name}" in error["message"]
    with psycopg.connect(url) as owner:
        owner.execute("INSERT INTO stored_events_actors VALUES ('alice', 'Alice Chen')")
    desk.at(own, "--actor", "Alice Chen", "account", "close", "1005", "--closed-at", "2026-01-01T00:00:00+08:00")
    assert actors(url)[-1] == "Alice Chen"


def test_set_role_changes_nobodys_name_or_rights(server: Server, url: str) -> None:
    server.owner.execute("CREATE ROLE bob LOGIN IN ROLE slaledger_recorder")
    with psycopg.connect(url.replace("postgres@", "bob@")) as raw:
        raw.execute("SET ROLE slaledger_recorder")
        with pytest.raises(errors.InsufficientPrivilege, match="bob may not record as slaledger_recorder"):
            raw.execute(
                "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
                "VALUES ('~/key/k-1', 1, 'key.used', %s)",
                (state("slaledger_recorder"),),
            )


def actors(url: str) -> list[str]:
    with psycopg.connect(url) as raw:
        rows = raw.execute("SELECT convert_from(state, 'utf8')::json ->> 'actor' FROM stored_events ORDER BY position")
        return [actor for (actor,) in rows]


def test_the_owner_is_held_to_the_name_too(url: str, desk: Login) -> None:
    enroll = ("account", "enroll", "1006", "--enrolled-at", ENROLLED)
    error = desk.refused_at(url, "--actor", "slaledger_recorder", *enroll, status=2)
    assert "postgres may not record as slaledger_recorder" in error["message"]
    desk.at(url, *enroll)
    assert actors(url)[-1] == "postgres"


def test_the_owner_restores_a_copy_into_an_empty_log(server: Server, url: str, desk: Login) -> None:
    copy = desk.folder / "copy.jsonl"
    assert desk.run("backup", str(copy), env={"SLALEDGER_URL": url}).returncode == 0
    there = server.database(f"restored_{next(_numbers)}")
    from ledger.application import Ledger

    Ledger.create(there).close()
    with psycopg.connect(there, autocommit=True) as owner:
        owner.execute(desk.run("postgres", "roles").stdout)
    desk.at(there, "restore", str(copy))
    assert (positions(there), actors(there)) == (positions(url), actors(url))
    desk.at(as_role(there, "recorder"), "account", "enroll", "1006", "--enrolled-at", ENROLLED)
    with pytest.raises(errors.InsufficientPrivilege):
        append(there, "~/key/k-1", "key.used", "somebody else")


# The lock

LOCKING = (
    "LOCK TABLE stored_events IN SHARE MODE",
    "LOCK TABLE stored_events IN ROW EXCLUSIVE MODE",
    "LOCK TABLE stored_events IN EXCLUSIVE MODE",
    "LOCK TABLE stored_events_writer IN ACCESS SHARE MODE",
    "LOCK TABLE stored_events_writer IN EXCLUSIVE MODE",
    "LOCK TABLE public_views.views_writer IN EXCLUSIVE MODE",
    "LOCK TABLE public_views.formats IN EXCLUSIVE MODE",
    "SELECT stored_events_begin()",
    "SELECT * FROM stored_events FOR UPDATE",
    "SELECT * FROM stored_events FOR KEY SHARE",
    "CREATE TEMP TABLE own (); CREATE TRIGGER own BEFORE INSERT ON own EXECUTE FUNCTION stored_events_lock()",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND pid <> pg_backend_pid()",
)


@pytest.mark.parametrize("statement", LOCKING)
def test_the_auditor_may_not_take_a_writers_lock(blank: str, statement: str) -> None:
    auditor = as_role(blank, "auditor")
    with psycopg.connect(blank), psycopg.connect(auditor) as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute(statement)


def test_no_lock_that_the_auditor_may_take_stops_a_writer(url: str, desk: Login) -> None:
    with psycopg.connect(as_role(url, "auditor")) as raw:
        ours = 0x534C4131 << 32
        for table in ("stored_events", "public_views.formats"):
            for kind in range(3):
                raw.execute("SELECT pg_advisory_lock(%s + %s::regclass::oid::bigint)", (ours + (kind << 32), table))
        raw.execute("SELECT pg_advisory_lock(%s)", (ours,))
        raw.execute("LOCK TABLE stored_events IN ACCESS SHARE MODE")
        raw.execute("SELECT COUNT(*) FROM stored_events")
        waiting = {"SLALEDGER_LOCK_SECONDS": "0", "SLALEDGER_URL": as_role(url, "recorder")}
        done = desk.run("account", "enroll", "1008", "--enrolled-at", ENROLLED, env=waiting)
        assert done.returncode == 0, done.stderr
        assert desk.run("voucher", "list", env={**waiting, "SLALEDGER_URL": url}).returncode == 0
        assert desk.run("audit", "checkpoint", env={**waiting, "SLALEDGER_URL": url}).returncode == 0


def test_everybody_reads_kept_checkpoints_and_the_owner_alone_keeps_them(url: str, desk: Login) -> None:
    """So that dossiers of every role have them; a row with a time stamp that nobody vouches for is not made."""
    note = desk.run("audit", "checkpoint", env={"SLALEDGER_URL": url}).stdout
    with Ledger.open(url) as ledger:
        keep(ledger, note, b"stamp")
    for role in ROLES:
        with Ledger.open(as_role(url, role)) as ledger:
            kept = newest_timestamped(ledger)
            assert kept is not None and (kept.note, kept.timestamp) == (note, b"stamp")
            with pytest.raises(NotAllowed):
                keep(ledger, note, b"another")
    with psycopg.connect(as_role(url, "auditor")) as raw, pytest.raises(errors.InsufficientPrivilege):
        raw.execute("LOCK TABLE public_views.kept_checkpoints IN EXCLUSIVE MODE")


def test_writers_take_turns_whoever_they_are(url: str, desk: Login) -> None:
    with psycopg.connect(as_role(url, "finance")) as raw:
        raw.execute(
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
            "VALUES ('~/key/k-1', 1, 'key.used', %s)",
            (state("slaledger_finance"),),
        )
        done = desk.run(
            *("account", "enroll", "1008", "--enrolled-at", ENROLLED),
            env={"SLALEDGER_LOCK_SECONDS": "0", "SLALEDGER_URL": as_role(url, "recorder")},
        )
        assert (done.returncode, "locked" in done.stderr) == (5, True)


OLDER = """
DROP FUNCTION stored_events_begin();
DROP TABLE public_views.views_writer, public_views.tree_writer;
CREATE OR REPLACE FUNCTION stored_events_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(6002244082087231488 + TG_RELID::bigint);
    RETURN NULL;
END $$;
DROP TABLE stored_events_writer;
"""


def test_a_server_that_never_ran_this_sql_works_for_its_owner_as_before(server: Server, desk: Login) -> None:
    there = server.database(f"older_{next(_numbers)}")
    desk.at(there, "init")
    with psycopg.connect(there) as owner:
        owner.execute(OLDER)
    desk.at(there, "--actor", "anybody", "account", "enroll", "1001", "--enrolled-at", ENROLLED)
    assert actors(there)[-1] == "anybody"
    assert desk.at(there, "voucher", "list") == []
    with psycopg.connect(there, autocommit=True) as owner:
        owner.execute(desk.run("postgres", "roles").stdout)
    desk.at(as_role(there, "recorder"), "account", "enroll", "1002", "--enrolled-at", ENROLLED)
    assert desk.at(as_role(there, "auditor"), "audit", "verify")["inadmissible"] == []


# Doctor


def roles_found(desk: Login, url: str) -> tuple[str, str | None]:
    done = desk.run("doctor", env={"SLALEDGER_URL": url})
    (found,) = [found for found in json.loads(done.stdout) if found["what"] == "roles"]
    return found["state"], found.get("hint")


def test_doctor_says_whether_a_server_holds_who_may_do_what(url: str, desk: Login) -> None:
    line = 'as the owner: slaledger postgres roles | psql "$SLALEDGER_URL"'
    for role in ROLES:
        assert roles_found(desk, as_role(url, role)) == ("ok", None)
    for statement in (
        "COMMENT ON TRIGGER e_admit ON stored_events IS 'slaledger roles 0000000000000000'",
        "COMMENT ON TRIGGER e_admit ON stored_events IS NULL",
        "ALTER TABLE stored_events DISABLE TRIGGER e_admit",
        "DROP TRIGGER e_admit ON stored_events",
    ):
        with psycopg.connect(url) as owner:
            owner.execute(statement)
        assert roles_found(desk, as_role(url, "auditor")) == ("note", line)
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(desk.run("postgres", "roles").stdout)
    assert roles_found(desk, url) == ("ok", None)


def test_only_the_owner_runs_the_sql(server: Server, url: str, desk: Login) -> None:
    server.owner.execute("CREATE ROLE dba LOGIN SUPERUSER")
    with psycopg.connect(url.replace("postgres@", "dba@"), autocommit=True) as dba:
        with pytest.raises(errors.RaiseException, match="run this as the owner"):
            dba.execute(desk.run("postgres", "roles").stdout)
        dba.rollback()
        dba.execute("SET ROLE postgres")
        dba.execute(desk.run("postgres", "roles").stdout)
    assert roles_found(desk, url) == ("ok", None)


def test_a_ledger_in_a_schema_of_its_own_with_names_of_its_own(server: Server, desk: Login) -> None:
    there = server.database(f"other_{next(_numbers)}")
    with psycopg.connect(there) as owner:
        owner.execute("CREATE SCHEMA march")
    march = f"{there}&options=-csearch_path%3Dmarch"
    desk.at(march, "init")
    assert (
        roles_found(desk, march)[1] == 'as the owner: slaledger postgres roles --schema march | psql "$SLALEDGER_URL"'
    )
    with psycopg.connect(there, autocommit=True) as owner:
        owner.execute(desk.run("postgres", "roles", "--schema", "march", "--prefix", "m-").stdout)
    assert roles_found(desk, march) == ("ok", None)
    enroll = ("account", "enroll", "1001", "--enrolled-at", ENROLLED)
    error = desk.refused_at(march.replace("postgres@", "m-finance@"), *enroll, status=2)
    assert "m-finance may not record account.enrolled" in error["message"]
    desk.at(march.replace("postgres@", "m-recorder@"), *enroll)
