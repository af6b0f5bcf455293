"""The pages of the billing interface's answers: taken out of what an SDK wraps them in, complete and once each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

import msgspec

from ledger.imports.json_texts import documents
from ledger.imports.source import Node
from ledger.imports.statements import Faults, SourceFile
from ledger.refusals.imports.bss import (
    AlikePages,
    FailedAnswer,
    Incomplete,
    MixedAnswers,
    MorePages,
    NotABill,
    NotText,
    PagesOfSeveral,
    PageTwice,
    TokenTwice,
)
from ledger.refusals.imports.json import JsonTooDeep

_WRAPPINGS = ("body", "Body")
"""Under what SDKs put the answer beside its headers and status."""


class BillPage(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: its items, how many there are in all pages, which page it is and the token of the next one."""

    node: Node
    is_spread: bool
    number: str | None
    total: str | None
    token: str | None
    items: tuple[Node, ...]


def word(node: Node, key: str) -> str:
    """The text or number under a key as a text; blank where there is none. Raises Unreadable `wrong_shape`."""
    value = node.at(key).value
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NotText(place=node.at(key).place)
    return str(value)


def read_pages(files: Sequence[SourceFile], faults: Faults) -> list[BillPage]:
    """The pages of all files. Raises ManyFaults where they cannot be read or some are missing."""
    pages: list[BillPage] = []
    for file in files:
        with faults.gathering(), _not_too_deep(file.name):
            for root in documents(file.lines, file.name):
                for answer in _answers(root):
                    with faults.gathering():
                        pages.append(_page(answer))
    faults.check()
    with faults.gathering(), _not_too_deep(", ".join(file.name for file in files)):
        _check_complete(pages)
    return pages


@contextmanager
def _not_too_deep(name: str) -> Iterator[None]:
    """Raises Unreadable `bad_json` for what is nested more deeply than can be walked."""
    try:
        yield
    except RecursionError:
        raise JsonTooDeep(place=name) from None


def _answers(root: Node) -> Iterator[Node]:
    """The answers of a document, which may be a list of them."""
    answers = [root]
    if isinstance(root.value, list):
        answers = [Node(root.file, f"{root.path}[{index}]", value) for index, value in enumerate(root.value)]
    return map(_unwrapped, answers)


def _unwrapped(answer: Node) -> Node:
    """The answer itself, with its keys as the interface writes them: some SDKs begin them with small letters."""
    fields = answer.value if isinstance(answer.value, dict) else {}
    for name in _WRAPPINGS:
        if "Data" not in fields and "data" not in fields and isinstance(fields.get(name), dict):
            answer = answer.at(name)
            break
    if isinstance(answer.value, dict) and "Success" not in answer.value and "success" in answer.value:
        return Node(answer.file, answer.path, _capitalised(answer.value))
    return answer


def _capitalised(value: object) -> object:
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: _capitalised(each) for key, each in value.items()}
    return [_capitalised(each) for each in value] if isinstance(value, list) else value


def _page(answer: Node) -> BillPage:
    """Raises Unreadable `failed_answer`, `not_a_bill`."""
    if answer.fields().get("Success") is not True:
        raise FailedAnswer(place=answer.place, given_code=answer.at("Code").value, text=answer.at("Message").value)
    data = answer.at("Data")
    for kind, place in (("Items", "Item"), ("Modules", "Module")):
        held = data.at(kind)
        if held.value is None:
            continue
        items = data.items(kind) if isinstance(held.value, list) else held.items(place)
        return BillPage(
            node=data,
            is_spread=kind == "Modules",
            number=word(data, "PageNum") or None,
            total=word(data, "TotalCount") or None,
            token=word(data, "NextToken") if "NextToken" in data.fields() or "MaxResults" in data.fields() else None,
            items=tuple(items),
        )
    raise NotABill(place=data.place)


def _check_complete(pages: Sequence[BillPage]) -> None:
    """All pages of each query are there, once each; a query is of a cycle and an account.

    Raises Unreadable `mixed_answers`, `page_twice`, `incomplete`.
    """
    queries: dict[tuple[str, str], list[BillPage]] = {}
    for page in pages:
        told = next(iter(page.items), page.node) if page.is_spread else page.node
        queries.setdefault((word(told, "BillingCycle"), word(page.node, "AccountID")), []).append(page)
    if len({page.is_spread for own in queries.values() for page in own}) > 1:
        last = next(reversed(queries.values()))[-1]
        raise MixedAnswers(place=last.node.place)
    for own in queries.values():
        _check_numbers(own)
        _check_tokens(own)
        _check_alike(own)


def _check_numbers(own: Sequence[BillPage]) -> None:
    numbers = [page.number for page in own if page.number is not None]
    for page in own:
        if page.number is not None and numbers.count(page.number) > 1:
            raise PageTwice(place=page.node.at("PageNum").place, n=page.number)
    given = sum(len(page.items) for page in own)
    for page in own:
        if page.total is not None and page.total != str(given):
            raise Incomplete(place=page.node.at("TotalCount").place, given=given, total=page.total)


def _check_tokens(own: Sequence[BillPage]) -> None:
    """Each page but the last names the next one by a token of its own."""
    tokens = [page.token for page in own if page.token is not None]
    if not tokens:
        return
    for page in own:
        if page.token and tokens.count(page.token) > 1:
            raise TokenTwice(place=page.node.at("NextToken").place, token=page.token)
    if "" not in tokens:
        raise MorePages(place=own[-1].node.at("NextToken").place, token=tokens[-1])
    if tokens.count("") > 1:
        raise PagesOfSeveral(place=own[-1].node.place, n=tokens.count(""))


def _check_alike(own: Sequence[BillPage]) -> None:
    seen: set[bytes] = set()
    for page in own:
        if page.items:
            digest = sha256(json.dumps([item.value for item in page.items], sort_keys=True).encode()).digest()
            if digest in seen:
                raise AlikePages(place=page.node.place)
            seen.add(digest)
