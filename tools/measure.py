"""Measures the code's shape: sizes of functions and files, loose types, imports between folders.

    python tools/measure.py

`tests/project/test_architecture.py` sets limits for those that must not grow.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "ledger", "projections", "cli")
LONG_FILE_LINES = 250
LOOSE = re.compile(r"dict\[str, Any\]|\bJson\b")


def files(*packages: str) -> list[Path]:
    """The modules of packages."""
    return sorted(path for package in packages or PACKAGES for path in (ROOT / package).rglob("*.py"))


def length_lines(path: Path) -> int:
    """The number of lines of a file."""
    return path.read_text("utf-8").count("\n")


def body_lines(path: Path) -> Iterator[int]:
    """The number of lines of each function's body, without its docstring."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            if body:
                yield (body[-1].end_lineno or 0) - body[0].lineno + 1


def loose_types() -> int:
    """The number of mentions of `dict[str, Any]` and the like."""
    return sum(len(LOOSE.findall(path.read_text("utf-8"))) for path in files())


def side_by_side() -> Counter[str]:
    """The number of modules in each folder."""
    return Counter(path.parent.relative_to(ROOT).as_posix() for path in files() if path.name not in ("__init__.py",))


def names_twice() -> list[str]:
    """Class names that two modules define."""
    found: defaultdict[str, list[Path]] = defaultdict(list)
    for path in files():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append(path)
    return sorted(name for name, paths in found.items() if len(paths) > 1)


def figures() -> Iterator[tuple[str, str]]:
    """The measurements and their results."""
    bodies = sorted(lines for path in files("domain") for lines in body_lines(path))
    p90 = bodies[len(bodies) * 9 // 10]
    yield "function bodies of domain/, lines: median, p90, longest", f"{median(bodies):g}, {p90}, {bodies[-1]}"
    long = [path for path in files() if length_lines(path) > LONG_FILE_LINES]
    yield (
        f"files over {LONG_FILE_LINES} lines",
        f"{len(long)} of {len(files())}, longest {max(map(length_lines, files()))}",
    )
    yield "dict[str, Any] or Json", str(loose_types())
    yield "files side by side, most", ", ".join(f"{name} {count}" for name, count in side_by_side().most_common(3))
    yield "class names that mean two things", f"{len(names_twice())} {' '.join(names_twice())}"
    yield "lines of tools/", str(sum(map(length_lines, files("tools"))))
    yield "lines of README.md", str(length_lines(ROOT / "README.md"))
    yield "lines of the four packages", str(sum(map(length_lines, files())))


if __name__ == "__main__":
    for what, value in figures():
        print(f"{what}: {value}")
