"""The command line on a ledger at a URL."""

from __future__ import annotations

import json
from typing import Any

from conftest import CommandLine


class Desk(CommandLine):
    """The command line on a ledger at a URL."""

    def at(self, url: str, *words: str) -> Any:
        done = self.run(*words, env={"SLALEDGER_URL": url})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def refused_at(self, url: str, *words: str, status: int) -> dict[str, Any]:
        done = self.run(*words, env={"SLALEDGER_URL": url})
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        error: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])["error"]
        return error


class Login(Desk):
    """The command line of a person who names no actor: it is the login of the URL."""

    def environment(self, env: dict[str, str] | None = None) -> dict[str, str]:
        named = super().environment(env)
        if "SLALEDGER_ACTOR" not in (env or {}):
            del named["SLALEDGER_ACTOR"]
        return named
