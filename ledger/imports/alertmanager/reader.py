"""Outages from the Alertmanager: payloads of its webhook, version 4, or the list of its API (`/api/v2/alerts`).

Files, and the documents of a file, are in order of receipt. An alert is known again by its fingerprint; where there is
none, the fingerprint is worked out of the labels. Only the alert's own status counts: a group is `firing` while any of
its alerts is. While an alert fires it has not ended, and what stands in `endsAt` then is a timeout. Times have nine
decimals there; the ledger's unit is the microsecond, the rest is cut.
"""

from collections.abc import Sequence

from domain.refusals import Refusal
from ledger.imports.alertmanager.alerts import API, SOURCE, Alerts
from ledger.imports.alertmanager.inbox import Inbox
from ledger.imports.alertmanager.options import AlertOptions
from ledger.imports.json_texts import documents
from ledger.imports.label_rules import Sorter
from ledger.imports.statements import Extent, Faults, Policy, Reading, SourceFile


def read_alertmanager(files: Sequence[SourceFile], asked: AlertOptions) -> Reading:
    """The outages that the alerts tell. Labels may be skipped by `fingerprint` too. Raises Unreadable, ManyFaults.

    A statement may have no length (start and end are one instant): it ends what it touches, and nothing by itself.
    """
    faults = Faults()
    alerts = Alerts(Sorter(asked.rules, ", ".join(file.name for file in files)), faults)
    inbox = Inbox(alerts, asked)
    for file in files:
        try:
            for root in documents(file.lines, file.name):
                inbox.take(root)
        except Refusal as refusal:
            faults.add(refusal)
    statements = tuple(sorted(alerts.statements(inbox.lists), key=lambda each: (each.start.us, each.incident)))
    faults.check()
    return Reading(
        source=SOURCE,
        policy=Policy(one_a_key=False, grows=True, resolution_us=0),
        statements=statements,
        ends=alerts.ends(),
        extents=(Extent(scope=API, open_only=True),) if inbox.lists else (),
        said_at=alerts.said_at,
        scope=API if inbox.lists else "",
        skip_incidents=alerts.sorter.skipped_incidents(),
        left_out=alerts.sorter.left_out(),
        notes=(*alerts.notes(), *alerts.sorter.notes()),
    )
