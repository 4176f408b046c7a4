"""The faulty adapters of `faults/`, installed nowhere: how each ends, and a sound one's samples where a test needs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket

from fanpin import sandbox
from fanpin.adapters import distributions
from fanpin.adapters.distributions import Installed

FOLDER = Path(__file__).parent / "faults"
STANDING = sandbox.capabilities()
SECRET = "母亲患病住院"
BUSY = "timeout memory cpu error output signal exit"


@dataclass(frozen=True)
class Ends:
    """How a fault ends: refused when it loads, failed with one of some codes, rows refused, or as if nothing were."""

    refused: str = ""
    codes: str = ""
    security: bool | None = None
    problem: str = ""


FINE = Ends()
WALLED = Ends(codes="error", security=True)
ENDS = {
    "sound": FINE,
    "slow": FINE,
    "prints_between_the_frames": FINE,
    "hangs_while_loading": Ends(refused="超时"),
    "hangs_before_the_first_answer": Ends(codes="timeout", security=False),
    "hangs_after_the_first_answer": Ends(codes="timeout", security=False),
    "ignores_sigterm": Ends(codes="timeout", security=False),
    "leaves_a_grandchild": WALLED,
    "raises": Ends(codes="error", security=False),
    "exits_without_a_word": Ends(codes="exit", security=False),
    "says_half_an_answer": Ends(codes="exit", security=False),
    "says_no_json": Ends(codes="malformed", security=False),
    "says_no_utf8": Ends(codes="malformed", security=False),
    "says_a_line_of_a_gigabyte": Ends(codes="output", security=False),
    "says_ten_million_lines": Ends(codes=BUSY, security=False),
    "nests_deeply": Ends(codes="malformed", security=False),
    "counts_without_numbers": Ends(codes="malformed", security=False),
    "answers_with_a_wrong_token": Ends(codes="stranger", security=True),
    "answers_about_somebody_else": Ends(codes="stranger", security=True),
    "contradicts_itself": Ends(problem="互相矛盾"),
    "tells_more_than_asked": Ends(codes="malformed", security=False),
    "hides_an_id_in_words": Ends(codes="id_inside", security=True),
    "answers_what_it_did_not_claim": Ends(codes="not_claimed", security=True),
    "knows_the_future": Ends(problem="晚于数据截止日期"),
    "counts_below_zero": Ends(problem="不小于零"),
    "writes_statements": FINE,
    "eats_memory": Ends(codes=BUSY, security=False),
    "spins": Ends(codes="timeout cpu", security=False),
    "forks_without_end": WALLED,
    "starts_threads_without_end": Ends(codes=BUSY, security=False),
    "fills_the_disk": WALLED,
    "reads_the_database": WALLED,
    "reads_the_parents_environment": WALLED,
    "connects_by_tcp": WALLED,
    "sends_by_udp": WALLED,
    "knocks_at_the_databases_socket": WALLED,
    "complains_with_secrets": Ends(codes="exit", security=False),
    "remembers": FINE,
    "throws_dice": FINE,
    "keeps_every_row": FINE,
    "looks_around": FINE,
    "prints_what_it_reads": FINE,
    "answers_wrongly": FINE,
    "speaks_a_later_version": Ends(refused="第99版约定"),
    "claims_anothers_duty": Ends(refused="由公安部门提供"),
    "wants_consent_kinds_in_bulk": Ends(refused="须经农户授权"),
    "has_no_hook": Ends(refused="fanpin_adapter"),
    "does_not_load": Ends(refused="载入出错"),
    # Without this wall of the kernel the fault would end this very process: `fanpin doctor` and the certificate say so.
    **({"kills_its_parent": WALLED} if STANDING["landlock_signals"] else {}),
}


def fault(name: str) -> Installed:
    path = FOLDER / f"{name}.py"
    return Installed("fanpin-fault", name, "", "", path, distributions.digest(path))


@contextmanager
def reached_for(folder: Path) -> Iterator[dict[str, str]]:
    """Lay out what each fault reaches for, where it would find it: a database, a listening port, a socket's path."""
    (folder / "fanpin.sqlite").write_bytes(b"SQLite format 3\0")
    with socket() as listening, socket(AF_UNIX, SOCK_STREAM) as door:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        door.bind(str(folder / "s"))
        door.listen()
        yield {"reads_the_database": str(folder / "fanpin.sqlite"), "connects_by_tcp": str(listening.getsockname()[1]),
               "knocks_at_the_databases_socket": str(folder / "s")}


def with_samples(name: str, folder: Path, *, reason: str = "就医") -> Installed:
    """Lay a fault with the sound adapter's samples in a folder of its own."""
    (folder / "samples").mkdir(parents=True)
    for module in ("well", name):
        (folder / f"{module}.py").write_text((FOLDER / f"{module}.py").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "samples" / "relief.csv").write_text(
        f"身份证号,姓名,救助金额,发放日期,救助事由\n53018119600301100X,样甲,3000,2026-01-12,{reason}\n53018119650302101X,样乙,1500,2026-01-20,\n",
        encoding="utf-8")
    (folder / "samples" / "aid.csv").write_text(
        "身份证号,姓名,救助类别,月金额\n53018119600301100X,样甲,低保,380\n53018119650302101X,样乙,特困,900\n", encoding="utf-8")
    path = folder / f"{name}.py"
    return Installed("fanpin-fault", name, "", "", path, distributions.digest(path))
