"""Both languages: nothing is left untranslated, what people read is Chinese or English, and programs read the same."""

from __future__ import annotations

import ast
import gettext
import io
import json
import re
import shutil
import string
import subprocess
import sys
import typing
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO

import catalogue
import click
import msgspec
import pytest
import transcripts
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.numbers import get_currency_symbol
from conftest import ROOT, CommandLine
from declared import everything
from releases import as_compared, is_locked, without_layout

from cli.terminal.language import asked_for, in_language, of_locale, translated
from cli.terminal.numbers import currency, date_of, moment, money
from cli.terminal.vocabulary import CODED, cited, label, word
from cli.terminal.widths import cells, folded, padded
from domain import events
from domain.decision import Outcome
from domain.events.topics import TOPICS
from domain.text import Said, counted, listed, said

PACKAGES = ("domain", "ledger", "projections", "cli")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
TRANSCRIPTS = (ROOT / "tests" / "transcripts" / "languages.md").read_text("utf-8")
CHINESE = re.compile(r"[一-鿿]")


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    """The catalogue as it was written."""
    return catalogue.read("zh")


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger."""
    return CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("languages") / "demo")))


# Everything is in the catalogue.


@cache
def _trees() -> list[tuple[str, ast.Module]]:
    return [(str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))) for path in SOURCES]


def _called(node: ast.AST) -> str:
    """The last name of what a call calls."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _templates() -> list[tuple[str, ast.expr]]:
    """The first arguments of `said`, and the first two of `counted`."""
    takes = {"said": 1, "counted": 2}
    return [
        (f"{name}:{node.lineno}", argument)
        for name, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node) in takes
        for argument in node.args[: takes[_called(node)]]
    ]


def _texts(message: catalogue.Id) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else message


def test_every_sentence_of_the_code_is_translated(chinese: Catalog) -> None:
    missing = [
        f"{place}: {template.value}"
        for place, template in _templates()
        if isinstance(template, ast.Constant) and not getattr(chinese.get(template.value), "string", "")
    ]
    assert not missing, "python tools/catalogue.py, then translate in cli/locale/zh/LC_MESSAGES/slaledger.po"


def test_a_sentence_is_a_literal() -> None:
    """Otherwise it could not be collected."""
    assert not [place for place, template in _templates() if not isinstance(template, ast.Constant)]


def test_every_help_page_is_translated(chinese: Catalog) -> None:
    missing = [
        f"{name}: {text}"
        for name, command in everything()
        for text in catalogue.helps(command)
        if not getattr(chinese.get(text), "string", "")
    ]
    assert not missing


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_help_page_says_in_its_language_what_the_command_says_of_itself(tmp_path: Path, lang: str) -> None:
    """All of it, in its order; how the page is laid out is the library's."""
    for name, command in everything():
        page = CommandLine(tmp_path).run("--lang", lang, *name.split(), "--help").stdout
        left = without_layout(page)
        for text in catalogue.helps(command, with_short=False):
            _, found, left = left.partition(without_layout(translated(text, lang)))
            assert found, f"{name}: {text}\n{page}"
        options = {each for param in command.params if isinstance(param, click.Option) for each in param.opts}
        assert options <= set(re.findall(r"--?[a-z][a-z-]*", page)), name


def ours(catalog: Catalog) -> set[object]:
    """The sentences of a catalogue that stand in our files."""
    return {
        message.id for message in catalog if message.id and set(message.locations) - set(catalogue.in_click(message))
    }


def of_click(catalog: Catalog) -> set[object]:
    """The sentences of a catalogue that stand in click's files."""
    return {message.id for message in catalog if message.id and catalogue.in_click(message)}


def test_the_catalogue_is_what_is_collected_and_nothing_is_left_empty(chinese: Catalog) -> None:
    """Of our own sentences. What click says differs by release; the catalogue has what any of them says."""
    assert ours(chinese) == ours(catalogue.collected())
    assert not catalogue.untranslated(chinese)


def test_the_click_that_is_locked_says_nothing_that_is_not_in_the_catalogue(chinese: Catalog) -> None:
    """Another release may, and is understood in English until `python tools/catalogue.py` is run on it."""
    assert len(of_click(chinese)) > 50
    if is_locked("click"):
        assert of_click(catalogue.collected()) <= of_click(chinese)


