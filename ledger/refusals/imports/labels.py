"""Refusals of labels, and of the options that say what they mean."""

from __future__ import annotations

from ledger.refusals import Misread


class LabelsMappedTwice(Misread, code="mapped_twice"):
    """An alert or a series is of one function."""

    message = "{name} is mapped to two functions"
    hint = "its rules are {rules}"
    name: str
    rules: str


class NoAccountLabel(Misread, code="no_account_label"):
    """The label that names the account is missing."""

    message = "{name} has no label {label} that would name its account"
    hint = "leave it out with --skip LABEL=VALUE"
    name: str
    label: str


class NoRegionLabel(Misread, code="no_region_label"):
    """The label that names the region is missing."""

    message = "{name} has no label {label} that would name its region"
    hint = "leave it out with --skip LABEL=VALUE"
    name: str
    label: str


class LabelNotText(Misread, code="wrong_shape"):
    """A label is a name and a text."""

    message = "a label's value is a text"
    hint = "give the file as its source sends it"


class AccountsNamedTwice(Misread, code="bad_target"):
    """Outages touch the accounts that a label names, or those that the command names."""

    message = "the accounts come from a label or are named, not both"
    hint = "leave one of the two out"


class RegionsAndAccounts(Misread, code="bad_target"):
    """Outages touch the regions that a label names, or accounts."""

    message = "the regions come from a label, and accounts are named too"
    hint = "leave one of the two out"


class BadTarget(Misread, code="bad_target"):
    """Outages touch some accounts or all."""

    message = "say whom the outages touch: either accounts or all accounts"
    hint = "--account ID, which may be repeated, or --all-accounts"


class NoMapping(Misread, code="no_mapping"):
    """A source's own names say nothing of the agreement's functions until they are mapped."""

    message = "nothing is mapped to a function: nothing would be read"
    hint = "say with --map what is gone, and which function that is"


class UnmappedLabels(Misread, code="unmapped_labels"):
    """An alert or a series fits no rule, and nothing is left out by itself."""

    message = "{name} fits no --map"
    hint = "map one of its labels or leave it out with --skip LABEL=VALUE: {borne}"
    name: str
    borne: str


class LabelsTellTwoThings(Misread, code="contradiction"):
    """One identity of a source comes with labels that are mapped differently."""

    message = "{name} has other labels at {earlier}, and they are mapped differently"
    hint = "give the file as its source sends it"
    name: str
    earlier: str
