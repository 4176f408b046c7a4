"""What the policy asks, sentence by sentence, with the code and the tests that answer for it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click

from fanpin.resources import directory

LEDGER = "policy.csv"
DOCUMENT = "云巩固振兴组〔2021〕1号"


@dataclass(frozen=True)
class Sentence:
    """One sentence of the policy, or one actor's duty in it."""

    key: str
    clause: str
    who: str
    text: str
    code: tuple[str, ...]
    tests: tuple[str, ...]
    later: str

    @property
    def answered(self) -> bool:
        """Say whether code and at least one test answer for the sentence."""
        return bool(self.code and self.tests)


def sentences() -> Iterator[Sentence]:
    """Read the ledger."""
    with (directory("data") / LEDGER).open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            yield Sentence(row["key"], row["clause"], row["who"], row["sentence"], _split(row["code"]),
                           _split(row["tests"]), row["later"])


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


def missing_code(sentence: Sentence) -> list[str]:
    """Return the references of a sentence to code that does not exist."""
    return [reference for reference in sentence.code if not _exists(reference)]


def _exists(reference: str) -> bool:
    module, _, name = reference.partition(":")
    try:
        return hasattr(import_module(module), name)
    except ModuleNotFoundError:
        return False


@click.command(name="policy")
@click.option("--markdown", type=click.Path(dir_okay=False, path_type=Path), help="写成 docs/clauses.md 那样的文件。")
@click.option("--empty", is_flag=True, help="只列还没有代码或测试的句子。")
def command(markdown: Path | None, empty: bool) -> None:
    """逐句列出政策要求、对应的代码和测试。"""
    rows = list(sentences())
    if markdown is not None:
        markdown.write_text(as_markdown(rows), encoding="utf-8")
        click.echo(f"已写入 {markdown}")
        return
    for row in rows:
        if empty and row.answered:
            continue
        state = "后续" if row.later else ("有" if row.answered else "缺")
        click.echo(f"{row.key:<6}{row.clause:<6}[{state}] {row.text}（{row.who}）")
        for label, values in (("代码", row.code), ("测试", row.tests)):
            for value in values:
                click.echo(f"            {label} {value}")
        if row.later:
            click.echo(f"            说明 {row.later}")
    done, later = sum(row.answered for row in rows), sum(bool(row.later) for row in rows)
    click.echo(f"\n{DOCUMENT}：共{len(rows)}句，{done}句有代码和测试，{later}句留待下一阶段，{len(rows) - done - later}句空缺。")


def as_markdown(rows: list[Sentence]) -> str:
    """Return the ledger as a table."""
    lines = ["# Clauses", "", f"Made by `fanpin policy --markdown docs/clauses.md` from `fanpin/data/{LEDGER}`: every sentence of",
             f"{DOCUMENT} and every actor's duty, with the code and the tests that answer for it.", "",
             "| key | clause | who | sentence | code | tests |", "|---|---|---|---|---|---|"]
    for row in rows:
        code = "<br>".join(f"`{value}`" for value in row.code) or row.later
        tests = "<br>".join(f"`{value}`" for value in row.tests)
        lines.append(f"| {row.key} | {row.clause} | {row.who} | {row.text} | {code} | {tests} |")
    return "\n".join(lines) + "\n"