def test_what_another_release_of_click_says_is_kept_and_what_nobody_says_is_not() -> None:
    old = Catalog(locale="zh")
    old.add("of another release", "其他", locations=[("click/core.py", 0)])
    old.add("ours no longer, but click's", "也", locations=[("cli/gone.py", 0), ("click/core.py", 0)])
    old.add("nobody's", "无", locations=[("cli/gone.py", 0)])
    new = catalogue.updated(old)
    assert "nobody's" not in new
    for sentence, told in (("of another release", "其他"), ("ours no longer, but click's", "也")):
        assert (new[sentence].string, new[sentence].locations) == (told, [("click/core.py", 0)])
    assert ours(new) == ours(catalogue.collected())


def test_a_translation_names_the_same_values(chinese: Catalog) -> None:
    wrong = []
    for message in chinese:
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        names = {name for text in _texts(message.id) for name in _fields(text)}
        exact = isinstance(message.id, str)
        named = [_fields(text) for text in texts]
        if message.id and not all(found == names if exact else found <= names for found in named):
            wrong.append(message.id)
    assert not wrong


def _fields(template: str) -> set[tuple[str, str, str]]:
    """A template's fields with how they are shown."""
    parts = string.Formatter().parse(template)
    return {(name, how or "", spec or "") for _, name, spec, how in parts if name is not None}


def test_the_compiled_catalogue_is_the_written_one(chinese: Catalog) -> None:
    made = io.BytesIO()
    write_mo(made, chinese)
    made.seek(0)
    with catalogue.path("zh", ".mo").open("rb") as compiled:
        assert _translations(compiled) == _translations(made), "python tools/catalogue.py"


def _translations(compiled: IO[bytes]) -> dict[object, str]:
    """What a compiled catalogue translates, without its header, which names the release that compiled it."""
    found = gettext.GNUTranslations(compiled)
    return {id_: text for id_, text in found._catalog.items() if id_}  # type: ignore[attr-defined]


# Nothing bypasses the catalogue.

REFUSALS = {
    **dict.fromkeys(("cut_off", "unreadable", "at"), 1),
    **dict.fromkeys(("UsageError", "BadParameter", "ClickException", "ProofError", "Spoilt", "damaged", "_bad"), 0),
    "reword": 0,
}
"""What carries a message to people, with the place of the message among the arguments."""
TOLD = {"message", "hint", "note", "title", "what", "advice", "instead"}
"""Keywords whose values are sentences, those of the fields of refusals among them."""


def _bare(node: ast.expr) -> Iterator[ast.expr]:
    """The texts in an expression that are no sentences: literals with a word in them that nothing wraps."""
    match node:
        case ast.Constant(value=str(text)) if re.search(r"[a-z]{2}", text):
            yield node
        case ast.JoinedStr(values=parts):
            for part in parts:
                yield from _bare(part)
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_bare(body), *_bare(orelse))
        case ast.BoolOp(values=values):
            for value in values:
                yield from _bare(value)
        case ast.BinOp(left=left, right=right):
            yield from (*_bare(left), *_bare(right))
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _bare(part)
        case ast.Starred(value=value):
            yield from _bare(value)


def _told(call: ast.Call) -> Iterator[ast.expr]:
    """What a call tells people."""
    name = _called(call)
    at = REFUSALS.get(name)
    if at is not None:
        yield from call.args[at : at + 1]
        yield from call.args[at + 1 :] if name == "reword" else ()
    if name == "print":
        yield from call.args
    if name in ("print_text", "warn", "wrapped", "print_table"):
        yield from call.args[:1]
    if name == "print_pairs" and call.args and isinstance(call.args[0], ast.List):
        yield from (pair.elts[0] for pair in call.args[0].elts if isinstance(pair, ast.Tuple))
    yield from (word.value for word in call.keywords if word.arg in TOLD and name not in ("option", "Option", "print"))


ALLOWED = {"slaledger: "}
"""The program's name before a message."""


