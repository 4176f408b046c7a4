"""What can be seen of an adapter without running it: what its modules import, and whether they look at a clock."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from fanpin.adapters.distributions import Installed

# A mapping needs none of these; whoever imports them wants out of the child.
OUTWARD = frozenset({"socket", "ssl", "http", "urllib", "ftplib", "smtplib", "subprocess", "multiprocessing", "threading",
                     "asyncio", "concurrent", "signal", "ctypes", "mmap", "sqlite3", "dbm", "shelve", "pickle", "marshal", "tempfile",
                     "shutil", "importlib", "runpy", "code", "pty", "resource", "gc", "inspect", "os"})
# The same row says the same on every day and in every process.
CHANCE = frozenset({"random", "secrets", "uuid"})
CLOCKS = frozenset({"today", "now", "utcnow", "time", "localtime", "monotonic"})


@dataclass(frozen=True)
class Source:
    """The modules of an adapter: what they import, what is wrong with them, how many lines they have."""

    imports: tuple[str, ...] = ()
    problem: str = ""
    lines: int = 0


def look_at(installed: Installed) -> Source:
    """Read the adapter's modules."""
    files = [installed.origin] if installed.origin else []
    if installed.origin and installed.origin.name == "__init__.py":
        files = sorted(installed.origin.parent.rglob("*.py"))
    try:
        texts = [file.read_text(encoding="utf-8") for file in files]
        trees = [ast.parse(text) for text in texts]
    except SyntaxError as error:
        return Source(problem=f"第{error.lineno}行有语法错误")
    except (UnicodeDecodeError, ValueError):
        return Source(problem="模块文件不是UTF-8编码的文本，请另存为UTF-8")
    modules = tuple(sorted({name for tree in trees for name in _imported(tree)}))
    return Source(modules, _problem(modules, trees), sum(bool(line.strip()) for text in texts for line in text.splitlines()))


def _problem(modules: tuple[str, ...], trees: list[ast.Module]) -> str:
    strange = [name for name in modules if name.split(".")[0] in OUTWARD | CHANCE
               or name.split(".")[0] == "fanpin" and name != "fanpin.adapters"]
    if strange:
        return f"不能引入：{'、'.join(strange)}"
    clocks = sorted({f"第{line}行 {name}()" for tree in trees for line, name in _clocks(tree)})
    return f"不能看时钟，同一行哪天处理都须一样：{'、'.join(clocks)}" if clocks else ""


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def _clocks(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS and not node.args:
            yield node.lineno, node.func.attr
