"""Findings about this installation and its environment."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, requires, version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.text import Said, said
from ledger.doctor.diagnosis import Diagnosis

ENVIRONMENT = (
    "SLALEDGER_URL",
    "SLALEDGER_ACTOR",
    "SLALEDGER_LANG",
    "SLALEDGER_FORMAT",
    "SLALEDGER_SIGN",
    "SLALEDGER_LOCK_SECONDS",
)
DISTRIBUTION = "slaledger"


def installation(environment: Mapping[str, str]) -> Iterator[Diagnosis]:
    """The findings about Python and its packages, the extras, time zones, and the variables of an environment."""
    yield _python()
    yield from _extras()
    yield _zones()
    yield from _environment(environment)


def _python() -> Diagnosis:
    packages = ", ".join(f"{name} {version(name)}" for name in (DISTRIBUTION, "eventsourcing", "msgspec", "click"))
    running = f"Python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    return Diagnosis("installation", "ok", said("{python}, {packages}", python=running, packages=packages))


USES: Mapping[str, Said] = {
    "postgres": said("ledgers on a server"),
    "cluster": said("replay on a cluster"),
    "zstd": said("compressed exports"),
    "sign": said("signed checkpoints"),
    "timestamp": said("time stamps"),
    "report": said("pages and reports"),
    "xlsx": said("spreadsheets"),
    "parquet": said("Parquet files"),
    "openslo": said("OpenSLO documents"),
    "ics": said("calendar entries"),
}
"""The purpose of each extra."""


def extras() -> dict[str, list[str]]:
    """The extras for users, and the packages that each brings, as the installed distribution says."""
    found: dict[str, list[str]] = {}
    for line in requires(DISTRIBUTION) or ():
        needed, _, condition = line.partition(";")
        name = condition.partition("extra ==")[2].strip().strip("\"'")
        if name in USES:
            found.setdefault(name, []).append(needed)
    return found


def _extras() -> Iterator[Diagnosis]:
    for extra, needed in extras().items():
        missing = [name for name in map(_package, needed) if not _is_installed(name)]
        use = USES[extra]
        if missing:
            message = said("{use}: not installed ({missing})", use=use, missing=", ".join(missing))
            yield Diagnosis(
                said("extra {extra}", extra=extra), "note", message, f"pip install '{DISTRIBUTION}[{extra}]'"
            )
        else:
            yield Diagnosis(said("extra {extra}", extra=extra), "ok", use)


def _package(requirement: str) -> str:
    name = requirement.strip()
    for end in "[<>=!~ (":
        name = name.partition(end)[0]
    return name


def _is_installed(package: str) -> bool:
    if package == "backports.zstd" and sys.version_info >= (3, 14):
        return True
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _zones() -> Diagnosis:
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return Diagnosis("time zones", "wrong", said("Asia/Shanghai is not available here"), "pip install tzdata")
    return Diagnosis("time zones", "ok", said("Asia/Shanghai is available"))


def _environment(environment: Mapping[str, str]) -> Iterator[Diagnosis]:
    """Variables with unknown `SLALEDGER_` names, and values that no command accepts."""
    for name in sorted(environment):
        if name.startswith("SLALEDGER_") and name not in ENVIRONMENT:
            known = ", ".join(ENVIRONMENT)
            hint = said("perhaps mistyped; the settings are {known}", known=known)
            yield Diagnosis(name, "note", said("no setting has this name"), hint)
    seconds = environment.get("SLALEDGER_LOCK_SECONDS", "")
    if seconds and not seconds.isdecimal():
        yield Diagnosis("SLALEDGER_LOCK_SECONDS", "wrong", said("{text!r} is not a number of seconds", text=seconds))
    if environment.get("SLALEDGER_LANG", "en") not in ("", "en", "zh"):
        language = environment["SLALEDGER_LANG"]
        yield Diagnosis("SLALEDGER_LANG", "wrong", said("{text!r} is not en or zh", text=language))
