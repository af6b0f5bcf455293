"""Two people for a large award: who decided it cannot approve it, and unapproved it is not issued."""

from __future__ import annotations

from conftest import CommandLine


def test_controls_are_set_by_words_and_by_a_line(slaledger: CommandLine) -> None:
    done = slaledger.ok("controls", "set", "--approval-above", "50", "--provider-name", "Cloud", "--reason", "r")
    assert (done["noop"], done["approval_above"], done["provider_name"]) == (False, "50.00", "Cloud")
    line = {"command": "controls set", "provider_address": "1 West Road", "reason": "moved"}
    assert slaledger.batch(line).returncode == 0
    again = slaledger.ok("controls", "set", "--approval-above", "50.00", "--reason", "as before")
    assert (again["noop"], again["recorded"], again["provider_address"]) == (True, 0, "1 West Road")
    lifted = slaledger.ok("controls", "set", "--approval-above", "none", "--reason", "r")
    assert (lifted["noop"], lifted["approval_above"], lifted["provider_name"]) == (False, None, "Cloud")
    assert slaledger.ok("audit", "verify")["inadmissible"] == []
