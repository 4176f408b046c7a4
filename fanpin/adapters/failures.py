"""How a child fails, each way as one plain sentence for the department's page and one code for the trail."""

from dataclasses import dataclass

from fanpin import sandbox
from fanpin.sandbox import ChildFailed, RequestFailed

READING, MAPPING, LOADING, FETCHING, SENDING = "读取表格", "适配器处理数据", "适配器载入", "从部门系统取数", "向平台发送"


@dataclass(frozen=True)
class Failure:
    """Why nothing was taken: a stable code, the sentence, what the child complained, whether it breaks the boundary.

    `blames` is false where the core's own child failed at a sheet: that is no fault of the department's adapter.
    """

    code: str
    text: str
    detail: str = ""
    security: bool = False
    blames: bool = True


class AdapterFailed(Exception):
    """A child gave no usable answer; nothing of it is kept."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


SENTENCES = {
    sandbox.TIMEOUT: "{what}超时，已中止",
    sandbox.OUTPUT: "{what}给出的内容过多，已中止",
    sandbox.MEMORY: "{what}占用内存过多，已中止",
    sandbox.CPU: "{what}占用处理器过久，已中止",
    sandbox.SIGNAL: "{what}时程序崩溃",
    sandbox.EXIT: "{what}时程序自行退出，没有给出答复",
    "error": "{what}时出错",
    "malformed": "{what}给出的内容不符合约定",
}
DEVELOPER = "请联系适配器的开发人员"
ADVICE = {READING: "请用表格软件打开后另存为 .xlsx、或拆成几个文件再上传", FETCHING: "请检查部门系统的地址、账号和网络",
          SENDING: "请检查平台的地址、账号和网络"}
# A wall that was run into shows as a refused permission in what the child complains.
WALLS = ("PermissionError", "Operation not permitted", "Permission denied")
# Sentences that children say of themselves may hold a value of a row; only the kind of error is kept.
LONGEST_DETAIL = 80


def failure_of(error: Exception, what: str) -> Failure:
    """Turn what a child met into a failure; nothing that it wrote is repeated but the name of its error."""
    if isinstance(error, ChildFailed):
        code, said = error.reason, error.stderr_tail
    elif isinstance(error, RequestFailed):
        code, said = "error", str(error)
    else:
        code, said = "malformed", type(error).__name__
    walled = any(mark in said for mark in WALLS)
    sentence = SENTENCES.get(code, SENTENCES["error"]).format(what=what)
    return Failure(code, f"{sentence}；数据没有采用，{ADVICE.get(what, DEVELOPER)}", _kind(said), walled and what not in (FETCHING, SENDING),
                   what not in (READING, FETCHING))


def _kind(said: str) -> str:
    """Return the name of the error alone: its message may quote a row."""
    last = said.splitlines()[-1] if said.splitlines() else ""
    name = last.partition(":")[0].strip()
    return name[:LONGEST_DETAIL] if name.replace(".", "").replace("_", "").isalnum() and name.isascii() else ""