def _bypasses(name: str, tree: ast.AST) -> list[str]:
    """Texts that are told as they stand, and sentences that are printed without being put into a language."""
    assigned = _assigned(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    bare = [text for call in calls for told in _told(call) for text in _bare(_value(told, assigned))]
    unspoken = [
        printed
        for call in calls
        if _called(call) == "print"
        for printed in call.args
        if _called(_value(printed, assigned)) in ("said", "counted", "listed")
    ]
    return [
        f"{name}:{text.lineno}: {ast.unparse(text)}"
        for text in (*bare, *unspoken)
        if getattr(text, "value", None) not in ALLOWED
    ]


def _assigned(tree: ast.AST) -> dict[str, ast.expr]:
    """What names stand for, the last assignment of each."""
    return {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def _value(node: ast.expr, assigned: dict[str, ast.expr]) -> ast.expr:
    """An expression, a name or a part of what it names being what was assigned to it."""
    match node:
        case ast.Name(id=name) | ast.Subscript(value=ast.Name(id=name), slice=ast.Slice()):
            return assigned.get(name, node)
        case ast.Starred(value=value):
            return _value(value, assigned)
        case ast.Tuple(elts=parts):
            return ast.Tuple(elts=[_value(part, assigned) for part in parts], ctx=ast.Load())
        case _:
            return node


def test_no_message_bypasses_the_catalogue() -> None:
    assert not [bypass for name, tree in _trees() for part in tree.body for bypass in _bypasses(name, part)]


@pytest.mark.parametrize(
    "code",
    [
        'raise BadNote(what="a bill is void")',
        'raise BadNote(what=f"bill {bill} is void")',
        'raise UnwritableFile(file=file, why=why, advice="do this")',
        'raise BadField(what="no file" if missing else said("a"))',
        'refusal.reword("a bill is void")',
        'refusal.reword(said("a bill is void"), "look again")',
        'print(f"{n} events")',
        'print_table(("account", "month"), rows)',
        'print_pairs([("account", account)])',
        'warn("nothing was given")',
        'print_table(columns, rows, title="What waits")',
        'columns = ("account", "month")\nprint_table((*columns[:1], said("checked")), rows)',
        'print(said("the worklist is empty"))',
        'words = counted("{n} row", "{n} rows", n=1)\nprint(words)',
    ],
)
def test_what_would_bypass_the_catalogue_is_found(code: str) -> None:
    assert _bypasses("new.py", ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        'raise BadNote(what=said("a bill is void"))',
        'print(f"{name}: {number}")',
        'print_pairs([(said("account"), account)])',
        'columns = ("account", "month")\nprint_table(list(map(word, columns)), rows)',
        'print(here(said("the worklist is empty")))',
        'print_table(columns, rows, right=["credit"], title=said("What waits"))',
    ],
)
def test_what_goes_through_the_catalogue_is_left_alone(code: str) -> None:
    assert not _bypasses("new.py", ast.parse(code))


# Codes and fields have names.


def _codes() -> Iterator[str]:
    for kind in (Outcome, events.Stage, events.Part, events.Scope):
        yield from typing.get_args(kind)
    yield from TOPICS


def _fields_of_events() -> set[str]:
    kinds = [kind for kind in vars(events).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)]
    return {field for kind in kinds for field in kind.__struct_fields__}


@pytest.mark.parametrize("code", list(_codes()))
def test_a_code_has_a_name(code: str) -> None:
    assert word(code) == code
    assert CHINESE.search(in_language(word(code), "zh"))


@pytest.mark.parametrize("field", sorted(_fields_of_events() - {"sha256", "uri"}))
def test_a_field_of_an_event_has_a_name(field: str) -> None:
    assert CHINESE.search(in_language(label(field), "zh"))


def test_what_somebody_wrote_is_no_code() -> None:
    assert word("no such code") == "no such code"
    assert _fields_of_events() | {"status", "outcome"} >= CODED


# What a sentence is.


def test_a_sentence_in_a_sentence_is_translated_too() -> None:
    inner = said("account {account} was never enrolled", account="1001")
    assert (
        in_language(said("{message} ({clause})", message=inner, clause=cited("4")), "zh")
        == "账户 1001 从未登记（条款4）"
    )
    assert str(inner) == "account 1001 was never enrolled"


def test_words_of_others_stay_as_they_are() -> None:
    assert in_language("anything {else}", "zh") == "anything {else}"
    assert in_language(said("account {account} was never enrolled", account="{x}"), "zh") == "账户 {x} 从未登记"


@pytest.mark.parametrize(("n", "english", "chinese"), [(1, "1 voucher", "1张代金券"), (2, "2 vouchers", "2张代金券")])
def test_one_and_many(n: int, english: str, chinese: str) -> None:
    told = counted("{n} voucher", "{n} vouchers", n=n)
    assert (str(told), in_language(told, "zh")) == (english, chinese)


def test_sentences_one_behind_the_other() -> None:
    parts = [said("{span} excluded", span="1:00:00"), said("{span} not covered", span="2:00:00")]
    assert listed(parts) == "1:00:00 excluded; 2:00:00 not covered"
    assert in_language(listed(parts), "zh") == "不适用情形扣除1:00:00；不在协议覆盖范围2:00:00"
    assert listed([]) == ""


