"""The Chinese of the catalogue: one word for a thing, marks and blanks by one rule (docs/glossary.md), no codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import catalogue
import pytest
from babel.messages.catalog import Catalog

from cli.terminal.language import in_language
from cli.terminal.vocabulary import cited, label
from domain.refusals.bill import VouchersAboveFee
from domain.text import enumerated


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    """The catalogue as it was written."""
    return catalogue.read("zh")


ONE_WORD = {
    "不适用情形": "免责",
    "审核结果": "裁定|决定",
    "最短时长": "起算时间",
    "签名": "签署",
    "重算": "重放",
    "事件流": "(?<!事件)流[ {]",
    "币种": "货币",
    "退出状态": "退出码",
    "未达标": "未达承诺",
    "审计人员": "审计者",
    "申请说明": "陈述",
    "超出申请时限": "逾期|(?<!出申请)超出时限",
    "无须": "无需",
    "全部账户": "所有账户",
}
"""The word of the glossary, and what was said for the same."""


@pytest.mark.parametrize(("word_", "others"), ONE_WORD.items())
def test_a_thing_has_one_word_in_chinese(chinese: Catalog, word_: str, others: str) -> None:
    assert any(word_ in text for _, text in _chinese(chinese)), word_
    assert not [text for _, text in _chinese(chinese) if re.search(others, text)]


def _chinese(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Our sentences in English and in Chinese, each form."""
    for message in catalog:
        if message.id and set(message.locations) - set(catalogue.in_click(message)):
            english = message.id if isinstance(message.id, str) else message.id[-1]
            texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
            yield from ((english, text) for text in texts)


_HAN, _FULL = "[一-鿿]", "，。；：、（）“”？！"
UNTIDY = {
    "no half-width mark between characters": f"{_HAN}[,:;?!()]{_HAN}",
    "no blank beside a full-width mark": f" [{_FULL}]|[{_FULL}] ",
    "no blank between characters": f"{_HAN} {_HAN}",
    "a blank between a character and a Latin word or a command": f"{_HAN}[A-Za-z`]|[A-Za-z`]{_HAN}",
    "no blank between a character and a number that counts": rf"{_HAN} \{{n\}}|\{{n\}} {_HAN}",
}


@pytest.mark.parametrize("rule", UNTIDY)
def test_chinese_is_set_by_one_rule(chinese: Catalog, rule: str) -> None:
    assert not [text for _, text in _chinese(chinese) if re.search(UNTIDY[rule], text)]


@pytest.mark.parametrize("text", ["账单,代金券", "账单 ，已作废", "账单 已作废", "用`slaledger init`", "共 {n} 张"])
def test_what_is_set_otherwise_is_found(text: str) -> None:
    assert any(re.search(pattern, text) for pattern in UNTIDY.values())


def test_a_translation_names_the_same_commands(chinese: Catalog) -> None:
    """Every command that the English hint names; Chinese may also set an option as a command."""
    commands = re.compile(r"`slaledger [^`]*`")
    assert not [
        english
        for english, text in _chinese(chinese)
        if sorted(set(commands.findall(english))) != sorted(set(commands.findall(text)))
    ]


def test_the_part_of_the_agreement_without_a_number_is_cited_by_its_name() -> None:
    assert [str(cited(clause)) for clause in ("2.3(5)", "opening")] == ["clause 2.3(5)", "opening clause"]
    assert [in_language(cited(clause), "zh") for clause in ("2.3(5)", "opening")] == ["条款2.3(5)", "前言"]


def test_the_label_of_a_part_of_a_field() -> None:
    told = label("evidence.name")
    assert (str(told), in_language(told, "zh")) == ("evidence.name", "证据（名称）")


def test_a_few_names_have_the_enumeration_comma_of_chinese() -> None:
    told = enumerated(["clerk", "boss", "checker"])
    assert (str(told), in_language(told, "zh")) == ("clerk, boss, checker", "clerk、boss、checker")
    assert [enumerated(names) for names in ([], ["clerk"])] == ["", "clerk"]


def test_a_refusal_says_the_word_for_a_code_and_keeps_the_code_in_its_command() -> None:
    refusal = VouchersAboveFee(bill="B-1", vouchers=100, part="call", fee=50)
    assert in_language(refusal.message, "zh") == "账单 B-1：代金券抵扣1.00高于通话费用0.50"
    assert refusal.hint is not None
    assert in_language(refusal.hint, "zh") == "--call-voucher 不能超过0.50"
