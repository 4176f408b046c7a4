"""Faulty channels: each ends as written here, nothing of a broken answer is kept, and the citizen's own words stay."""

from pathlib import Path

import pytest

from fanpin.adapters import distributions, run
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.leads import MappedLead, map_leads
from fanpin.adapters.run import PluginChild
from fanpin.adapters.wire import ReadRow
from tests.conftest import TODAY

FOLDER = Path(__file__).parent / "faults" / "channels"
TOLD = "我叫样甲，号码53018119600301100X，没有钱看病"
# A boundary that is broken, by its code; a row that is refused, by a word of the reason.
BREACHES = {"tells_of_somebody_else": "stranger", "tells_of_an_id_number": "stranger", "remembers_a_token": "stranger",
            "hides_an_id_in_the_relation": "id_inside"}
REFUSED = {"rewrites_what_was_said": "改动了申报人的原话", "tells_twice_of_a_row": "几条申报", "tells_of_tomorrow": "晚于今天"}
FAILED = {"answers_as_a_department": "error"}


def fault(name: str) -> Installed:
    path = FOLDER / f"{name}.py"
    return Installed("fanpin-fault", name, "", "", path, distributions.digest(path))


def told(name: str, times: int = 2) -> list[MappedLead]:
    found = run.declared(fault(name))
    assert found.problems == () and found.manifest is not None
    said: list[MappedLead] = []
    with PluginChild(found.installed, found.manifest) as plugin:
        for number in range(times):
            row = ReadRow(number, {"name": "样甲", "village": "样本村"}, {"流水号": f"N{number}", "申报时间": "2026-02-12", "诉求": TOLD})
            said += map_leads(plugin, found.manifest.tables[0], [row], today=TODAY)
    return said


def test_every_fault_that_lies_here_is_tried() -> None:
    tried = {*BREACHES, *REFUSED, *FAILED, "speaks", "speaks_soundly"}
    assert {path.stem for path in FOLDER.glob("*.py")} == tried


def test_an_id_number_in_the_statement_is_the_citizens_own_word() -> None:
    assert [row.lead.statement for row in told("speaks_soundly") if row.lead] == [TOLD, TOLD]


@pytest.mark.parametrize("name", BREACHES)
def test_a_broken_boundary_refuses_everything_as_a_security_event(name: str) -> None:
    with pytest.raises(AdapterFailed) as failed:
        told(name)
    assert (failed.value.failure.code, failed.value.failure.security) == (BREACHES[name], True)
    assert "53018119600301100X" not in failed.value.failure.text


@pytest.mark.parametrize("name", REFUSED)
def test_a_declaration_that_is_not_what_was_said_refuses_its_row(name: str) -> None:
    for row in told(name):
        assert row.lead is None and REFUSED[name] in row.problems[0].reason


@pytest.mark.parametrize("name", FAILED)
def test_what_is_no_declaration_is_a_failure_of_the_channel(name: str) -> None:
    with pytest.raises(AdapterFailed) as failed:
        told(name)
    assert (failed.value.failure.code, failed.value.failure.security) == (FAILED[name], False)
