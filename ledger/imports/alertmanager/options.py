"""How alerts are read."""

import msgspec

from ledger.imports.label_rules import LabelRules


class AlertOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How alerts are read; with `truncated`, payloads from which alerts were left out are taken for what is in them."""

    rules: LabelRules
    truncated: bool = False
