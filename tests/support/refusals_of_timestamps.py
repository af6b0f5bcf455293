"""Refusals of time stamps and of the checkpoints that are kept with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from authority import OTHER_POLICY, Authority, openssl
from frozen import Frozen
from refusal_scenarios import Scenario

_WORDS = "audit timestamp c.txt a.tsr"
_ROOT = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="


_FOLDER = TemporaryDirectory()


@cache
def _authorities(folder: str) -> tuple[Authority, Authority]:
    return Authority(Path(folder) / "desk"), Authority(Path(folder) / "other", of="Sundials")


def _printed(frozen: Frozen) -> None:
    (frozen.folder / "c.txt").write_text(frozen.say("audit", "checkpoint").out)


def _answered(*options: str, of: str = "c.txt", asked: str = "q.tsq") -> Callable[[Frozen], None]:
    """The ledger's checkpoint, the request that openssl makes of a file, and an authority's answer to it."""

    def prepare(frozen: Frozen) -> None:
        _printed(frozen)
        (frozen.folder / "other.txt").write_text("another text\n")
        request = frozen.folder / asked
        openssl("ts", "-query", "-data", str(frozen.folder / of), "-sha256", "-cert", *options, "-out", str(request))
        desk, other = _authorities(_FOLDER.name)
        desk.answer(request, frozen.folder / "a.tsr", chain=())
        (frozen.folder / "other.pem").write_bytes(Path(other.certificates).read_bytes())

    return prepare


def _two_policies(frozen: Frozen) -> None:
    """A request for one policy, and the answer to a request for any."""
    _answered("-no_nonce", asked="other.tsq")(frozen)
    words = ("-sha256", "-no_nonce", "-tspolicy", OTHER_POLICY, "-out", str(frozen.folder / "q.tsq"))
    openssl("ts", "-query", "-data", str(frozen.folder / "c.txt"), *words)


def _kept(change: Callable[[str], str]) -> Callable[[Frozen], None]:
    """A time stamp that is kept, whose checkpoint was changed since."""

    def prepare(frozen: Frozen) -> None:
        _answered()(frozen)
        assert frozen.say(*_WORDS.split()).status == 0
        (file,) = (frozen.folder / "slaledger.db.proofs").glob("*.checkpoint")
        file.write_text(change(file.read_text()))

    return prepare


def _with_root(text: str) -> str:
    return "".join(f"{line}\n" for line in [*text.splitlines()[:2], _ROOT])


_LIBRARY = ("authority: ", "certificates: ", "stamp: ", "证书：", "应答：", "请求：")

TIMESTAMPS = [
    Scenario("a time stamp of another text", _WORDS, prepare=_answered(of="other.txt")),
    Scenario("the answer to another request", f"{_WORDS} --request q.tsq", prepare=_two_policies),
    Scenario("an answer that refuses", _WORDS, prepare=_answered("-tspolicy", "1.2.3.4.9")),
    Scenario("another authority", f"{_WORDS} --tsa other.pem", prepare=_answered(), theirs=("given: ", "签署的：")),
    Scenario("a text as an answer", _WORDS, prepare=_printed, files={"a.tsr": "sorry\n"}, theirs=_LIBRARY),
    Scenario(
        "a text as a request",
        f"{_WORDS} --request x.tsq",
        prepare=_answered(),
        files={"x.tsq": "please\n"},
        theirs=_LIBRARY,
    ),
    Scenario(
        "a text as certificates",
        f"{_WORDS} --tsa x.pem",
        prepare=_answered(),
        files={"x.pem": "trust me\n"},
        theirs=_LIBRARY,
    ),
    Scenario("a kept checkpoint with another root", _WORDS, prepare=_kept(_with_root)),
    Scenario("a kept checkpoint of another ledger", _WORDS, prepare=_kept(lambda text: f"elsewhere-{text}")),
    Scenario("a kept checkpoint that was changed", _WORDS, prepare=_kept(lambda text: text.replace("\n", " "))),
    Scenario(
        "a dossier beside a kept checkpoint of another log",
        "dossier 1001 2026-03 -o case.json",
        prepare=_kept(_with_root),
    ),
]
