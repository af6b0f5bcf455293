"""Calendars: a year's working days are published."""

from __future__ import annotations

from domain import calendar as calendars
from domain import commands as c
from ledger.commands.handlers.effect import Effect, Handler, Origin, on
from ledger.commands.receipts import CalendarReceipt
from ledger.log import streams
from ledger.log.reader import Reader
from ledger.refusals.commands import NoSource


def _publish(log: Reader, command: c.PublishCalendar, origin: Origin) -> Effect:
    if command.file is None:
        from ledger.shipped import published_calendar  # it imports packages that no other command needs

        event = published_calendar(command.year)
    else:
        if command.source is None:
            raise NoSource()
        from ledger.files.reading import read_text  # most commands read no file

        days = calendars.parse_days(read_text(command.file), command.year, command.file)
        event = calendars.published(command.year, str(command.source), *days)
    stream = streams.calendar(event.country, event.year)
    known = log.fold_streams(stream).calendars.get(event.year)
    events = calendars.publish(known, event, command.reason)
    return on(stream, events, CalendarReceipt(year=event.year, sha256=event.sha256))


HANDLERS: dict[type[c.Command], Handler] = {
    c.PublishCalendar: _publish,
}
