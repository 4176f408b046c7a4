"""Which adapters are installed: read from the distributions' metadata, without importing any of them."""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.machinery import PathFinder
from pathlib import Path, PurePosixPath

from fanpin.adapters.hookspecs import GROUP

MODULE = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*", re.IGNORECASE)
AT_START = frozenset({"sitecustomize.py", "usercustomize.py"})
# What the lock installs beside fanpin and what builds wheels.
OURS = frozenset({"setuptools"})


@dataclass(frozen=True)
class Installed:
    """An entry point of a distribution: what would be imported, from where, and the digest of its files."""

    entry: str
    module: str
    distribution: str
    version: str
    origin: Path | None
    digest: str
    problem: str = ""

    @property
    def folder(self) -> Path | None:
        """Return the folder in which the child finds the module or package, and must be able to read."""
        if self.origin is None:
            return None
        return self.origin.parent.parent if self.origin.name == "__init__.py" else self.origin.parent

    def sample(self, table: str) -> Path | None:
        """Return the sample sheet of a table: beside the module, or where the wheel laid it."""
        if self.origin is not None and (beside := self.origin.parent / "samples" / f"{table}.csv").is_file():
            return beside
        for file in self.distribution and metadata.distribution(self.distribution).files or ():
            if file.name == f"{table}.csv" and "samples" in file.parts and (path := Path(str(file.locate()))).is_file():
                return path
        return None


def installed() -> list[Installed]:
    """List every entry point of the group, by name; two of one name are both listed."""
    return sorted(_entries(), key=lambda found: (found.entry, found.distribution))


def find(entry: str) -> Installed | None:
    """Return the installed entry point of that name, if there is exactly one."""
    found = [one for one in installed() if one.entry == entry]
    return found[0] if len(found) == 1 else None


def in_folder(folder: Path) -> Installed:
    """Return an adapter that is not installed: a folder with one module `fanpin_*.py`, as `adapter check DIR` wants."""
    modules = sorted(folder.glob("fanpin_*.py"))
    if len(modules) != 1:
        raise FileNotFoundError(f"{folder} 里须有且只有一个 fanpin_*.py 模块，现在有{len(modules)}个")
    return Installed(modules[0].stem.replace("_", "-"), modules[0].stem, "", "", modules[0].absolute(), digest(modules[0]))


def digest(origin: Path, files: Iterable[Path] = ()) -> str:
    """Return the SHA-256 of a module or package with every other module that came with it, names included."""
    beside = [path for path in files if path.suffix == ".py" and path.is_file()] or origin.parent.glob("*.py")
    inside = origin.parent.rglob("*") if origin.name == "__init__.py" else [origin]
    every = {path.resolve() for path in (*beside, *inside) if path.is_file() and "__pycache__" not in path.parts}
    total = hashlib.sha256()
    for name, path in sorted((os.path.relpath(path, origin.parent), path) for path in every):
        total.update(f"{name}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _entries() -> Iterator[Installed]:
    for distribution in metadata.distributions():
        for point in distribution.entry_points:
            if point.group == GROUP:
                yield _installed(distribution, point)


def _installed(distribution: metadata.Distribution, point: metadata.EntryPoint) -> Installed:
    name, version = distribution.metadata["Name"], distribution.version
    if not MODULE.fullmatch(point.value):
        return Installed(point.name, "", name, version, None, "", "入口点须指向一个模块")
    origin = _origin(point.value)
    if origin is None:
        return Installed(point.name, point.value, name, version, None, "", "找不到入口点指向的模块")
    listed = [Path(str(file.locate())).resolve() for file in distribution.files or ()]
    # An editable installation lists none of its modules: they lie in the folder that it points to.
    files = listed if origin.resolve() in listed else []
    return Installed(point.name, point.value, name, version, origin, digest(origin, files), foreign(distribution, point.value))


def _origin(module: str) -> Path | None:
    """Return the file of a top-level module or package; looking for it runs nothing of it."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top == "fanpin":
        return None
    for finder in (PathFinder, *sys.meta_path):
        spec = finder.find_spec(top, None)
        if spec is not None:
            return Path(spec.origin) if spec.has_location and spec.origin else None
    return None


def foreign(distribution: metadata.Distribution, module: str) -> str:
    """Refuse a distribution that brings more than its module and its samples; what runs at every start of Python above all."""
    files = [] if _editable(distribution) else [PurePosixPath(str(file)) for file in distribution.files or ()]
    if problem := strange_files(files, module):
        return f"{problem}，不能启用，请卸载"
    if any(point.group in ("console_scripts", "gui_scripts") for point in distribution.entry_points):
        return "安装包里有命令，不能启用，请卸载"
    problem = needs_others(distribution.requires or ())
    return f"{problem}，不能启用，请卸载" if problem else ""


def needs_others(requires: Iterable[str]) -> str:
    """Say which other distributions one would bring along; "" where it needs fanpin at most."""
    others = [line for line in requires if not re.match(r"fanpin(?![\w.-])", line)]
    return f"安装包依赖别的包（{'、'.join(others[:3])}）" if others else ""


def strange_files(files: Iterable[PurePosixPath], module: str) -> str:
    """Say what a distribution of one module brings beside it; "" where it brings its samples alone."""
    top, found = module.partition(".")[0], []
    for file in files:
        first = next((part for part in file.parts if part != ".."), "")
        if file.suffix == ".pth" or file.name in AT_START:
            return f"安装包里有随Python启动自动运行的文件（{file.name}）"
        own = first in (top, f"{top}.py", "__pycache__") or first.endswith(".dist-info") and ".." not in file.parts
        if not own and file.parts[:-1][-4:-2] != ("share", "fanpin"):
            found.append(str(file))
    return f"安装包里有模块以外的文件（{'、'.join(found[:3])}）" if found else ""


def starting_by_themselves() -> list[str]:
    """Name the installed distributions that run code whenever Python starts, with the file: nobody's adapter may."""
    found = []
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        files = [] if _editable(distribution) or name in OURS else distribution.files or ()
        found += [f"{name}（{file.name}）" for file in files if file.suffix == ".pth" or file.name in AT_START]
    return sorted(found)


def _editable(distribution: metadata.Distribution) -> bool:
    """Say whether a developer installed a folder; pip writes this down itself and overwrites what a wheel brings."""
    try:
        said = json.loads(distribution.read_text("direct_url.json") or "{}")
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("dir_info", {}).get("editable") is True
