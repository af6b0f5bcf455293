"""`checkpoint --timestamp-request` and `audit timestamp`: what `openssl ts` answers is taken, and nothing else."""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import authority
import pytest
from authority import NAME, OTHER_POLICY, Authority, openssl
from conftest import CommandLine

from ledger.transparency.answer_der import in_order
from ledger.transparency.attested import kept_checkpoints, newest_timestamped

OTHER_ROOT = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority, whose certificates have expired since it answered."""
    return Authority(tmp_path_factory.mktemp("authority") / "desk")


class Asked:
    """A ledger with its checkpoint `c.txt` and the request `q.tsq`, and an authority to ask."""

    def __init__(self, slaledger: CommandLine, desk: Authority) -> None:
        self.slaledger, self.desk, self.folder = slaledger, desk, slaledger.folder
        printed = slaledger.run("audit", "checkpoint", "--timestamp-request", "q.tsq")
        assert printed.returncode == 0, printed.stderr
        (self.folder / "c.txt").write_text(printed.stdout)

    def request(self, *options: str, data: str = "c.txt", name: str = "other.tsq") -> Path:
        """A request that openssl makes."""
        openssl("ts", "-query", "-data", str(self.folder / data), *options, "-out", str(self.folder / name))
        return self.folder / name

    def answer(self, request: Path | str = "q.tsq", **options: object) -> None:
        """The authority's answer, `a.tsr`."""
        self.desk.answer(self.folder / request, self.folder / "a.tsr", **options)  # type: ignore[arg-type]

    def change(self, change: Callable[[bytes], bytes]) -> None:
        path = self.folder / "a.tsr"
        path.write_bytes(change(path.read_bytes()))


@pytest.fixture
def asked(slaledger: CommandLine, desk: Authority) -> Asked:
    """A new ledger, on each store."""
    return Asked(slaledger, desk)


@pytest.fixture(scope="module")
def blank(new_file_of_module: CommandLine, desk: Authority) -> Asked:
    """A new ledger in a file that the module's tests share: none of them leaves anything kept."""
    return Asked(new_file_of_module, desk)