def test_a_sentence_comes_whole_from_another_process() -> None:
    import pickle

    told = pickle.loads(pickle.dumps(said("there is no bill {id}", id="B-1")))
    assert isinstance(told, Said)
    assert in_language(told, "zh") == "没有账单 B-1"


# Numbers and dates.


@pytest.mark.parametrize(
    ("yuan", "shown"),
    [
        ("0.00", "0.00"),
        ("-5.10", "-5.10"),
        ("999.99", "999.99"),
        ("1000.00", "1,000.00"),
        ("12345678901234567890.12", "12,345,678,901,234,567,890.12"),
    ],
)
def test_amounts_are_grouped_and_exact(yuan: str, shown: str) -> None:
    assert money(yuan) == shown


@pytest.mark.parametrize("code", ["CNY", "USD"])
def test_headlines_name_the_currency(code: str) -> None:
    """By the sign that the locale has for it."""
    sign = get_currency_symbol(code, locale="en")
    assert currency("1376.72", code).replace("\xa0", "") in (f"{sign}1,376.72", f"1,376.72{sign}")


def test_dates_of_sentences() -> None:
    assert (date_of("2026-09-02", "en"), moment("2026-09-22 09:10:00", "en")) == ("2026-09-02", "2026-09-22 09:10:00")
    chinese = date_of("2026-09-02", "zh")
    assert CHINESE.search(chinese)
    assert re.findall(r"\d+", chinese) == ["2026", "9", "2"]
    assert moment("2026-09-02 09:10:00", "zh") == f"{chinese} 09:10:00"


# Columns.


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("counts as it is", 8, ["counts", "as it is"]),
        ("服务可用性未达到承诺。", 8, ["服务可用", "性未达到", "承诺。"]),
        ("服务可用。", 8, ["服务可", "用。"]),
        ("见（条款", 4, ["见", "（条", "款"]),
        ("unbreakably", 4, ["unbr", "eaka", "bly"]),
        ("", 4, [""]),
    ],
)
def test_lines_of_so_many_columns(text: str, width: int, lines: list[str]) -> None:
    assert folded(text, width) == lines
    assert all(cells(line) <= width for line in lines)


def test_a_chinese_character_takes_two_columns() -> None:
    assert (cells("a账户b"), padded("账户", 6)) == (6, "账户  ")


# Which language.


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh-Hans"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_locale_chooses(environment: dict[str, str], lang: str) -> None:
    assert of_locale(environment) == lang


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        (["--lang", "zh", "worklist"], "zh"),
        (["--lang=en", "worklist"], "en"),
        (["worklist"], None),
        (["--lang", "fr"], None),
        (["--lang"], None),
    ],
)
def test_the_option_chooses(words: list[str], lang: str | None) -> None:
    assert asked_for(words) == lang


@pytest.mark.parametrize(
    ("words", "environment", "printed"),
    [
        ((), {"LANG": "zh_CN.UTF-8"}, "没有待办事项"),
        ((), {"LANG": "zh_CN.UTF-8", "SLALEDGER_LANG": "en"}, "the worklist is empty"),
        ((), {"SLALEDGER_LANG": "zh"}, "没有待办事项"),
        (("--lang", "en"), {"SLALEDGER_LANG": "zh", "LANG": "zh_CN.UTF-8"}, "the worklist is empty"),
        (("--lang", "zh"), {}, "没有待办事项"),
        ((), {}, "the worklist is empty"),
    ],
)
def test_option_then_setting_then_locale(
    slaledger: CommandLine, words: tuple[str, ...], environment: dict[str, str], printed: str
) -> None:
    done = slaledger.run(*words, "worklist", "--format", "table", env=environment)
    assert done.stdout == f"{printed}\n"


def test_a_language_that_is_not_there_is_refused(slaledger: CommandLine) -> None:
    done = slaledger.run("worklist", env={"SLALEDGER_LANG": "fr"})
    assert (done.returncode, "fr" in done.stderr) == (2, True)


def test_one_command_s_language_is_not_the_next_one_s(slaledger: CommandLine) -> None:
    slaledger.run("--lang", "zh", "worklist", "--format", "table")
    assert slaledger.run("worklist", "--format", "table").stdout == "the worklist is empty\n"


# The same for programs.

READING = (
    "availability 1002 2026-09",
    "breaches 2026-09",
    "mtbf 1002 2026",
    "worklist",
    "claim list",
    "claim show 1002 2026-09",
    "claim explain 1002 2026-09 --readings",
    "voucher list",
    "voucher show V-1003-2026-03-1",
    "terms show",
    "terms list",
    "calendar show 2026",
    "audit verify",
    "audit completeness",
    "audit duties",
    "audit what-if --set minimum_kind=deductible",
)


