"""What `make demo` runs: fourteen months of a call-centre service, from the imported files to the vouchers.

    python examples/demo.py [FOLDER]

makes a new ledger in FOLDER (`demo/` at the project's root by default) out of the files beside this one, and shows
each command as it can be typed at the project's root. Run again, it starts over with a new ledger.
"""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = Path(sys.executable).absolute().with_name("slaledger")

TAKEN_OVER = [
    "init",
    "batch examples/01-accounts.jsonl",
    r"""import statuspage examples/incidents-platform.json --all-accounts \
    --map 'Agent sign-in=agent_sign_in' --map 'Agent calls=agent_calls' \
    --map 'Inbound routing=inbound_routing'""",
    r"""import statuspage examples/incidents-1004.json --account 1004 \
    --map 'Agent sign-in=agent_sign_in' --map 'Inbound routing=inbound_routing'""",
    "batch examples/02-incidents.jsonl",
    "import aliyun-bill examples/bill-2025-gb18030.csv --call-item 通话费",
    r"""import aliyun-bill examples/bill-2026.csv --call-item 通话费 \
    --product 云呼叫中心""",
    "batch examples/03-claims.jsonl",
]
REDEMPTION = [
    r"""voucher redeem V-1002-2026-01-1 --account 1002 \
    --bill aliyun:1002:2026-09 --part call --amount 50.00 \
    --redeemed-at 2026-10-09T10:00:00+08:00""",
]
MONTH_RUN = ["claim decide --all 2026-09", "voucher issue --all 2026-09"]
DISPUTE = [
    r"""claim dispute 1001 2026-07 --disputed-at 2026-11-10T10:20:00+08:00 \
    --grounds 'The carrier says its network was in order on 21 July'""",
    r"""exclusion withdraw INC-2607-01 1 \
    --reason 'The carrier took its fault notice back'""",
    r"""claim redecide 1001 2026-07 \
    --reason 'Late evidence: no fault of the carrier'""",
    "voucher issue 1001 2026-07",
    "claim show 1001 2026-07",
]
SINCE = ["batch examples/04-after.jsonl", "claim decide 1006 2026-09"]
EXPLAINED = """One decision, clause by clause. A make-up Saturday opens the window a day early;
three functions were down at once; one outage is too short to count, and one is
cut by an exclusion; the voucher redeemed above lowers the base of the calls."""
GO_ON = """
How to go on, at the project's root:

export PATH="{bin}:$PATH" SLALEDGER_URL={url}
slaledger claim explain 1003 2026-03          # two outages, a third of a bill
slaledger claim explain 1003 2026-04          # an outage into the next month
slaledger claim explain 1009 2026-06          # beta until the middle of June
slaledger claim explain 1001 2026-07 --decision 1
slaledger --lang zh claim explain 1008 2025-10
slaledger availability 1005 2026-06           # exactly 99.8 %
slaledger availability 1005 2026-05           # announced maintenance
slaledger mtbf 1003 2026
slaledger claim list                          # each outcome, each status
slaledger voucher show V-1003-2026-03-1       # a redemption undone
slaledger history 1001
slaledger claim decide 1005 2026-09           # a claim that waits
slaledger --help"""


class Demo:
    """A new ledger in a folder, and `slaledger` run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        home = self.folder.relative_to(ROOT) if self.folder.is_relative_to(ROOT) else self.folder
        self.url = f"sqlite:///{home}/slaledger.db"
        self.environment = {**os.environ, "SLALEDGER_URL": self.url, "SLALEDGER_ACTOR": "clerk", "PYTHONUTF8": "1"}

    def begin(self) -> None:
        """Make the folder; of an earlier run's ledger nothing stays."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("slaledger.db*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        print(f"A new ledger, {self.url}")

    def part(self, title: str, *lines: str) -> None:
        """A headline, and the commands under it."""
        print(f"\n\n{title}")
        for line in lines:
            self.run(line)

    def run(self, line: str) -> None:
        """Show a command and what it says. Exits with the command's status where it fails."""
        print(f"\n$ slaledger {line}", flush=True)
        words = [str(COMMAND), *shlex.split(line.replace("\\\n", " ")), "--format", "table"]
        done = subprocess.run(words, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print(done.stdout.decode(errors="replace"), end="", flush=True)
        if done.returncode:
            print(f"\nThe demo stopped: that command left with status {done.returncode}.", file=sys.stderr)
            sys.exit(done.returncode)

    def farewell(self) -> None:
        """How to go on."""
        folder = COMMAND.parent
        shown = f"$PWD/{folder.relative_to(ROOT)}" if folder.is_relative_to(ROOT) else str(folder)
        print("\n" + GO_ON.format(bin=shown, url=shlex.quote(self.url)))


def main() -> None:
    """Run the demo in the folder that was named, or in `demo/`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    demo = Demo(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "demo")
    demo.begin()
    demo.part("Fourteen months are taken over: accounts, status pages, bills, claims so far.", *TAKEN_OVER)
    demo.part("A voucher pays a part of a later bill.", *REDEMPTION)
    demo.part("The month's run: what waits for September is decided, then issued.", *MONTH_RUN)
    demo.part("A dispute: late evidence undoes an exclusion, a second voucher pays the rest.", *DISPUTE)
    demo.part("What came in since.", *SINCE)
    demo.part("Who fell short in September, and what a claim gets.", "breaches 2026-09")
    demo.part("September's claims.", "claim list --month 2026-09")
    demo.part(EXPLAINED, "claim explain 1002 2026-09")
    demo.part("What is left of each voucher.", "voucher list")
    demo.part("What waits.", "worklist")
    demo.farewell()


if __name__ == "__main__":
    main()
