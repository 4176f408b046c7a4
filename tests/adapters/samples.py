"""An invented adapter as source text, installed nowhere: tests change one line of it and see what happens."""

from pathlib import Path

from fanpin.adapters import distributions, run
from fanpin.adapters.distributions import Installed
from fanpin.adapters.manifest import Manifest
from fanpin.adapters.wire import ReadRow

SOURCE = '''
"""An invented adapter."""
import os, socket, sys, time
from datetime import date
from fanpin.adapters import (
    Adapter, Department, Fact, Reply, Setting, Table, amount, bulk, code, day, hookimpl, id_number, person_name, question, text,
)

class Invented(Adapter):
    name = "fanpin-invented"
    title = "医保部门：试验"
    department = Department.MEDICAL_INSURANCE
    settings = (Setting(name="line", title="标准", default="100"), Setting(name="password", title="口令", secret=True))
    tables = (Table("stays", "住院", (
        id_number(), person_name(required=False), day("结算日期", required=True), amount("自付", required=True), text("备注"),
    ), (bulk("high_medical_cost", amount="自付", date="结算日期"),)),)

    def of_row(self, row):
        {body}

@hookimpl
def fanpin_adapter():
    return Invented()
'''
ROW = ReadRow(2, {"id_number": "53010219600301101X", "name": "样甲"}, {"结算日期": "2026-01-12", "自付": 500_000})


def written(folder: Path, body: str = "return row.declared()", *changes: tuple[str, str]) -> Installed:
    """Write the module with a body of `of_row` and other text changed, and return where it lies."""
    source = SOURCE.replace("{body}", body)
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    (folder / "fanpin_invented.py").write_text(source, encoding="utf-8")
    return distributions.in_folder(folder)


def manifest_of(installed: Installed) -> Manifest:
    """Return the declaration of an adapter that is fine."""
    found = run.declared(installed)
    assert found.problems == () and found.manifest is not None
    return found.manifest


ASKING = (("bulk(\"high_medical_cost\", amount=\"自付\", date=\"结算日期\")", "question(\"medical_cost\", amount=\"自付\")"),)
