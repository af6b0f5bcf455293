"""From labels to functions and accounts: what alerts and series say of themselves, and what a person made of it.

A rule is a label, its exact value and the function that is gone. What fits no rule is refused by name until a person
says that it is to be left out; nothing is left out by itself.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from domain.text import said
from ledger.imports.outages import Target, check_functions, target
from ledger.imports.source import Node, checked_id
from ledger.imports.statements import LeftOut
from ledger.refusals import Misread
from ledger.refusals.imports.labels import (
    AccountsNamedTwice,
    LabelNotText,
    LabelsMappedTwice,
    NoAccountLabel,
    NoRegionLabel,
    RegionsAndAccounts,
    UnmappedLabels,
)

Label = tuple[str, str]
_INCIDENTS = ("alertmanager:", "prometheus:")
"""What the ids of incidents begin with; no label does."""


class NamedEpisode(msgspec.Struct, frozen=True):
    """One outage of an alert or a series: its id (a fingerprint, a digest of labels) and its start in microseconds.

    The id may also be that of the ledger's incident, which needs no start.
    """

    id: str
    start: int | None = None

    def is_one_of(self, ids: Collection[str], starts: Iterable[int], within: int) -> bool:
        """Whether it names what has one of the ids and begins at one of the starts, which may be off by `within`."""
        if self.id not in ids:
            return False
        return self.start is None or any(abs(self.start - start) <= within for start in starts)


class LabelRules(msgspec.Struct, frozen=True, kw_only=True):
    """What labels mean: `functions` by label and value; whom it touches, by name or by the value of a label.

    What bears a label of `skip` is left out, and so are the outages of `skip_episodes`; with `only_mapped`, all that
    no rule fits is left out too.
    """

    functions: dict[Label, str]
    accounts: tuple[str, ...] = ()
    all_accounts: bool = False
    account_label: str | None = None
    region_label: str | None = None
    skip: frozenset[Label] = frozenset()
    skip_episodes: frozenset[NamedEpisode] = frozenset()
    only_mapped: bool = False

    def check(self, file: str) -> None:
        """Raises Unreadable `no_mapping`, `unknown_function`, `bad_target`."""
        check_functions(file, self.functions.values())
        named = bool(self.accounts) or self.all_accounts
        if self.region_label is not None and (named or self.account_label is not None):
            raise RegionsAndAccounts(place=file)
        if self.account_label is not None and named:
            raise AccountsNamedTwice(place=file)
        if self.names_accounts:
            target(file, self.accounts, self.all_accounts)

    @property
    def names_accounts(self) -> bool:
        """Whether the rules say whom all outages touch; otherwise a label does."""
        return self.account_label is None and self.region_label is None


def parse_episode(text: str) -> NamedEpisode | None:
    """What `--skip` names as `ID@START` or by the id of an incident; None where it is neither.

    START is an RFC 3339 instant with an offset.
    """
    name, _, start = text.rpartition("@")
    try:
        moment = Node("--skip", text, {"start": start}).moment("start", cut=True)
    except Misread:
        return NamedEpisode(text) if text.startswith(_INCIDENTS) else None
    return NamedEpisode(name, moment.us) if name else None


class Sorter:
    """Tells what labels come to, and remembers which rules were of use and what was left out."""

    def __init__(self, rules: LabelRules, file: str) -> None:
        rules.check(file)
        self._rules = rules
        self._whom = target(file, rules.accounts, rules.all_accounts) if rules.names_accounts else None
        self._used: set[Label] = set()
        self._skipped: set[NamedEpisode] = set()
        self._left_out: dict[str, str] = {}

    def sorted(
        self, labels: Mapping[str, str], node: Node, where: Node, name: str, key: str
    ) -> tuple[str, Target] | None:
        """The function that is gone and whom that touches; None where it is left out. The labels stand at `where`.

        Raises Unreadable `unmapped_labels`, `mapped_twice`, `no_account_label`, `no_region_label`, `bad_id`.
        """
        function = self._function(labels, node, name, key)
        return None if function is None else (function, self._target(labels, where, name))

    def skips(self, ids: Collection[str], starts: Collection[int], key: str, text: str, within: int = 0) -> bool:
        """Whether one outage is left out; `text` is its start as the source writes it, which may be off by `within`."""
        if not self._rules.skip_episodes:
            return False
        fitting = {each for each in self._rules.skip_episodes if each.is_one_of(ids, starts, within)}
        if not fitting:
            return False
        self._skipped |= fitting
        self._left_out[f"{key}@{text}"] = said("--skip names it")
        return True

    def left_out(self) -> tuple[LeftOut, ...]:
        """What was left out, each once, in the order of the file."""
        return tuple(LeftOut(key, why) for key, why in self._left_out.items())

    def notes(self) -> Iterator[str]:
        """Rules that nothing fitted."""
        for label, value in sorted(self._rules.functions.keys() - self._used):
            yield said("nothing in the file fits --map {label}={value}=…", label=label, value=value)
        for label, value in sorted(self._rules.skip - self._used):
            yield said("nothing in the file bears --skip {label}={value}", label=label, value=value)
        unused = [each for each in self._rules.skip_episodes - self._skipped if each.start is not None]
        for episode in sorted(unused, key=lambda each: (each.id, each.start or 0)):
            yield said("no outage of {id} in the file begins as --skip says", id=episode.id)

    def skipped_incidents(self) -> frozenset[str]:
        """Incidents to be left out that nothing in the files bears by its own start: the ledger may hold them."""
        return frozenset(each.id for each in self._rules.skip_episodes - self._skipped if each.start is None)

    def _function(self, labels: Mapping[str, str], node: Node, name: str, key: str) -> str | None:
        own = set(labels.items())
        if skipping := own & self._rules.skip:
            self._used |= skipping
            self._left_out[key] = said("{name}: --skip names it", name=name)
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
        self._left_out[key] = said("{name}: no --map fits it", name=name)
        return None

    def _target(self, labels: Mapping[str, str], where: Node, name: str) -> Target:
        if self._whom is not None:
            return self._whom
        account, region = self._rules.account_label, self._rules.region_label
        if account is not None:
            if not labels.get(account):
                raise NoAccountLabel(place=where.place, name=name, label=account)
            return {"account": checked_id(labels[account], where.at(account).place)}
        if not region or not labels.get(region):
            raise NoRegionLabel(place=where.place, name=name, label=region or "")
        return {"regions": [checked_id(labels[region], where.at(region).place)]}


def labels_of(node: Node) -> dict[str, str]:
    """A JSON object of texts. Raises Unreadable `wrong_shape`."""
    found: dict[str, str] = {}
    for label, value in node.fields().items():
        if type(value) is not str:
            raise LabelNotText(place=node.at(label).place)
        found[label] = value
    return found
