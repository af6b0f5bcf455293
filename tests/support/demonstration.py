"""`examples/demo.py` as a module, for the commands in its script and for running it in process."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

PATH = Path(__file__).parents[2] / "examples" / "demo.py"


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("demonstration_of_examples", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


demonstration = _loaded()
