"""The build step that puts documents, examples and the verifier into the wheel; `pyproject.toml` names it.

They are copied into `cli/shipped/`, without pictures, so the repository has one copy of each. An editable
installation copies nothing: there they are found in the source tree.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

SHIPPED = ("README.md", "CHANGELOG.md", "docs/**/*.md", "examples/**/*", "verifier/*.*")
"""What is shipped, by patterns below the root of the repository."""
_ROOT = Path(__file__).resolve().parents[1]


def shipped() -> list[Path]:
    """The files that are shipped, relative to the root of the repository."""
    found = (path for pattern in SHIPPED for path in _ROOT.glob(pattern) if path.is_file())
    return sorted(path.relative_to(_ROOT) for path in found if "__pycache__" not in path.parts)


class BuildPy(build_py):
    """`build_py`, and then the shipped files."""

    def run(self) -> None:
        """Build the packages, and copy the shipped files into `cli/shipped/`."""
        super().run()
        if self.editable_mode:
            return
        for path in shipped():
            target = Path(self.build_lib, "cli", "shipped", path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_ROOT / path, target)
