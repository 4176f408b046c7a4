"""The commands of docs/adapter-operations.md, one after the other, on an installation with the built wheel alone."""

import re

import pytest

from tests.house import ROOT
from tests.test_adapter_tutorial import Fresh, fresh

__all__ = ["fresh"]

PAGE = (ROOT / "docs" / "adapter-operations.md").read_text(encoding="utf-8")
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def server(fresh: Fresh) -> Fresh:
    """Set up a county's installation, and the two wheel files that its department handed in."""
    fresh.run("fanpin init --county 530602 --admin-names 甲 乙 丙")
    fresh.run("fanpin adapter new shuiwu --department other --kind business_activity --title 税务部门")
    for version in ("1.0", "1.1"):
        fresh.run(f"sed -i 's/^version = .*/version = \"{version}\"/' fanpin-shuiwu/pyproject.toml")
        fresh.run("python -m pip wheel --quiet --no-index --no-deps --no-build-isolation -w dist ./fanpin-shuiwu")
    return fresh


def test_every_command_of_the_page_does_what_it_says(server: Fresh) -> None:
    said = []
    for block in CONSOLE.findall(PAGE):
        for line in block.splitlines():
            assert line.startswith("$ "), line
            said.append((line[2:], server.run(line[2:])))
    refreshed = [out for line, out in said if line == "fanpin adapter refresh"]
    assert [word in out for word, out in zip(("新增  fanpin-shuiwu 1.0", "新增  fanpin-shuiwu 1.1", "已卸载  fanpin-shuiwu 1.1",
                                              "已卸载  fanpin-shuiwu 1.0"), refreshed, strict=True)] == [True] * 4
    assert all(out.endswith("检查通过。\n") for line, out in said if line.startswith("fanpin adapter check"))
    assert "已知人员" in said[-1][1] and "已停用fanpin-shuiwu的2个版本" in next(out for line, out in said if "revoke" in line)
