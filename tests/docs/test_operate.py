"""The pages for operators are true: every block marked `sh` is run, in the order of its page, as one shell script.

A page names in its first line what it is run on: the demo's ledger, a server, or nothing. Blocks without a mark are not
run; `NOT_RUN` lists the commands in them, and why.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import COMMAND, ROOT

FOLDER = ROOT / "docs" / "operate"
PAGES = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.md"))}
BLOCK = re.compile(r"^```(sh)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ON_DEMO, ON_SERVER = "<!-- run on the demo's ledger -->", "<!-- run on a server -->"
RUN = [name for name, page in PAGES.items() if any(mark for mark, _ in BLOCK.findall(page))]

NOT_RUN = {
    "install.md": {
        "pipx install": "needs a package index; test_wheel.py installs the wheel",
        "uv tool install": "the same",
        "python3 -m venv": "the same",
        "/opt/slaledger/bin/pip install": "the same",
        "ln -s": "the same",
    },
    "backup.md": {"15 2": "a line for cron; the script is run"},
    "scale.md": {
        "dask scheduler": "runs until it is stopped; tests/ledger/test_cluster.py has a cluster",
        "dask worker": "the same",
        "SLALEDGER_URL=postgresql://slaledger_auditor@replica/ledger slaledger": "the same",
    },
}
"""By page, the beginnings of the commands that are not run, and why."""


def script(page: str) -> str:
    """The commands of a page, one shell script that stops at the first failure."""
    return "set -eu\n" + "\n".join(text for mark, text in BLOCK.findall(page) if mark)


def programs(*folders: Path) -> dict[str, str]:
    """An environment in which `slaledger`, and the programs in these folders, are found first."""
    left_out = ("SLALEDGER_", "LC_", "LANG", "PG")
    own = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    path = os.pathsep.join(str(each) for each in (COMMAND.parent, *folders))
    return {**own, "PATH": f"{path}{os.pathsep}{own['PATH']}", "LANG": "C.UTF-8", "SLALEDGER_ACTOR": "clerk"}


def carried_out(page: str, folder: Path, environment: dict[str, str]) -> str:
    """Run a page's script in a folder; gives what it printed. Fails where a command does."""
    done = subprocess.run(["sh"], input=script(page), cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("name", [name for name in RUN if ON_SERVER not in PAGES[name]])
def test_every_command_that_can_run_does(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if ON_DEMO in PAGES[name]:
        shutil.copytree(request.getfixturevalue("shown")[0], tmp_path, dirs_exist_ok=True)
    assert carried_out(PAGES[name], tmp_path, programs())


@pytest.mark.usefixtures("postgres_store")
def test_the_page_about_servers_runs_on_one(tmp_path: Path, ledger_file: Path) -> None:
    """By its owner, who is no superuser; the file that is moved is a new ledger."""
    from servers import PROGRAMS, Server

    server = Server()
    try:
        environment = {**programs(PROGRAMS), "PGHOST": str(server.folder), "PGUSER": "postgres"}
        printed = carried_out(PAGES["server.md"], ledger_file.parent, environment)
        roles = server.owner.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'slaledger_%'").fetchone()
    finally:
        server.stop()
    assert roles == (5,)
    assert "wrong" not in printed


def test_each_page_is_run_or_says_what_is_not() -> None:
    assert {"install.md", "upgrade.md", "server.md", "backup.md", "monitoring.md"} <= set(RUN)
    for name, page in PAGES.items():
        lines = [line for mark, text in BLOCK.findall(page) if not mark for line in text.splitlines()]
        known = tuple(NOT_RUN.get(name, {}))
        assert [line for line in lines if not line.startswith(known or "\0")] == [], name
        assert all(any(line.startswith(each) for line in lines) for each in known), name