@pytest.fixture(scope="module")
def new_file_of_module(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    made = CommandLine(tmp_path_factory.mktemp("ledger"))
    made.ok("init")
    return made


WHOLE = ("audit", "timestamp", "c.txt", "a.tsr", "--request", "q.tsq", "--tsa")


def test_what_is_asked_and_kept_is_what_openssl_asks_and_accepts(asked: Asked) -> None:
    said = openssl("ts", "-query", "-in", str(asked.folder / "q.tsq"), "-text")
    assert "Hash Algorithm: sha256" in said and "Certificate required: yes" in said and "Nonce: 0x" in said
    asked.answer()
    answer = asked.slaledger.ok(*WHOLE, asked.desk.certificates)
    ledger, size, root = (asked.folder / "c.txt").read_text().splitlines()
    assert answer.pop("serial").isdecimal() and answer.pop("kept")
    assert answer == {
        "ledger": ledger,
        "size": int(size),
        "root": root,
        "time": "2020-06-01T08:00:00+08:00",
        "authority": NAME,
        "policy": "1.2.3.4.1",
        "checked": True,
    }
    with asked.slaledger.opened() as opened:
        kept = newest_timestamped(opened)
    assert kept is not None and kept.note == (asked.folder / "c.txt").read_text()
    (asked.folder / "kept.tsr").write_bytes(kept.timestamp or b"")
    # As of its time, and once by the request, once by the checkpoint as it was printed.
    words = ("ts", "-verify", "-in", str(asked.folder / "kept.tsr"), "-CAfile", asked.desk.certificates)
    for what in (("-queryfile", "q.tsq"), ("-data", "c.txt")):
        verified = openssl(*words, what[0], str(asked.folder / what[1]), "-attime", "1590969600")
        assert "Verification: OK" in verified


def test_people_read_when_as_whom_it_says_and_what_was_not_checked(asked: Asked) -> None:
    asked.answer()
    done = asked.slaledger.run("audit", "timestamp", "c.txt", "a.tsr", "--format", "table")
    size = (asked.folder / "c.txt").read_text().splitlines()[1]
    told = f"unchecked: the first {size} events existed at 2020-06-01T08:00:00+08:00"
    assert told in done.stdout.replace("\n", " ") and " says" not in done.stdout
    assert done.returncode == 0 and "its signature was not checked" in done.stderr
    words = (*WHOLE, asked.desk.certificates, "--format", "table")
    checked = asked.slaledger.run(*words).stdout.replace("\n", " ")
    assert f"the first {size} events existed at 2020-06-01T08:00:00+08:00, as {NAME} says" in checked


def test_cosignatures_that_join_later_leave_the_time_stamp_valid(asked: Asked) -> None:
    """The imprint is over the body: a signed note of the same checkpoint has the same one."""
    asked.answer()
    asked.slaledger.run("keygen", "desk", "-o", "desk.key")
    note = asked.slaledger.run("audit", "checkpoint", "--sign", "desk.key").stdout
    (asked.folder / "c.txt").write_text(note)
    asked.slaledger.ok(*WHOLE, asked.desk.certificates)
    with asked.slaledger.opened() as opened:
        assert [kept.note for kept in kept_checkpoints(opened)] == [note]


def _granted_with_mods(answer: bytes) -> bytes:
    """The status with the value 1 in place of 0; it is not signed."""
    at = answer.index(b"\x30\x03\x02\x01\x00") + 4
    return answer[:at] + b"\x01" + answer[at + 1 :]


def _no_certificate(asked: Asked) -> None:
    asked.answer(asked.request("-sha256", "-no_nonce"), chain=())


ACCEPTED: dict[str, Callable[[Asked], None]] = {
    "the chain from the top": lambda asked: asked.answer(chain=("Root", "Middle")),
    "the chain from the bottom": lambda asked: asked.answer(chain=("Middle", "Root")),
    "the signer's certificate alone": lambda asked: asked.answer(chain=()),
    "no certificate, where it was not asked for": _no_certificate,
    "granted with modifications": lambda asked: (asked.answer(), asked.change(_granted_with_mods))[1],
    "expired since: valid on its last day": lambda asked: asked.answer(at=datetime(2020, 12, 31, tzinfo=UTC)),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_an_answer_that_openssl_accepts_is_taken(blank: Asked, case: str) -> None:
    ACCEPTED[case](blank)
    every = blank.desk.pem("every.pem", "Time Desk", "Middle", "Root")
    words = ("ts", "-verify", "-in", str(blank.folder / "a.tsr"), "-data", str(blank.folder / "c.txt"))
    trusted = ("-CAfile", every, "-untrusted", every)
    assert "Verification: OK" in openssl(*words, *trusted, "-attime", "1590969600")
    assert blank.slaledger.ok("audit", "timestamp", "c.txt", "a.tsr", "--tsa", every)["checked"]


def _elsewhere(asked: Asked) -> None:
    """The checkpoint of another ledger, which the answer attests."""
    origin, size, root = (asked.folder / "c.txt").read_text().splitlines()
    (asked.folder / "d.txt").write_text(f"not-{origin}\n{size}\n{root}\n")
    asked.answer(asked.request("-sha256", "-cert", data="d.txt"))


def _rewritten(asked: Asked) -> None:
    """The checkpoint of this ledger before all of it was rewritten, which the answer attests."""
    origin, size, _ = (asked.folder / "c.txt").read_text().splitlines()
    (asked.folder / "d.txt").write_text(f"{origin}\n{size}\n{OTHER_ROOT}\n")
    asked.answer(asked.request("-sha256", "-cert", data="d.txt"))


def _other_text(asked: Asked) -> None:
    (asked.folder / "text").write_text("another text\n")
    asked.answer(asked.request("-sha256", "-cert", data="text"))


def _other_policy(asked: Asked) -> None:
    asked.request("-sha256", "-no_nonce", "-tspolicy", OTHER_POLICY, name="asked.tsq")
    asked.answer(asked.request("-sha256", "-no_nonce", "-cert"))


def _rejected(asked: Asked) -> None:
    asked.answer(asked.request("-sha256", "-tspolicy", "1.2.3.4.9"))


def _file(name: str, content: bytes) -> Callable[[Asked], None]:
    def prepare(asked: Asked) -> None:
        asked.answer()
        (asked.folder / name).write_bytes(content)

    return prepare


Refused = tuple[Callable[[Asked], object], str, str, int]
REFUSED: dict[str, Refused] = {
    "another hash": (_other_text, "c.txt a.tsr", "timestamp_of_other", 1),
    "another algorithm": (
        lambda asked: asked.answer(asked.request("-sha512", "-cert")),
        "c.txt a.tsr",
        *("timestamp_of_other", 1),
    ),
    "another request's answer": (
        lambda asked: asked.answer(asked.request("-sha256", "-cert")),
        "c.txt a.tsr --request q.tsq --tsa CERTS",
        *("timestamp_of_other_request", 1),
    ),
    "another policy": (_other_policy, "c.txt a.tsr --request asked.tsq", "timestamp_of_other_request", 1),
    "another chain": (lambda asked: asked.answer(), "c.txt a.tsr --tsa OTHER", "timestamp_untrusted", 1),
    "another chain of the same names": (
        lambda asked: asked.answer(),
        "c.txt a.tsr --tsa TWIN",
        *("timestamp_untrusted", 1),
    ),
    "a chain that the answer brings along, its root too": (
        lambda asked: asked.answer(chain=("Middle", "Root")),
        "c.txt a.tsr --tsa OTHER",
        *("timestamp_untrusted", 1),
    ),
    "a chain without its root": (lambda asked: asked.answer(), "c.txt a.tsr --tsa MIDDLE", "timestamp_untrusted", 1),
    "a chain with a gap": (lambda asked: asked.answer(chain=()), "c.txt a.tsr --tsa ROOT", "timestamp_untrusted", 1),
    "a signature that was changed": (
        lambda asked: (asked.answer(), asked.change(lambda data: data[:-1] + bytes([data[-1] ^ 1]))),
        "c.txt a.tsr --tsa CERTS",
        *("timestamp_untrusted", 1),
    ),
    "a time that was changed": (
        lambda asked: (asked.answer(), asked.change(lambda data: data.replace(b"20200601", b"20200501"))),
        "c.txt a.tsr --tsa CERTS",
        *("timestamp_untrusted", 1),
    ),
    "not yet valid then, though its chain was valid for years": (
        lambda asked: asked.answer(at=datetime(2018, 12, 31, tzinfo=UTC)),
        "c.txt a.tsr --tsa CERTS",
        *("timestamp_untrusted", 1),
    ),
    "no longer valid then": (
        lambda asked: asked.answer(at=datetime(2021, 1, 2, tzinfo=UTC)),
        "c.txt a.tsr --tsa CERTS",
        *("timestamp_untrusted", 1),
    ),
    "a policy that it does not have": (_rejected, "c.txt a.tsr", "timestamp_not_granted", 1),
    "an answer that was cut off": (
        lambda asked: (asked.answer(), asked.change(lambda data: data[:-3])),
        "c.txt a.tsr",
        *("bad_timestamp", 2),
    ),
    "an answer without its signer's certificate": (_no_certificate, "c.txt a.tsr", "bad_timestamp", 2),
    "a text as the answer": (_file("a.tsr", b"sorry\n"), "c.txt a.tsr", "bad_timestamp", 2),
    "nothing as the answer": (_file("a.tsr", b""), "c.txt a.tsr", "bad_timestamp", 2),
    "a text as the request": (_file("x.tsq", b"please\n"), "c.txt a.tsr --request x.tsq", "bad_timestamp_request", 2),
    "a text as certificates": (_file("x.pem", b"trust me\n"), "c.txt a.tsr --tsa x.pem", "bad_certificates", 2),
    "half a certificate": (
        _file("x.pem", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
        "c.txt a.tsr --tsa x.pem",
        *("bad_certificates", 2),
    ),
    "another ledger": (_elsewhere, "d.txt a.tsr", "other_ledger", 1),
    "a ledger that was rewritten as a whole": (_rewritten, "d.txt a.tsr", "log_rewritten", 4),
}


@pytest.mark.parametrize("case", REFUSED)
def test_any_other_answer_is_refused_and_not_kept(blank: Asked, other: Authority, twin: Authority, case: str) -> None:
    prepare, words, code, status = REFUSED[case]
    shutil.rmtree(blank.folder / "slaledger.db.proofs", ignore_errors=True)
    prepare(blank)
    files = {
        "CERTS": blank.desk.certificates,
        "OTHER": other.certificates,
        "TWIN": twin.certificates,
        "ROOT": blank.desk.root,
        "MIDDLE": blank.desk.middle,
    }
    given = [files.get(word, word) for word in words.split()]
    assert blank.slaledger.refused("audit", "timestamp", *given, status=status)["code"] == code
    assert not (blank.folder / "slaledger.db.proofs").exists()


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another authority."""
    return Authority(tmp_path_factory.mktemp("authority") / "other", of="Sundials")


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another authority of the same names."""
    return Authority(tmp_path_factory.mktemp("authority") / "twin")


def test_certificates_in_any_order_are_one_answer(blank: Asked) -> None:
    answers = set()
    blank.answer(chain=("Middle", "Root"))
    given = (blank.folder / "a.tsr").read_bytes()
    certificates = [_der_of(blank.desk, name) for name in ("Time Desk", "Middle", "Root")]
    start = given.index(b"".join(certificates))
    for order in itertools.permutations(certificates):
        turned = given[:start] + b"".join(order) + given[start + sum(map(len, order)) :]
        answers.add(in_order(turned))
        (blank.folder / "a.tsr").write_bytes(turned)
        assert blank.slaledger.ok(*WHOLE, blank.desk.certificates)["checked"]
    assert len(answers) == 1 and in_order(answers.pop()) != b""


def _der_of(desk: Authority, name: str) -> bytes:
    path = desk.folder / f"{name}.der"
    openssl("x509", "-in", str(desk.folder / f"{name}.pem"), "-outform", "DER", "-out", str(path))
    return path.read_bytes()


def test_two_certificates_of_the_signers_number_are_refused(blank: Asked) -> None:
    """The one that is named to the reader must be the one that was checked."""
    blank.answer(chain=())
    desk = _der_of(blank.desk, "Time Desk")
    twin = desk.replace(b"Time Desk", b"Tame Desk")
    assert twin != desk
    (blank.folder / "twin.pem").write_bytes(Path(blank.desk.certificates).read_bytes())
    blank.change(lambda data: data.replace(desk, twin))
    words = ("audit", "timestamp", "c.txt", "a.tsr", "--tsa", blank.desk.pem("all.pem", "Time Desk", "Middle", "Root"))
    assert blank.slaledger.refused(*words, status=2)["code"] == "bad_timestamp"


def test_a_request_is_not_overwritten_unasked_nor_printed(blank: Asked) -> None:
    words = ("audit", "checkpoint", "--timestamp-request")
    before = (blank.folder / "q.tsq").read_bytes()
    assert blank.slaledger.refused(*words, "q.tsq", status=2)["code"] == "file_exists"
    assert (blank.folder / "q.tsq").read_bytes() == before
    assert blank.slaledger.run(*words, "again.tsq").returncode == 0
    assert blank.slaledger.run(*words, "again.tsq", "--force").returncode == 0
    assert (blank.folder / "again.tsq").read_bytes() != before, "each request has a nonce of its own"
    assert blank.slaledger.refused(*words, "-", status=2)["code"] == "usage"
    assert blank.slaledger.refused("audit", "checkpoint", "--force", status=2)["code"] == "usage"


@pytest.fixture
def without_the_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installation without the extra."""
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    yield


@pytest.mark.usefixtures("without_the_library")
def test_without_the_extra_the_refusal_says_what_to_install(blank: Asked) -> None:
    for words in (("audit", "checkpoint", "--timestamp-request", "none.tsq"), ("audit", "timestamp", "c.txt", "q.tsq")):
        done = blank.slaledger.run(*words)
        error = json.loads(done.stderr.splitlines()[-1])["error"]
        assert (done.returncode, error["code"]) == (2, "missing_extra")
        assert error["hint"] == "pip install 'slaledger[timestamp]'"
    assert not (blank.folder / "none.tsq").exists()


def test_the_authority_of_these_tests_has_a_clock_of_its_own(blank: Asked) -> None:
    blank.answer()
    assert "Jun  1 00:00:00 2020 GMT" in openssl("ts", "-reply", "-in", str(blank.folder / "a.tsr"), "-text")
    assert authority.VALID[0] < authority.AT < authority.VALID[1]
