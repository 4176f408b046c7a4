"""What a certificate of an adapter says: its cases, the machine on which they were tried, and what no adapter has to prove."""

import platform
from dataclasses import dataclass
from datetime import date
from importlib import metadata

from fanpin.adapters.cases import Case, State

WALL_TITLES = {
    "children": "子进程", "landlock": "文件隔离", "landlock_network": "TCP隔离", "landlock_signals": "信号隔离",
    "network_namespace": "网络隔离", "no_new_privileges": "不得提权", "seccomp": "系统调用过滤", "limits": "内存、处理器、文件大小的限度"}


@dataclass(frozen=True)
class Report:
    """The whole certificate as a value; `ok` when no case failed."""

    name: str
    version: str
    digest: str
    title: str
    role: str
    department: str
    owner: str
    contract: int
    as_of: date
    machine: str
    cases: tuple[Case, ...]

    @property
    def ok(self) -> bool:
        """Say whether the adapter may be certified."""
        return bool(self.cases) and not self.failed

    @property
    def failed(self) -> tuple[Case, ...]:
        """Return the cases that stand in the way."""
        return tuple(case for case in self.cases if case.state is State.FAILED)

    def document(self) -> dict[str, object]:
        """Return the report as JSON holds it."""
        return {"name": self.name, "version": self.version, "digest": self.digest, "title": self.title,
                "role": self.role, "department": self.department, "owner": self.owner, "contract": self.contract, "as_of": self.as_of.isoformat(),
                "machine": self.machine, "ok": self.ok,
                "cases": [{"code": case.code, "group": case.group, "title": case.title, "state": case.state.value, "text": case.text,
                           "seconds": round(case.seconds, 2)} for case in self.cases]}


def machine() -> str:
    """Say on what the certificate was made."""
    return (f"fanpin {metadata.version('fanpin')}，Python {platform.python_version()}，"
            f"{platform.system()} {platform.release()}（{platform.machine()}）")


@dataclass(frozen=True)
class Bad:
    """One way in which an adapter may go wrong: the cases of a certificate that try this adapter for it, and the platform's
    own faulty adapters (tests/adapters/faults) that prove the wall against it, whatever is installed.
    """

    title: str
    cases: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


BAD = (
    Bad("慢，但在时限内", ("load",), ("slow",)),
    Bad("载入时、第一条答复前、第一条答复后不再动", (), (
        "hangs_while_loading", "hangs_before_the_first_answer", "hangs_after_the_first_answer")),
    Bad("不理会结束信号", (), ("ignores_sigterm",)),
    Bad("留下孙进程占着输出", ("reach",), ("leaves_a_grandchild",)),
    Bad("抛出错误", ("sample", "extreme.blank", "extreme.nothing"), ("raises",)),
    Bad("一声不响地退出", (), ("exits_without_a_word",)),
    Bad("答复到一半退出", (), ("says_half_an_answer",)),
    Bad("答复不是JSON", (), ("says_no_json",)),
    Bad("答复不是UTF-8", (), ("says_no_utf8",)),
    Bad("一行一GB", (), ("says_a_line_of_a_gigabyte",)),
    Bad("一千万行", (), ("says_ten_million_lines",)),
    Bad("嵌套十万层", (), ("nests_deeply",)),
    Bad("不是数的数（NaN、Infinity）", ("extreme.greatest",), ("counts_without_numbers", "counts_below_zero")),
    Bad("用没有给过的代号答复", ("order",), ("answers_with_a_wrong_token",)),
    Bad("答复了别人", ("order",), ("answers_about_somebody_else",)),
    Bad("对同一人同一事项答复互相矛盾", ("sample",), ("contradicts_itself",)),
    Bad("多答了没有问的字段、没有申报的事项", ("sample",), ("tells_more_than_asked", "answers_what_it_did_not_claim")),
    Bad("在文字里夹带证件号码", ("sample", "extreme.number"), ("hides_an_id_in_words",)),
    Bad("日期晚于数据截止日期", ("extreme.future", "extreme.far"), ("knows_the_future",)),
    Bad("数据库语句、网页代码、公式、改变文字方向的记号", ("extreme.sql", "extreme.html", "extreme.formula", "extreme.template"),
        ("writes_statements",)),
    Bad("内存越占越多", ("load",), ("eats_memory", "keeps_every_row")),
    Bad("占住处理器", ("load",), ("spins",)),
    Bad("不停地开进程、线程", ("reach",), ("forks_without_end", "starts_threads_without_end")),
    Bad("写满磁盘", ("reach",), ("fills_the_disk",)),
    Bad("读数据库、密钥、环境变量", ("source", "reach"), ("reads_the_database", "reads_the_parents_environment", "looks_around")),
    Bad("连到别处（TCP、UDP、数据库的套接字）", ("source", "reach"), (
        "connects_by_tcp", "sends_by_udp", "knocks_at_the_databases_socket")),
    Bad("结束上级进程", ("walls",), ("kills_its_parent",)),
    Bad("把数据写到错误输出", ("quiet",), ("complains_with_secrets", "prints_what_it_reads", "prints_between_the_frames")),
    Bad("按别的版本的约定编写", ("declaration",), ("speaks_a_later_version",)),
    Bad("申报别的部门的职责、批量提供须经授权的事项", ("declaration",), ("claims_anothers_duty", "wants_consent_kinds_in_bulk")),
    Bad("没有钩子、载入出错", ("declaration",), ("has_no_hook", "does_not_load")),
    Bad("同样的行答复不同", ("source", "order", "again"), ("remembers", "throws_dice")),
    Bad("对已知人员答错", ("known",), ("answers_wrongly",)),
)
