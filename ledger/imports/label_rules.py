"""From labels to functions and accounts: what alerts and series say of themselves, and what a person made of it.

A rule is a label, its exact value and the function that is gone. What fits no rule is refused by name until a person
says that it is to be left out; nothing is left out by itself.
"""

from collections.abc import Iterator, Mapping

import msgspec

from domain.text import said
from ledger.imports.outages import Target, check_functions, target
from ledger.imports.source import Node, checked_id
from ledger.refusals.imports.shared import (
    AccountsNamedTwice,
    LabelNotText,
    LabelsMappedTwice,
    NoAccountLabel,
    UnmappedLabels,
)

Label = tuple[str, str]


class LabelRules(msgspec.Struct, frozen=True, kw_only=True):
    """What labels mean: `functions` by label and value; whom it touches, by name or by the value of a label.

    What bears a label of `skip` is left out; with `only_mapped`, whatever no rule fits is.
    """

    functions: dict[Label, str]
    accounts: tuple[str, ...] = ()
    all_accounts: bool = False
    account_label: str | None = None
    skip: frozenset[Label] = frozenset()
    only_mapped: bool = False

    def check(self, file: str) -> None:
        """Raises Unreadable `no_mapping`, `unknown_function`, `bad_target`."""
        check_functions(file, self.functions.values())
        if self.account_label is None:
            target(file, self.accounts, self.all_accounts)
        elif self.accounts or self.all_accounts:
            raise AccountsNamedTwice(place=file)


class Sorter:
    """Tells what labels come to, and remembers which rules were of use."""

    def __init__(self, rules: LabelRules, file: str) -> None:
        rules.check(file)
        self._rules = rules
        self._file = file
        self._used: set[Label] = set()
        self._left_out: dict[str, None] = {}

    def function(self, labels: Mapping[str, str], node: Node, name: str) -> str | None:
        """The function that is gone, None where it is left out.

        Raises Unreadable `unmapped_labels`, `mapped_twice`.
        """
        own = set(labels.items())
        if own & self._rules.skip:
            self._left_out[name] = None
            return None
        fitting = own & self._rules.functions.keys()
        self._used |= fitting
        functions = {self._rules.functions[label] for label in fitting}
        if len(functions) > 1:
            raise LabelsMappedTwice(place=node.place, name=name, rules=", ".join(sorted(map("=".join, fitting))))
        if functions:
            return functions.pop()
        if not self._rules.only_mapped:
            borne = ", ".join(f"{label}={value}" for label, value in sorted(labels.items()))
            raise UnmappedLabels(place=node.place, name=name, borne=borne)
        self._left_out[name] = None
        return None

    def target(self, labels: Mapping[str, str], node: Node, name: str) -> Target:
        """Whom it touches. Raises Unreadable `no_account_label`, `bad_id`."""
        label = self._rules.account_label
        if label is None:
            return target(self._file, self._rules.accounts, self._rules.all_accounts)
        if not labels.get(label):
            raise NoAccountLabel(place=node.place, name=name, label=label)
        return {"account": checked_id(labels[label], node.at(label).place)}

    def notes(self) -> Iterator[str]:
        """What was left out, and rules that nothing fitted."""
        if self._left_out:
            names, n = ", ".join(self._left_out), len(self._left_out)
            yield said("left out as asked ({n}): {names}", n=n, names=names)
        for label, value in sorted(self._rules.functions.keys() - self._used):
            yield said("nothing in the file fits --map {label}={value}=…", label=label, value=value)


def labels_of(node: Node) -> dict[str, str]:
    """A JSON object of texts. Raises Unreadable `wrong_shape`."""
    found: dict[str, str] = {}
    for label, value in node.fields().items():
        if type(value) is not str:
            raise LabelNotText(place=node.at(label).place)
        found[label] = value
    return found
