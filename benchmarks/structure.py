"""Measure the house: lines of code by room, files at the top, long files, the longest chain of imports.

    python benchmarks/structure.py [CHECKOUT]

A line of code is one that holds something else than a docstring, a comment or white space. A chain counts
the imports that happen when a module is loaded: not those inside functions, nor under TYPE_CHECKING.
"""

import ast
import io
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

LONG = 300
NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def main() -> None:
    """Print every figure of a checkout."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1]).resolve()
    package = root / "src" / "citewell"
    paths = sorted(package.rglob("*.py"))
    if not paths:
        sys.exit(f"{root} has no src/citewell; give the folder of a checkout")
    lines: dict[str, list[int]] = defaultdict(list)
    for path in paths:
        parts = path.relative_to(package).parts
        lines[f"{parts[0]}/" if len(parts) > 1 else "(top)"].append(code_lines(path.read_text("utf-8")))
    for room in sorted(lines):
        print(f"{room:14} {len(lines[room]):3} files {sum(lines[room]):6,} lines of code")
    print(f"{'all':14} {len(paths):3} files {sum(map(sum, lines.values())):6,} lines of code")
    print(f"files at the top: {len(lines['(top)'])}")
    sizes = [(len(path.read_text("utf-8").splitlines()), path.relative_to(package)) for path in paths]
    long = [f"{path} {size}" for size, path in sorted(sizes, reverse=True) if size > LONG]
    print(f"files over {LONG} lines: {', '.join(long) or 'none'}")
    imports = {
        name: set(imported(path, modules)) - {name}
        for modules in [named(paths, package)]
        for name, path in modules.items()
    }
    for what, start in (("of all", ""), ("from the assistant", "citewell.assistant")):
        chains = [longest(name, imports) for name in ([start] if start else sorted(imports))]
        found = max(chains, key=len)
        shown = " > ".join(name.removeprefix("citewell.") for name in found)
        print(f"longest chain of imports {what}: {len(found)}: {shown}")


def code_lines(text: str) -> int:
    """Count the lines that hold code."""
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        for child in getattr(node, "body", []) if isinstance(getattr(node, "body", None), list) else []:
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                docstrings |= {*range(child.lineno, (child.end_lineno or child.lineno) + 1)}
    held: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NO_CODE:
            held |= {*range(token.start[0], token.end[0] + 1)}
    return len(held - docstrings)


def named(paths: list[Path], package: Path) -> dict[str, Path]:
    """Return each file by its module's name."""
    names = {}
    for path in paths:
        parts = path.relative_to(package.parent).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def imported(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    """Yield the modules of the package that a file imports when it is loaded."""
    waiting: list[ast.stmt] = list(ast.parse(path.read_text("utf-8")).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.dump(node.test):
            waiting += node.body + node.orelse
        elif isinstance(node, ast.ImportFrom) and node.module in modules:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in modules else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)


def longest(name: str, imports: dict[str, set[str]]) -> tuple[str, ...]:
    """Return the longest chain that begins with a module; the imports have no circle."""

    @cache
    def chain(start: str) -> tuple[str, ...]:
        return (start, *max((chain(other) for other in sorted(imports[start])), key=len, default=()))

    return chain(name)


if __name__ == "__main__":
    main()
