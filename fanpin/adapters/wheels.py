"""Look into an adapter's wheel file before anybody installs it: pip runs nothing of it, but the next start of Python may."""

import base64
import csv
import hashlib
import io
import stat
import zipfile
from collections.abc import Sequence
from configparser import ConfigParser
from configparser import Error as Unreadable
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from fanpin.adapters.distributions import Installed, digest, needs_others, strange_files
from fanpin.adapters.hookspecs import GROUP

MOST_FILES, MOST_BYTES = 200, 20 << 20
DAMAGED = "不是完好的 .whl 文件，请重新打包"


class WheelRefused(Exception):
    """The file is no adapter's wheel; `problems` say what to mend."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = tuple(problems)


def unpacked(wheel: Path, folder: Path) -> Installed:
    """Judge a wheel by its listing alone, write its module and samples into a folder, and return it as an adapter there."""
    try:
        with zipfile.ZipFile(wheel) as held:
            return _unpacked(held, folder)
    except (zipfile.BadZipFile, OSError, KeyError, UnicodeDecodeError, ValueError, Unreadable) as error:
        raise WheelRefused([DAMAGED]) from error


def _unpacked(held: zipfile.ZipFile, folder: Path) -> Installed:
    files = {entry.filename: entry for entry in held.infolist() if not entry.is_dir()}
    if len(files) > MOST_FILES or sum(entry.file_size for entry in files.values()) > MOST_BYTES:
        raise WheelRefused([f"文件太多或太大：适配器的安装包不超过{MOST_FILES}个文件、{MOST_BYTES >> 20} MB"])
    if any(".." in PurePosixPath(name).parts or name.startswith("/") or "\\" in name or stat.S_ISLNK(entry.external_attr >> 16)
           for name, entry in files.items()):
        raise WheelRefused(["安装包里有指向别处的文件"])
    kept = {name: held.read(entry) for name, entry in files.items()}
    about = sorted({PurePosixPath(name).parts[0] for name in kept if PurePosixPath(name).parts[0].endswith(".dist-info")})
    if len(about) != 1:
        raise WheelRefused([DAMAGED])
    entry, module, problems = _entry(kept.get(f"{about[0]}/entry_points.txt", b"").decode())
    told = HeaderParser().parsestr(kept[f"{about[0]}/METADATA"].decode())
    problems += _unrecorded(kept, about[0])
    places = [_laid(PurePosixPath(name)) for name in kept]
    problems += [problem for problem in (strange_files(places, module), needs_others(told.get_all("Requires-Dist") or [])) if problem]
    if any(place.suffix in (".so", ".pyc", ".pyd") for place in places):
        problems.append("安装包里有编译过的程序，只能装源代码")
    if problems:
        raise WheelRefused(problems)
    return _written(kept, folder, entry, module, str(told["Version"]))


def _laid(name: PurePosixPath) -> PurePosixPath:
    """Return where pip lays a file: data beside, scripts among the commands, everything else under its own name."""
    first = name.parts[0]
    if not first.endswith(".data"):
        return name
    kind, rest = name.parts[1], name.parts[2:]
    return PurePosixPath(*rest) if kind in ("data", "purelib", "platlib") else PurePosixPath("bin", *rest)


def _entry(text: str) -> tuple[str, str, list[str]]:
    """Return the adapter's name and module, and what else the wheel would start."""
    points = ConfigParser(delimiters=("=",), interpolation=None)
    points.optionxform = str  # type: ignore[assignment, method-assign]
    points.read_string(text)
    ours = dict(points[GROUP]) if points.has_section(GROUP) else {}
    problems = [] if len(ours) == 1 else [f"安装包须登记且只登记一个 {GROUP} 入口点，现在有{len(ours)}个"]
    others = [name for name in points.sections() if name != GROUP and points[name]]
    problems += [f"安装包里有命令或别的入口点（{'、'.join(others)}）"] if others else []
    name, module = next(iter(ours.items()), ("", ""))
    if module and not all(part.isidentifier() for part in module.split(".")):
        problems.append("入口点须指向一个模块")
    return name, module, problems


def _unrecorded(kept: dict[str, bytes], about: str) -> list[str]:
    record = f"{about}/RECORD"
    listed = {row[0]: row[1] for row in csv.reader(io.StringIO(kept[record].decode())) if len(row) > 1}
    wrong = [name for name, content in kept.items() if name != record and listed.get(name) != _hash(content)]
    return [f"文件与安装包的清单不符，可能被改动过（{'、'.join(wrong[:3])}）"] if wrong else []


def _hash(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _written(kept: dict[str, bytes], folder: Path, entry: str, module: str, version: str) -> Installed:
    top = module.partition(".")[0]
    for name, content in kept.items():
        place = PurePosixPath(name)
        if place.name == f"{top}.py" and len(place.parts) == 1 or place.parts[0] == top:
            target = folder / place
        elif "samples" in place.parts:
            target = folder / "samples" / place.name
        else:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    origin = folder / top / "__init__.py" if (folder / top).is_dir() else folder / f"{top}.py"
    if not origin.is_file():
        raise WheelRefused(["入口点指向的模块不在安装包里"])
    return Installed(entry, module, "", version, origin, digest(origin))
