"""An agreement's commitment as OpenSLO v1 documents: a service, its indicator, and the objective of each month.

OpenSLO (https://openslo.com) describes an objective, not the credit for missing it. The tiers, the exclusions and the
claims of the terms have no place in it; the descriptions say where they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from domain.money import percent_text
from domain.terms.versions import Terms, Version
from domain.text import Said, said
from domain.time import add_months, first_day, month_of, month_start
from ledger.extras import library
from ledger.refusals.copies.events import OpensloTarget

API = "openslo/v1"
Document = dict[str, object]
Speak = Callable[[str], str]


def write_openslo(version: Version, speak: Speak, write: Callable[[bytes], object]) -> int:
    """Write a version of the terms as YAML documents, with texts in the reader's language. Returns their number.

    Raises Refusal `openslo_target`, Unreadable `missing_extra`.
    """
    yaml = library("yaml", "openslo", said("OpenSLO documents"))

    class Dumper(yaml.SafeDumper):  # type: ignore[misc, name-defined]
        """Writes decimals as they are."""

    Dumper.add_representer(
        Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", f"{value:f}")
    )
    made = documents(version, speak)
    options = {"Dumper": Dumper, "sort_keys": False, "allow_unicode": True, "width": 100, "explicit_start": True}
    write(yaml.dump_all(made, encoding="utf-8", **options))
    return len(made)


def documents(version: Version, speak: Speak) -> list[Document]:
    """A version of the terms as a Service, an SLI and an SLO. Raises Refusal `openslo_target`."""
    terms = version.terms
    service, indicator = _name(terms.agreement), _name(terms.agreement, "availability")
    objective = _name(terms.agreement, "availability", terms.version)
    return [
        _document("Service", service, terms.title, terms, {"description": speak(_of_service(version))}),
        _document("SLI", indicator, speak(said("Availability of a calendar month")), terms, _indicator(terms, speak)),
        _document("SLO", objective, speak(_promise(terms)), terms, _objective(terms, service, indicator, speak)),
    ]


def _document(kind: str, name: str, title: str, terms: Terms, spec: Document) -> Document:
    labels = {"agreement": _name(terms.agreement)[:63], "version": _name(terms.version)[:63]}
    metadata = {"name": name, "displayName": title, "labels": labels}
    return {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}


def _name(*parts: str) -> str:
    """A name in OpenSLO's form: lower-case letters, digits and `-`."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-") or "agreement"


def _indicator(terms: Terms, speak: Speak) -> Document:
    """The available part of a month. The indicator counts seconds where others count events."""
    return {
        "description": speak(_of_indicator(terms)),
        "ratioMetric": {
            "counter": False,
            "bad": {"metricSource": _source("unavailable_seconds")},
            "total": {"metricSource": _source("total_seconds")},
        },
    }


def _source(column: str) -> Document:
    """The source of a number of seconds: a column in a command's output."""
    command = "slaledger export availability MONTH --format csv"
    return {"type": "slaledger", "spec": {"command": command, "column": column}}


def _objective(terms: Terms, service: str, indicator: str, speak: Speak) -> Document:
    """The commitment, for each calendar month in the terms' time zone."""
    window = {"startTime": f"{first_day(_first_month(terms))} 00:00:00", "timeZone": _zone(terms.zone)}
    return {
        "description": speak(_of_objective(terms)),
        "service": service,
        "indicatorRef": indicator,
        "timeWindow": [{"duration": "1M", "isRolling": False, "calendar": window}],
        "budgetingMethod": "Occurrences",
        "objectives": [{"displayName": speak(_promise(terms)), "target": _target(terms)}],
    }


def _zone(zone: str) -> str:
    """A time zone's name with an area before it, as OpenSLO's schema requires."""
    return "Etc/UTC" if zone == "UTC" else zone


def _target(terms: Terms) -> Decimal:
    """The commitment as an exact decimal. Raises Refusal `openslo_target` at 100 %, which leaves no error budget."""
    promised = terms.commitment.availability
    if promised.value >= 1:
        raise OpensloTarget(agreement=terms.agreement, version=terms.version, clause=promised.clause)
    return Decimal(promised.value.numerator) / promised.value.denominator


def _first_month(terms: Terms) -> str:
    """The first calendar month that the version governs: the one of its first day, or the next (R16)."""
    month = month_of(terms.effective_at, terms.zone)
    begun_before = month_start(month, terms.zone) < terms.effective_at
    return add_months(month, 1) if begun_before and terms.readings.version_in_force == "month_start" else month


def _promise(terms: Terms) -> Said:
    percent = percent_text(terms.commitment.availability.value)
    return said("At least {percent} in each calendar month", percent=percent)


def _of_service(version: Version) -> Said:
    return said(
        "Terms {agreement}, version {version}, SHA-256 {sha256}. `slaledger terms show {version}` shows them in full.",
        agreement=version.terms.agreement,
        version=version.terms.version,
        sha256=version.sha256,
    )


def _of_indicator(terms: Terms) -> Said:
    return said(
        "The seconds of a month that count as unavailable, of all its seconds. The terms state which outages count, "
        "from which length on, and what is excluded (clause {clause}).",
        clause=terms.service.minimum_outage_seconds.clause,
    )


def _of_objective(terms: Terms) -> Said:
    told = said(
        "Clause {clause}. OpenSLO cannot express the service credit and how to claim it; `slaledger terms show "
        "{version}` shows both.",
        clause=terms.commitment.availability.clause,
        version=terms.version,
    )
    between = terms.commitment.mtbf_days
    if between is None:
        return told
    return said(
        "{told} The agreement also promises a mean time between failures of {days} days (clause {clause}), which "
        "is not a ratio.",
        told=told,
        days=between.value,
        clause=between.clause,
    )
