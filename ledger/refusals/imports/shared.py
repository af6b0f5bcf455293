"""Refusals of imports."""

from __future__ import annotations

from domain.refusals import AmountFen
from ledger.refusals import Misread


class OtherCurrency(Misread, code="other_currency"):
    """The ledger counts in the currency of its terms, and nothing is converted."""

    message = "the currency is {given}; the terms count in {wanted}"
    hint = "nothing is converted: take a bill in {wanted}"
    given: str
    wanted: str


class VouchersExceedFee(Misread, code="vouchers_exceed_fee"):
    """Vouchers paid more than the fee that the rows add up to, as after a refund."""

    message = "vouchers of {voucher} paid on a {what} of {fee}"
    hint = "enter this bill by hand with `slaledger fees bill`"
    voucher: AmountFen
    what: str
    fee: AmountFen


class NegativeTotal(Misread, code="negative_total"):
    """A bill's fee is not negative: refunds are netted first."""

    message = "the bill's {what} adds up to less than zero"
    hint = "a refund lowers an earlier bill: enter it by hand with `slaledger fees correct`"
    what: str


class FinerThanFen(Misread, code="finer_than_fen"):
    """The bill has fractions of a fen."""

    message = "the bill's {what} has more than two decimals"
    hint = "have it rounded half up, once per bill and part: --round"
    what: str


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


class BadTimeInSource(Misread, code="bad_time"):
    """The time is not written as RFC 3339 says."""

    message = "{value!r} is not a time such as 2026-03-03T10:00:00+08:00"
    hint = "times need an offset (Z or +08:00) and at most six decimals"
    value: object


class EmptyFile(Misread, code="empty_file"):
    """An empty file may be an export that failed."""

    message = "there is nothing in the file"
    hint = "export it again"


class NotObject(Misread, code="wrong_shape"):
    """The file is not of the form that its source exports."""

    message = "an object is expected here"
    hint = "export the file again, and leave it as it comes"


class NotList(Misread, code="wrong_shape"):
    """The file is not of the form that its source exports."""

    message = "a list is expected here"
    hint = "export the file again, and leave it as it comes"


class MissingText(Misread, code="missing_text"):
    """The file lacks a text that is needed."""

    message = "a text is expected here and there is none"
    hint = "export the file again, and leave it as it comes"


class MissingTime(Misread, code="missing_time"):
    """The file lacks a time that is needed."""

    message = "a time is expected here and there is none"
    hint = "export the file again, and leave it as it comes"


class FileTooLarge(Misread, code="too_large"):
    """A file that is too long for the memory is refused before it is read whole."""

    message = "it is longer than {most} bytes"
    hint = "split it: what one file says is recorded wholly or not at all, and need not be all there is"
    most: int


class FileNotUtf8(Misread, code="not_utf8"):
    """The file is UTF-8 text."""

    message = "the file is not UTF-8 text"
    hint = "save it as UTF-8"


class BadJson(Misread, code="bad_json"):
    """The file is not JSON."""

    message = "broken JSON: {error}"
    hint = "export the file again: it is cut off, or was edited"
    error: str


class JsonKeyTwice(Misread, code="bad_json"):
    """Of two values for a key, either could be meant."""

    message = "broken JSON: an object gives {key!r} twice"
    hint = "leave one of the two out; nobody could say which was meant"
    key: str


class JsonHalfCharacter(Misread, code="bad_json"):
    """A text of the file has half a character, which cannot be written anywhere."""

    message = "broken JSON: a text has half a surrogate pair"
    hint = "export the file again: it is cut off, or was edited"


class JsonTooDeep(Misread, code="bad_json"):
    """The file is not what its source exports."""

    message = "the JSON is nested too deeply to be what it should be"
    hint = "give the file as its source exports it"


class ImpossibleTimeInSource(Misread, code="bad_time"):
    """The text has the form of a time, and there is no such time."""

    message = "{value!r} is no time: {error}"
    hint = "write it like 2026-03-03T10:00:00+08:00"
    value: str
    error: str


class DuplicateColumn(Misread, code="duplicate_column"):
    """Of two columns with one name, either could be meant."""

    message = "the header has {twice!r} more than once"
    hint = "export the file again: each column stands in it once"
    twice: str


class EmptyTable(Misread, code="empty_file"):
    """A table without rows may be an export that failed."""

    message = "the table has no rows under its header"
    hint = "give a file whose first line names the command's fields"


class UnknownColumn(Misread, code="unknown_column"):
    """Each column of a table of commands names a field of the command."""

    message = "the column {column!r} is no field of `{command}`"
    hint = "its fields are {known}"
    column: str
    command: str
    known: str


class RowTooLarge(Misread, code="too_large"):
    """A row that is too long for the memory is refused before it is read whole."""

    message = "the row is longer than {most} characters"
    hint = "is the end of a quoted cell missing?"
    most: int


class TableNotUtf8(Misread, code="not_utf8"):
    """The file is UTF-8 text."""

    message = "the file is not UTF-8 text"
    hint = "save it in UTF-8"


class BadCsv(Misread, code="bad_csv"):
    """The file is not CSV."""

    message = "broken CSV: {error}"
    hint = "export the file again as CSV: it is cut off, or was edited"
    error: str


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


class ToldEndBeforeStart(Misread, code="ends_before_start"):
    """A source says an end of an outage that is before its start."""

    message = "the end {end} is before the start {start}"
    hint = "{advice}"
    end: str
    start: str
    advice: str


class ForeignFunction(Misread, code="unknown_function"):
    """A function has the form of a name; the terms list those that there are."""

    message = "{text!r} is no function"
    hint = "`slaledger terms show` lists them"
    text: str


class ForeignId(Misread, code="bad_id"):
    """What a file calls an account has the form of an id."""

    message = "{text!r} cannot be an id in the ledger"
    hint = "ids have 1 to 64 of A-Z a-z 0-9 . _ : @ -"
    text: str


class MissingColumns(Misread, code="missing_column"):
    """A table has every column that is read."""

    message = "the header lacks {missing}"
    hint = "{advice}"
    missing: str
    advice: str


class BlankLine(Misread, code="blank_line"):
    """A blank line between rows may stand for rows that are missing."""

    message = "a blank line stands between rows"
    hint = "take the line out; or is something missing?"


class BadRow(Misread, code="bad_row"):
    """Each row has a cell for each column."""

    message = "{cells} cells under a header of {columns}"
    hint = "export the file again as CSV; a cell that has a comma stands in quotes"
    cells: int
    columns: int


class MissingCell(Misread, code="missing_cell"):
    """The row lacks a value that is needed."""

    message = "{column} is blank"
    hint = "export the file again with all of its cells"
    column: str
