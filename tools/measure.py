"""Measures the code's shape: sizes of functions and files, loose types, folders, names.

python tools/measure.py
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from statistics import median

from declared import ROOT, sources

LONG_FILE_LINES = 250
LOOSE = re.compile(r"(dict|Mapping)\[str, Any\]|\bJson\b")


def body_lines(tree: ast.Module) -> Iterator[int]:
    """The number of lines of each function's body, without its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for first in node.body[ast.get_docstring(node) is not None :][:1]:
                yield (node.end_lineno or 0) - first.lineno + 1


def figures() -> dict[str, object]:
    """The measurements and their results."""
    texts = {path: path.read_text("utf-8") for path in sources()}
    trees = {path: ast.parse(text) for path, text in texts.items()}
    lengths = sorted(text.count("\n") for text in texts.values())
    long = sum(length > LONG_FILE_LINES for length in lengths)
    bodies = sorted(lines for path in sources("domain") for lines in body_lines(trees[path]))
    folders = Counter(str(path.parent.relative_to(ROOT)) for path in texts if path.name != "__init__.py")
    names = Counter(node.name for tree in trees.values() for node in tree.body if isinstance(node, ast.ClassDef))
    spread = f"{median(bodies):g}, {bodies[len(bodies) * 9 // 10]}, {bodies[-1]}"
    return {
        "function bodies of domain/, lines: median, p90, longest": spread,
        f"files over {LONG_FILE_LINES} lines": f"{long} of {len(lengths)}, longest {lengths[-1]}",
        "dict[str, Any], Mapping[str, Any] or Json": sum(len(LOOSE.findall(text)) for text in texts.values()),
        "files side by side, most": ", ".join(f"{name} {count}" for name, count in folders.most_common(3)),
        "class names that mean two things": " ".join(sorted(name for name, n in names.items() if n > 1)) or 0,
        "lines of tools/": sum(path.read_text("utf-8").count("\n") for path in sources("tools")),
        "lines of README.md": (ROOT / "README.md").read_text("utf-8").count("\n"),
        "lines of the four packages": sum(lengths),
    }


if __name__ == "__main__":
    for what, value in figures().items():
        print(f"{what}: {value}")
