"""Where the faulty adapters of `faults/` lie, installed nowhere, with a sound one's samples where a test needs them."""

from pathlib import Path

from fanpin.adapters import distributions
from fanpin.adapters.distributions import Installed

FOLDER = Path(__file__).parent / "faults"


def fault(name: str) -> Installed:
    path = FOLDER / f"{name}.py"
    return Installed("fanpin-fault", name, "", "", path, distributions.digest(path))


def with_samples(name: str, folder: Path) -> Installed:
    """Lay a fault with the sound adapter's samples in a folder of its own."""
    (folder / "samples").mkdir(parents=True)
    for module in ("well", name):
        (folder / f"{module}.py").write_text((FOLDER / f"{module}.py").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "samples" / "relief.csv").write_text(
        "身份证号,姓名,救助金额,发放日期,救助事由\n53018119600301100X,样甲,3000,2026-01-12,就医\n53018119650302101X,样乙,1500,2026-01-20,\n",
        encoding="utf-8")
    (folder / "samples" / "aid.csv").write_text(
        "身份证号,姓名,救助类别,月金额\n53018119600301100X,样甲,低保,380\n53018119650302101X,样乙,特困,900\n", encoding="utf-8")
    path = folder / f"{name}.py"
    return Installed("fanpin-fault", name, "", "", path, distributions.digest(path))
