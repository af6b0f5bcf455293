"""What `make demo` runs: fourteen months of a call-centre service, from the imported files to the vouchers.

    python examples/demo.py [FOLDER]

makes a new ledger in FOLDER (`demo/` at the project's root by default) by the commands of `fourteen-months.sh`, each
recorded at the time that it tells of. A month is told in one line; what comes of them is shown, each command as it can
be typed at the project's root. Run again, it starts over with a new ledger.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from cli.main import run as slaledger

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = Path("examples", "fourteen-months.sh")
COMMAND = re.compile(r"^slaledger ((?:.*\\\n)*.*)\n", re.MULTILINE)
PART = re.compile(rf"((?:^##? .*\n)+)((?:{COMMAND.pattern})+)", re.MULTILINE)
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
slaledger history 1001                        # who recorded what, and when
slaledger worklist --known-at 2026-05-06T18:00:00+08:00   # as of a day
slaledger claim decide 1005 2026-09           # a claim that waits
slaledger --help"""


class Part(NamedTuple):
    """Commands under a headline, each without its first word; `month` where they are told in one line."""

    month: str | None
    headline: str
    commands: list[str]


def parts() -> Iterator[Part]:
    """The parts of the script, in order."""
    for found in PART.finditer((ROOT / SCRIPT).read_text("utf-8")):
        headline = re.sub(r"^##? ", "", found[1], flags=re.MULTILINE).rstrip()
        month, _, told = headline.partition("  ")
        is_month = not found[1].startswith("##")
        yield Part(month if is_month else None, told if is_month else headline, COMMAND.findall(found[2]))


def words_of(command: str) -> list[str]:
    """The words of a command."""
    return shlex.split(command.replace("\\\n", " "))


class Demo:
    """A new ledger in a folder, and `slaledger` run on it in this process: to start one for each command takes long."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        home = self.folder.relative_to(ROOT) if self.folder.is_relative_to(ROOT) else self.folder
        self.url = f"sqlite:///{home}/slaledger.db"

    def begin(self) -> None:
        """Make the folder; of an earlier run's ledger nothing stays."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("slaledger.db*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        print(f"A new ledger, {self.url}")
        print(f"Each command is recorded at the time that it tells of: {SCRIPT.as_posix()}\n")

    def tell(self, part: Part) -> None:
        """Carry out a part: a month in one line, else each command with what it says."""
        if part.month is None:
            print(f"\n\n{part.headline}")
            for command in part.commands:
                self.run(command)
            return
        for command in part.commands:
            self._carry_out(command)
        print(f"{part.month}  {len(part.commands):2} commands  {part.headline}", flush=True)

    def run(self, command: str) -> None:
        """Show a command and what it says. Exits with the command's status where it fails."""
        said = self._carry_out(command)
        print(f"\n$ slaledger {command}\n{said}", end="", flush=True)

    def _carry_out(self, command: str) -> str:
        """What a command says. Exits with the command's status where it fails."""
        sys.argv = ["slaledger", "--ledger", self.url, "--actor", "clerk", *words_of(command), "--format", "table"]
        said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        try:
            with chdir(ROOT), redirect_stdout(said), redirect_stderr(said):
                slaledger()
        except SystemExit as left:
            said.seek(0)
            if left.code:
                print(f"\n$ slaledger {command}\n{said.read()}", end="", flush=True)
                print(f"\nThe demo stopped: that command left with status {left.code}.", file=sys.stderr)
                raise
        return said.read()

    def farewell(self) -> None:
        """How to go on."""
        folder = Path(sys.executable).absolute().parent
        shown = f"$PWD/{folder.relative_to(ROOT)}" if folder.is_relative_to(ROOT) else str(folder)
        print("\n" + GO_ON.format(bin=shown, url=shlex.quote(self.url)))


def main() -> None:
    """Run the demo in the folder that was named, or in `demo/`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    demo = Demo(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "demo")
    demo.begin()
    for part in parts():
        demo.tell(part)
    demo.farewell()


if __name__ == "__main__":
    main()
