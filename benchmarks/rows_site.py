"""The rows of the site: `export site` of many accounts."""

from __future__ import annotations

import shutil

from measuring import SLALEDGER, Cost, Side, peak_mb, side, slaledger
from places import DATA
from prepared import Sizes
from prepared_claims import decided_claims
from rows import Target, row

_SITE, _COPY = DATA / "site", DATA / "site-copied"


@row(
    "site",
    "`export site` of {sizes.accounts:,} accounts, a quarter of them with a decided claim",
    "copying the same files",
    Target(None),
    warm=True,
)
def site(sizes: Sizes) -> tuple[Side, Side]:
    """Ours reads the events and makes each page anew; theirs reads and writes the files that ours made last."""
    path = decided_claims(sizes.accounts, sizes.accounts // 4)

    def ours() -> Cost:
        shutil.rmtree(_SITE, ignore_errors=True)
        return slaledger(path, "export", "site", "-o", _SITE).cost

    return ours, lambda: side("copy_folder", _SITE, _COPY).cost


@row(
    "site-again",
    "the same where no event is new",
    "the start of a command: `slaledger status`",
    Target(None),
    warm=True,
)
def site_again(sizes: Sizes) -> tuple[Side, Side]:
    """No page is made again; ours compares what each page rests on."""
    path = decided_claims(sizes.accounts, sizes.accounts // 4)
    return (
        lambda: slaledger(path, "export", "site", "-o", _SITE).cost,
        lambda: slaledger(path, "status").cost,
    )


@row(
    "memory-site",
    "peak memory of `export site` of {sizes.accounts:,} accounts",
    "of a tenth of them",
    Target(1.2, 1),
    unit="MB",
)
def memory_site(sizes: Sizes) -> tuple[Side, Side]:
    """Both make every page."""

    def peak(accounts: int) -> Side:
        path = decided_claims(accounts, accounts // 4)

        def measured() -> Cost:
            shutil.rmtree(_SITE, ignore_errors=True)
            return peak_mb(SLALEDGER, "--ledger", f"sqlite:///{path}", "export", "site", "-o", str(_SITE))

        return measured

    return peak(sizes.accounts), peak(sizes.accounts // 10)
