"""A new adapter passes as it is written, whatever department and kind it is made for."""

import csv
import io
from pathlib import Path

import pytest

from fanpin.adapters import distributions, run, scaffold
from fanpin.adapters.lead_trial import try_leads
from fanpin.adapters.scaffold import Unmakeable
from fanpin.adapters.scaffold_channel import new_channel
from fanpin.adapters.trial import try_sheet
from fanpin.rules import identity
from fanpin.rules.departments import Department
from fanpin.rules.intake import Channel
from tests.conftest import TODAY

EVERY = [(department, kind.code) for department in Department for kind in scaffold.claimable(department)]


def laid(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_every_department_has_something_to_claim() -> None:
    assert [department for department in Department if not scaffold.claimable(department)] == []


@pytest.mark.parametrize(("department", "code"), EVERY[::5], ids=lambda item: getattr(item, "value", item))
def test_what_is_written_passes_at_once(department: Department, code: str, tmp_path: Path) -> None:
    files = scaffold.new("sample", department, kinds=[code])
    installed = distributions.in_folder(laid(tmp_path, files))
    found = run.declared(installed)
    assert found.problems == ()
    sample = installed.sample(code)
    assert sample is not None
    trial = try_sheet(installed, found.manifest, sample, as_of=TODAY)
    assert (trial.problems, trial.facts_by_kind) == ((), {code: 3})


@pytest.mark.parametrize(("department", "code"), EVERY, ids=lambda item: getattr(item, "value", item))
def test_what_is_written_is_short_and_valid(department: Department, code: str) -> None:
    files = scaffold.new("sample", department, kinds=[code], title="样本部门")
    assert sorted(files) == ["fanpin_sample.py", "pyproject.toml", f"samples/{code}.csv", "tests/test_sample.py"]
    module = files["fanpin_sample.py"]
    compile(module, "fanpin_sample.py", "exec")
    assert len(module.splitlines()) <= 45 and max(map(len, module.splitlines())) <= 120
    for row in list(csv.reader(io.StringIO(files[f"samples/{code}.csv"])))[1:]:
        assert row[0].startswith("样本") or identity.check(row[0]).ok


def test_several_kinds_make_several_tables() -> None:
    files = scaffold.new("fanpin-gongan", Department.PUBLIC_SECURITY, kinds=["vehicle", "traffic_injury"])
    assert {"samples/vehicle.csv", "samples/traffic_injury.csv", "fanpin_gongan.py"} <= set(files)


@pytest.mark.parametrize("name", ["Tax", "税务", "../tax", "tax_x", "", "a" * 80, "tax;rm"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Unmakeable, match="小写字母"):
        scaffold.new(name, Department.OTHER)


def test_anothers_duty_is_refused_with_what_may_be_claimed() -> None:
    with pytest.raises(Unmakeable, match="不能申报“vehicle”，可以申报：disease_treatment"):
        scaffold.new("wj", Department.HEALTH, kinds=["vehicle"])


@pytest.mark.parametrize("platform", [channel for channel in Channel if channel.is_platform], ids=lambda channel: channel.value)
def test_a_new_channel_passes_at_once(platform: Channel, tmp_path: Path) -> None:
    installed = distributions.in_folder(laid(tmp_path, new_channel("channel-sample", platform)))
    found = run.declared(installed)
    assert found.problems == () and found.manifest is not None and found.manifest.channel == platform.value
    sample = installed.sample("export")
    assert sample is not None
    trial = try_leads(installed, found.manifest, sample, today=TODAY)
    assert (trial.problems, trial.told, trial.by_category) == ((), 3, {"medical": 1, "education": 1, "other": 1})


def test_a_channel_is_made_for_a_platform_only() -> None:
    with pytest.raises(Unmakeable, match="三个平台"):
        new_channel("channel-sample", Channel.PAPER)
    with pytest.raises(Unmakeable, match="小写字母"):
        new_channel("平台", Channel.PROVINCE)
