"""A plugin written for an earlier contract keeps working as it is; one that this platform cannot know is refused with the reason."""

from pathlib import Path

import pytest

from fanpin import adapters
from fanpin.adapters import distributions, run
from fanpin.adapters.certify import certify
from fanpin.adapters.trial import try_sheet
from fanpin.adapters.versions import CONTRACT, OLDEST, PluginRole, refusal
from tests.adapters.samples import written
from tests.conftest import TODAY

FROZEN = Path(__file__).parent / "frozen" / "contract_1"
FIRST = {
    "NONE", "Adapter", "Department", "Fact", "Reply", "Row", "Setting", "SettingType", "Table", "Transport", "amount", "bulk",
    "certificate", "code", "count", "day", "head_id", "head_name", "hookimpl", "id_number", "month", "person_name",
    "question", "text", "village", "year",
}


def test_an_adapter_of_the_first_contract_works_as_it_was_written() -> None:
    found = run.declared(distributions.in_folder(FROZEN))
    assert found.problems == () and found.manifest is not None
    assert (found.manifest.contract, found.manifest.role) == (1, PluginRole.DEPARTMENT)
    trial = try_sheet(found.installed, found.manifest, FROZEN / "samples" / "cost.csv", as_of=TODAY)
    assert [[fact.amount for fact in row.facts] for row in trial.mapped] == [[620_050], []]
    assert trial.problems == ()


def test_an_adapter_of_the_first_contract_is_still_certified() -> None:
    report = certify(distributions.in_folder(FROZEN), as_of=TODAY, load_rows=200)
    assert report.ok and report.contract == 1


def test_nothing_of_the_first_contract_was_taken_away() -> None:
    assert FIRST - set(adapters.__all__) == set()


@pytest.mark.parametrize(("stated", "reason"), [
    (CONTRACT + 1, f"只支持到第{CONTRACT}版，请升级平台"),
    (OLDEST - 1, f"已不支持第{OLDEST}版以前的约定，请开发人员按第{CONTRACT}版改写"),
])
def test_a_later_or_too_old_one_is_refused_with_the_reason(stated: int, reason: str, tmp_path: Path) -> None:
    installed = written(tmp_path, "return row.declared()", ('title = "医保', f'contract = {stated}\n    title = "医保'))
    found = run.declared(installed)
    assert found.manifest is None and not found.ok
    assert len(found.problems) == 1 and reason in found.problems[0]


def test_a_later_one_is_refused_before_its_declaration_is_read(tmp_path: Path) -> None:
    installed = written(tmp_path, "return row.declared()", ('title = "医保', f'contract = {CONTRACT + 1}\n    title = "医保'),
                        ("    def of_row", "    def manifest(self):\n        return {'new': 'form'}\n\n    def of_row"))
    assert f"第{CONTRACT + 1}版约定" in run.declared(installed).problems[0]


def test_every_supported_version_of_every_role_is_taken_from_when_it_was_known() -> None:
    taken = {(role.value, contract) for role in PluginRole for contract in range(5) if not refusal(contract, role)}
    assert taken == {("department", 1), ("department", 2), ("channel", 2), ("outlet", 2)}
    assert "申报渠道从第2版约定起才有" in refusal(1, PluginRole.CHANNEL)
