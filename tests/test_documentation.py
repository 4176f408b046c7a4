"""The documentation names every command and script, and none that does not exist."""

import re
from collections.abc import Iterator

import click

from fanpin.blueprints.presenting import menu_for
from fanpin.cli import commands
from fanpin.rules.roles import Role
from tests.house import ROOT, ours

MANUAL = (ROOT / "docs" / "用户手册.md").read_text(encoding="utf-8")
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def _told() -> str:
    return "\n".join(text for _, text in ours("README.md", "docs"))


def _paths(command: click.Command, before: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            following = command.get_command(context, name)
            assert following is not None
            yield from _paths(following, f"{before} {name}")
    else:
        yield before


def test_every_command_is_in_the_documentation() -> None:
    """In full, or after its group on the same line: `fanpin worker run`, `drain`."""
    told = _told()
    every = list(_paths(commands, "fanpin"))
    assert len(every) > 10
    assert [command for command in every if not _is_told(command, told)] == []


def _is_told(command: str, told: str) -> bool:
    group, _, name = command.rpartition(" ")
    together = rf"`{re.escape(group)} [a-z]+`[^|\n]*`{re.escape(name)}`"
    return re.search(rf"{re.escape(command)}\b|{together}", told) is not None


def test_a_command_is_told_in_full_or_after_its_group() -> None:
    told = "| `fanpin worker run`, `drain` | what is due now |\n`dead` `fanpin db check`"
    assert [name for name in ("fanpin worker run", "fanpin worker drain", "fanpin worker dead", "fanpin db check", "fanpin drain")
            if _is_told(name, told)] == ["fanpin worker run", "fanpin worker drain", "fanpin db check"]


def test_the_documentation_names_no_command_that_does_not_exist() -> None:
    exist = {tuple(command.split()) for command in _paths(commands, "fanpin")}
    told = {tuple(match[0].split()) for code in CODE.findall(_told())
            for match in re.finditer(r"(?<![\w/.-])fanpin(?: [a-z][a-z-]*)+", code)}
    assert len(told) > 10
    assert sorted(" ".join(name) for name in told
                  if not any(name[:len(one)] == one or one[:len(name)] == name for one in exist)) == []


def test_every_script_is_in_the_documentation() -> None:
    scripts = [path.name for path in (ROOT / "script").iterdir() if path.is_file()]
    assert [name for name in sorted(scripts) if not re.search(rf"script/{re.escape(name)}\b", _told())] == []


def test_the_manual_names_menu_entries_as_the_pages_do() -> None:
    entries = {title for role in Role for title, _ in menu_for(role)}
    told = {word for words in re.findall("菜单((?:“[^”]+”)+)", MANUAL) for word in re.findall("“([^”]+)”", words)}
    assert len(told) > 20
    assert told - entries == set()


def test_the_manual_tells_a_month_in_each_of_its_chapters_for_a_post() -> None:
    chapters = re.split(r"^## ", MANUAL, flags=re.MULTILINE)
    posts = [chapter for chapter in chapters if re.match("[一二三四五六七八九十]+、", chapter)]
    assert len(posts) == 11
    assert [chapter.splitlines()[0] for chapter in posts if "### 一个月怎么过" not in chapter] == []


def test_links_within_the_manual_lead_to_a_heading() -> None:
    headings = {re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") for words in re.findall(r"^#+ (.*)$", MANUAL, re.MULTILINE)}
    links = re.findall(r"\]\(#([^)]+)\)", MANUAL)
    assert len(links) > 10
    assert [link for link in links if link not in headings] == []
