"""The parts of the checker in JavaScript, each against what it must agree with: the library, and published cases."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from browser_checker import BrowserChecker
from conftest import ROOT
from verifier_page import ORDER, PACKED, PAGE, SOURCES, packed, page, parts, script

from cli.pages.packing import unpacked

VECTORS = ROOT.parent / "shared" / "vectors"
BYTES = "Uint8Array.from(atob(each), (one) => one.charCodeAt(0))"


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_the_page_and_the_packed_script_are_made_of_the_sources() -> None:
    """`python tools/verifier_page.py` makes all. Which compressor packed it does not matter, only what comes out."""
    assert PAGE.read_text("utf-8") == page(script())
    for lang, path in PACKED.items():
        assert unpacked(path.read_text("utf-8")) == unpacked(packed(script(), lang))
    assert {f"{name}.js" for name in ORDER} == {path.name for path in SOURCES.glob("*.js")}


def test_a_packed_script_has_the_words_of_its_language() -> None:
    """As many sentences as the other, each where `words.js` has its language."""
    english, chinese = (unpacked(PACKED[lang].read_text("utf-8")).decode() for lang in ("en", "zh"))
    sentences = re.findall(r'\[, ("[^\n]*[\u4e00-\u9fff][^\n]*")\]', chinese)
    assert len(sentences) > 200
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert "Each of its {count|event|events} stands in the tree" in english
    assert "stands in the tree" not in chinese


def test_sha_256_is_that_of_the_library(in_browser: BrowserChecker) -> None:
    dice = Random("sha")
    data = [dice.randbytes(length) for length in (*range(0, 130, 5), 55, 56, 63, 64, 119, 120, 100_000)]
    found = in_browser.run(f"return given.map((each) => hex(sha256({BYTES})))", [base64_of(each) for each in data])
    assert found == [hashlib.sha256(each).hexdigest() for each in data]


def published(name: str) -> list[dict[str, Any]]:
    if not VECTORS.is_dir():
        pytest.skip("skipped: the published vectors are not here (../shared/vectors)")
    return [json.loads(line) for line in (VECTORS / name).read_text().splitlines()]


def test_the_published_inclusion_cases(in_browser: BrowserChecker) -> None:
    cases = published("rfc6962-inclusion.jsonl")
    body = """return given.map(([index, size, leaf, proof, root]) => {
      const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
      const found = rootFrom(BigInt(index), BigInt(size), bytes(leaf), proof.map(bytes));
      return bytes(leaf).length === 32 && found !== null && isSame(found, bytes(root));
    })"""
    told = [
        (str(one["leafIdx"]), str(one["treeSize"]), one["leafHash"] or "", one["proof"] or [], one["root"] or "")
        for one in cases
    ]
    found = in_browser.run(body, told)
    assert [one["name"] for one, passed in zip(cases, found, strict=True) if passed is one["wantErr"]] == []


def test_the_published_consistency_cases(in_browser: BrowserChecker) -> None:
    cases = published("rfc6962-consistency.jsonl")
    body = """return given.map(([old, size, proof, some, other]) => {
      const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
      try {
        return continues({ size: BigInt(old), root: bytes(some) }, { size: BigInt(size), root: bytes(other) }, proof);
      } catch {
        return false;
      }
    })"""
    told = [
        (str(one["size1"]), str(one["size2"]), one["proof"] or [], one["root1"] or "", one["root2"] or "")
        for one in cases
    ]
    found = in_browser.run(body, told)
    assert [one["name"] for one, passed in zip(cases, found, strict=True) if passed is one["wantErr"]] == []


TOML = [
    'a = 1\nb = "x"\n',
    "a = -17\nb = +3\nc = 1_000\nd = 0x1F\ne = 0o17\nf = 0b11\n",
    "a.b.c = 1\na.b.d = 2\n[e]\nf.g = true\n",
    "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3\n[[a.e]]\nf = 4\n",
    'a = [1, 2,\n  # in between\n  3, ]\nb = [["x"], []]\n',
    'a = { b = 1, c = "d", e.f = 2 } # an inline table\n',
    'a = """\none\\\n   two\n"quoted" ""\n"""\nb = \'\'\'\nno \\ escapes\n\'\'\'\n',
    'a = \'C:\\x\'\nb = "\\u00e9\\U0001F600\\t\\""\n"quoted key" = 1\n\'other key\' = 2\n',
    "a = 2018-08-01\nb = 2025-07-31T23:59:59+08:00\nc = 2025-07-31 23:59:59Z\n",
    "[a.b]\nc = 1\n[a]\nd = 2\n",
    "",
    "a = 1\r\nb = 2\r\n",
    # what is no TOML
    "a = 1\na = 2\n",
    "[a]\n[a]\n",
    "a = 1\n[a]\n",
    "[[a]]\n[a]\n",
    "a = [1]\n[[a]]\n",
    "a = { b = 1 }\na.c = 2\n",
    "a = { b = 1 }\n[a.c]\n",
    "[a]\nb.c = 1\n[a.b]\n",
    "a = 1 b = 2\n",
    'a = "x\n',
    'a = "\\q"\n',
    "a = \n",
    "= 1\n",
    "a = 01\n",
    "a = 1__0\n",
    "a = {b = 1,}\n",
    "[a\n",
    "a = 'x\n'\n",
    "a = tru\n",
    'a = "\x07"\n',
    "SCHEMA = 1\nX",
]


def same(value: Any) -> Any:
    """What Python reads, as the page gives it: dates and times as they are written, integers as texts."""
    if isinstance(value, dict):
        return {name: same(each) for name, each in value.items()}
    if isinstance(value, list):
        return list(map(same, value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, bool) else str(value)


def test_toml_is_read_as_by_the_library(in_browser: BrowserChecker) -> None:
    texts = [*TOML, *(path.read_text("utf-8") for path in sorted((ROOT / "ledger" / "agreements").glob("*.toml")))]
    body = """const plain = (value) => Array.isArray(value) ? value.map(plain)
        : isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]))
        : typeof value === "bigint" ? String(value)
        : /^\\d{4}-\\d\\d-\\d\\d[T ]/.test(value) ? new Date(value).toISOString().replace(".000Z", "+00:00") : value;
      return given.map((text) => {
        try {
          return plain(readToml(text));
        } catch (error) {
          return error.code ?? String(error);
        }
      })"""
    found = dict(zip(texts, in_browser.run(body, texts), strict=True))
    for text, read in found.items():
        try:
            expected = same(tomllib.loads(text))
        except tomllib.TOMLDecodeError:
            expected = "not_toml"
        assert read == expected, text
    assert len(texts) > len(TOML) + 9


ZONES = (
    "Asia/Shanghai",
    "UTC",
    "America/New_York",
    "Europe/Lisbon",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Pacific/Apia",
)
"""Some of these skip midnight, or have it twice, where the clocks change; one lost a whole day."""


def test_days_begin_where_the_zones_of_the_library_say(in_browser: BrowserChecker) -> None:
    days = [date(2011, 1, 1) + timedelta(days=number) for number in range(0, 2200, 1)]
    changes = [
        (zone, day.isoformat())
        for zone in ZONES
        for day in days
        if ZoneInfo(zone).utcoffset(at(day)) != ZoneInfo(zone).utcoffset(at(day) + timedelta(days=1))
    ]
    near = {
        (zone, (date.fromisoformat(day) + timedelta(days=off)).isoformat()) for zone, day in changes for off in (0, 1)
    }
    told = sorted({*near, *((zone, day.isoformat()) for zone in ZONES for day in days[::97])})
    found = in_browser.run("return given.map(([zone, day]) => String(midnight(dayOf(day), zone)))", told)
    expected = [
        str((at(date.fromisoformat(day)).replace(tzinfo=ZoneInfo(zone)) - EPOCH) // timedelta(microseconds=1))
        for zone, day in told
    ]
    assert found == expected
    back = in_browser.run(
        "return given.map(([zone, at]) => dayText(dayAt(BigInt(at), zone)))",
        [(zone, instant) for (zone, _), instant in zip(told, found, strict=True)],
    )
    instants = (EPOCH + timedelta(microseconds=int(instant)) for instant in found)
    assert back == [
        at_.astimezone(ZoneInfo(zone)).date().isoformat() for (zone, _), at_ in zip(told, instants, strict=True)
    ]


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


NOT_JSON = [
    "",
    "{",
    '{"a":1,"a":2}',
    "[1.5]",
    "[1e3]",
    "[01]",
    "[1,]",
    '{"a" 1}',
    '"\\ud800"',
    "nul",
    "[1] 2",
    '["\t"]',
    "[-]",
]


def test_json_is_exact_and_nothing_else(in_browser: BrowserChecker) -> None:
    texts = ['{"a":[1,-2,9007199254740993,true,null],"b":"\\u00e9\\n"}', *NOT_JSON]
    body = """return given.map((text) => {
      try {
        return canonical(parseJson(text));
      } catch (error) {
        return error instanceof Wrong;
      }
    })"""
    found = in_browser.run(body, texts)
    assert found[0] == '{"a":[1,-2,9007199254740993,true,null],"b":"é\\n"}'
    assert found[1:] == [True] * len(NOT_JSON)


def test_keys_are_ordered_by_code_point(in_browser: BrowserChecker) -> None:
    names = ["\ufb01", "\U0001f600", "a", "B", "aa", ""]
    told = dict.fromkeys(names, 1)
    found = in_browser.run("return canonical(parseJson(given))", json.dumps(told))
    assert found == json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def test_every_code_has_a_sentence_in_both_languages(in_browser: BrowserChecker) -> None:
    """The placeholders are the same in both. No Chinese sentence was left in English."""
    words: dict[str, list[str]] = in_browser.run("return WORDS", None)
    used = set(
        re.findall(r'(?:must\([^;]*?|Wrong\(|wrongIf\([^;]*?|unchecked\("\w+"), "([a-z]\w+)"|Wrong\("(\w+)"', parts())
    )
    codes = {code for pair in used for code in pair if code}
    checks = set(re.findall(r'(?<!un)checked\("(\w+)"', parts()))
    assert len(codes) > 100 and len(checks) > 12
    assert codes | {f"name_{check}" for check in checks} | {f"check_{check}" for check in checks} <= words.keys()
    for code, (english, chinese) in words.items():
        assert set(re.findall(r"\{(\w+)", english)) == set(re.findall(r"\{(\w+)", chinese)), code
        assert re.search("[\u4e00-\u9fff]", chinese), code
        assert max(english) < "\u4e00", code
