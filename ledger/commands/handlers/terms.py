"""Terms: a version of the agreement is published."""

from __future__ import annotations

from domain import commands as c
from domain.terms import versions as agreement
from domain.terms.parsing import parse_terms
from ledger.commands.handlers.effect import Effect, Handler, Origin, on
from ledger.commands.receipts import TermsReceipt
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.refusals.commands import FileOrDocument


def _publish(log: Reader, command: c.PublishTerms, origin: Origin) -> Effect:
    if (command.file is None) == (command.document is None):
        raise FileOrDocument()
    document = command.document
    if document is None:
        from ledger.files.reading import read_text  # most commands read no file

        document = read_text(str(command.file))
    terms = parse_terms(document)
    versions = log.versions()
    events = agreement.publish(versions, command, document)
    return on(streams.terms(terms.agreement), events, TermsReceipt(agreement=terms.agreement, version=terms.version))


HANDLERS: dict[type[c.Command], Handler] = {
    c.PublishTerms: _publish,
}