def _without_words(answer: object) -> object:
    """An answer without what is rendered for a reader: the steps of decisions in words."""
    match answer:
        case dict():
            return {name: _without_words(value) for name, value in answer.items() if name not in ("says", "seconds")}
        case list():
            return [_without_words(value) for value in answer]
        case _:
            return answer


@pytest.mark.parametrize("words", READING)
@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_answers_for_programs_are_the_same(demo: CommandLine, words: str, format_: str) -> None:
    english, chinese = (
        [json.loads(line) for line in demo.run("--lang", lang, *words.split(), "--format", format_).stdout.splitlines()]
        for lang in ("en", "zh")
    )
    assert english
    assert _without_words(english) == _without_words(chinese)


@pytest.mark.parametrize("words", ["worklist", "voucher list", "breaches 2026-09", "claim list"])
def test_csv_is_the_same(demo: CommandLine, words: str) -> None:
    english, chinese = (demo.run("--lang", lang, *words.split(), "--format", "csv").stdout for lang in ("en", "zh"))
    assert english
    assert english == chinese


@pytest.mark.parametrize(
    "words",
    [
        "claim file 4711 2026-09 --filed-at 2026-10-20T09:00:00+08:00",
        "claim file 1001 2026-09 --filed-at yesterday",
        "breaches 2026-9",
        "breaches",
        "bogus",
        "voucher show V-none",
    ],
)
def test_errors_for_programs_are_the_same(demo: CommandLine, words: str) -> None:
    english, chinese = (demo.run("--lang", lang, *words.split()) for lang in ("en", "zh"))
    assert english.stderr.startswith('{"error"')
    assert (english.stderr, english.returncode) == (chinese.stderr, chinese.returncode)


def test_only_the_steps_in_words_follow_the_reader(demo: CommandLine) -> None:
    words = ("claim", "explain", "1002", "2026-09", "--format", "json")
    english, chinese = (json.loads(demo.run("--lang", lang, *words).stdout) for lang in ("en", "zh"))
    assert not any(CHINESE.search(step["says"]) for step in english["steps"])
    assert all(CHINESE.search(step["says"]) for step in chinese["steps"])


# As people see it.


@pytest.mark.usefixtures("noon")
def test_the_main_commands_in_both_languages(shown: tuple[Path, str], tmp_path: Path) -> None:
    """`python tools/transcripts.py tests/transcripts/languages.md` writes the output anew."""
    slaledger = CommandLine(Path(shutil.copytree(shown[0], tmp_path / "demo")))
    for each in transcripts.shown(TRANSCRIPTS):
        if "--help" not in each.words or is_locked("click"):
            done = slaledger.run(*each.words)
            printed = done.stdout + done.stderr
            assert transcripts.is_as_printed(each.output, printed, as_compared), f"{each.command}\n{printed}"


def test_the_transcripts_fit_the_terminal() -> None:
    wide = [
        line
        for each in transcripts.shown(TRANSCRIPTS)
        for line in each.output.splitlines()
        if cells(line) > 80 and not line.startswith(("slaledger: ", "    slaledger ", "  what to do: ", "  处理办法："))
    ]
    assert not wide


def test_the_transcripts_show_each_command_in_both_languages() -> None:
    shown = [each.command for each in transcripts.shown(TRANSCRIPTS)]
    english, chinese = (
        {command.partition(f"--lang {lang} ")[2] for command in shown if f"--lang {lang} " in command}
        for lang in ("en", "zh")
    )
    assert len(english & chinese) >= 20


def test_nothing_but_a_table_needs_babel() -> None:
    """What starts every command stays quick."""
    code = "import sys, cli.main, cli.commands.availability, cli.commands.claim; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


COUNTED = re.compile(
    r"(?<!\} of )\{\w+\} (?:further |earlier |other )?"
    r"(?:events|lines|decisions|accounts|findings|no-ops|incidents|outages|bills|"
    r"claims|vouchers|commands|rows|facts|steps|episodes|samples|signatures|months|breaches)\b"
)


def test_a_sentence_with_a_count_has_two_forms() -> None:
    """`said("{n} lines")` would say "1 lines"; `counted` takes both. "1 of 9 accounts" has the plural of the whole."""
    plain = [
        template
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "said"
        for template in [node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""]
        if COUNTED.search(str(template))
    ]
    assert plain == []
