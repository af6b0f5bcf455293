"""`docs/audit.md` shows what the commands print on the demo's ledger."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, CommandLine

TEXT = (ROOT / "docs" / "audit.md").read_text("utf-8")
BLOCKS: list[str] = re.findall(r"^```\n(\$ slaledger .*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def demo(shown: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """The demo's ledger."""
    return CommandLine(Path(shutil.copytree(shown[0], tmp_path_factory.mktemp("docs") / "demo")))


def _lines(text: str) -> list[str]:
    """Lines without the root, which differs from ledger to ledger."""
    return [re.sub(r"^root .*", "root ROOT", line.rstrip()) for line in text.splitlines()]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0][2:])
def test_the_output_shown_is_what_is_printed(demo: CommandLine, block: str) -> None:
    """`…` alone on a line stands for lines left out."""
    command, *expected = _lines(block)
    printed = _lines(demo.run(*shlex.split(command)[2:], "--format", "table").stdout)
    for part in "\n".join(expected).split("…"):
        assert part.strip("\n") in "\n".join(printed)


def test_there_is_output_of_each_kind_of_audit() -> None:
    assert len(BLOCKS) >= 6
