"""Children: whatever they do, they end in time, and reach nothing that they were not given."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from fanpin import confine, sandbox
from fanpin.confine import Policy
from fanpin.sandbox import Child, ChildFailed, Completed, RequestFailed

WALLS = sandbox.capabilities()
ANSWERER = """
import os, sys, time
from fanpin.sandbox import serve_frames

print("a library prints while it is imported")
kept = []

def answer(payload):
    word, _, rest = payload.decode().partition(" ")
    print("a library prints")
    if word == "pid":
        return str(os.getpid()).encode()
    if word == "double":
        return (rest * 2).encode()
    if word == "sleep":
        time.sleep(float(rest))
    if word == "flood":
        return b"x" * int(rest)
    if word == "grow":
        kept.append(bytearray(os.urandom(1 << 20) * int(rest)))
    if word == "die":
        os.write(2, b"last words")
        os._exit(3)
    if word == "raise":
        raise ValueError(rest)
    if word == "read":
        with open(rest, "rb") as file:
            return file.read()
    return b"done"

serve_frames(answer)
"""


@pytest.fixture
def answerer(tmp_path: Path) -> Path:
    script = tmp_path / "answerer.py"
    script.write_text(ANSWERER, encoding="utf-8")
    return script


@pytest.fixture
def child(answerer: Path) -> Iterator[Child]:
    child = Child([str(answerer)], memory_mb=512, output_limit=1 << 20, max_requests=50, max_rss_mb=128)
    yield child
    child.close()


def run_code(code: str, *, stdin: bytes = b"", wall_seconds: float = 20, cpu_seconds: int = 10, memory_mb: int = 512,
             output_limit: int = 1 << 20, **choices: object) -> Completed:
    return sandbox.run([sys.executable, "-I", "-c", code], stdin=stdin, wall_seconds=wall_seconds,
                       cpu_seconds=cpu_seconds, memory_mb=memory_mb, output_limit=output_limit, **choices)


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_the_answer_comes_back_whole() -> None:
    asked = os.urandom(600_000)
    done = run_code("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])", stdin=asked)
    assert done.ok and done.reason == "ok" and done.returncode == 0 and done.stdout == asked[::-1]


def test_a_module_of_fanpin_runs_in_the_confined_interpreter() -> None:
    done = sandbox.run(["-m", "fanpin.rules"], stdin=b"", wall_seconds=20, cpu_seconds=5, memory_mb=512,
                       output_limit=1000)
    assert "fanpin.rules.__main__" in done.stderr_tail and done.reason == "exit"
    done = sandbox.run([sys.executable, "-m", "base64", "-t"], stdin=b"", wall_seconds=20, cpu_seconds=5,
                       memory_mb=512, output_limit=10_000)
    assert b"Aladdin" in done.stdout


def test_a_script_gets_its_arguments_and_speaks_chinese(tmp_path: Path) -> None:
    script = tmp_path / "say.py"
    script.write_text("import sys; print(sys.argv[1:], '返贫')", encoding="utf-8")
    done = sandbox.run([str(script), "甲", "--flag"], stdin=b"", wall_seconds=20, cpu_seconds=5, memory_mb=512,
                       output_limit=1000)
    assert done.stdout.decode() == "['甲', '--flag'] 返贫\n"


def test_a_failing_child_says_why() -> None:
    done = run_code("raise SystemExit('no such sheet')")
    assert (done.ok, done.reason, done.returncode, done.stderr_tail) == (False, "exit", 1, "no such sheet")
    assert run_code("import os; os.kill(os.getpid(), 11)").reason == "signal"


def test_only_the_end_of_a_flood_of_complaints_is_kept() -> None:
    done = run_code("import sys; sys.stderr.write('x' * 1000000 + 'the end')")
    assert done.ok and len(done.stderr_tail) <= 4096 and done.stderr_tail.endswith("the end")


@pytest.mark.parametrize("code", [
    "import time; time.sleep(60)",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
    "import time; print('half a li', end='', flush=True); time.sleep(60)",
    "import os, time; os.close(1); os.close(2); time.sleep(60)",
])
def test_a_hanging_child_is_ended_at_the_deadline(code: str) -> None:
    began = time.monotonic()
    done = run_code(code, wall_seconds=1)
    assert done.reason == "timeout" and not done.ok and time.monotonic() - began < 5


def test_a_child_that_does_not_read_is_ended_too() -> None:
    assert run_code("import time; time.sleep(60)", stdin=bytes(1 << 20), wall_seconds=1).reason == "timeout"
    assert run_code("print('enough')", stdin=bytes(1 << 20)).stdout == b"enough\n"


def test_a_memory_bomb_hurts_only_itself() -> None:
    done = run_code("held = bytearray(2 << 30)", memory_mb=256)
    assert done.reason == "memory" and not done.ok


def test_a_spinning_child_uses_up_its_processor_time() -> None:
    done = run_code("while True: pass", cpu_seconds=1)
    assert done.reason == "cpu" and not done.ok


@pytest.mark.parametrize("code", ["while True: print('x' * 10000)", "print('x' * 10001, end='')"])
def test_a_flood_of_output_is_cut_off(code: str) -> None:
    done = run_code(code, output_limit=10_000)
    assert done.reason == "output" and not done.ok and len(done.stdout) == 10_000


def test_exactly_the_permitted_output_is_fine() -> None:
    assert run_code("print('x' * 10000, end='')", output_limit=10_000).ok


def test_a_grandchild_that_holds_the_pipe_delays_nothing() -> None:
    began = time.monotonic()
    done = run_code("import os, time\nif os.fork() == 0: time.sleep(60)\nelse: print('done', flush=True)", spawn=True)
    assert done.ok and done.stdout == b"done\n" and time.monotonic() - began < 5


def test_a_grandchild_in_a_session_of_its_own_delays_nothing() -> None:
    began = time.monotonic()
    done = run_code("import os, time\nif os.fork() == 0:\n    os.setsid(); time.sleep(4)\nelse: print('done')",
                    spawn=True)
    assert done.ok and time.monotonic() - began < 4


def test_grandchildren_end_with_the_child() -> None:
    done = run_code("import os, time\nchild = os.fork()\nif child == 0: time.sleep(60)\nelse: print(child)",
                    spawn=True)
    grandchild = Path("/proc", done.stdout.decode().strip(), "stat")
    time.sleep(0.1)
    assert not grandchild.exists() or " Z " in grandchild.read_text(encoding="ascii")


def test_the_environment_is_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANPIN_CANARY", "canary")
    code = "import os; print(sorted(os.environ.items()))"
    assert b"canary" not in run_code(code).stdout
    script = "import os, json; print(json.dumps(dict(os.environ)))"
    done = run_code(script, environment={"TZ": "Asia/Shanghai"})
    assert b'"TZ": "Asia/Shanghai"' in done.stdout and b"PATH" not in done.stdout and b"HOME" not in done.stdout


def test_a_python_child_has_an_empty_environment(tmp_path: Path) -> None:
    script = tmp_path / "environment.py"
    script.write_text("import os; print(dict(os.environ), os.getcwd())", encoding="utf-8")
    done = sandbox.run([str(script)], stdin=b"", wall_seconds=20, cpu_seconds=5, memory_mb=512, output_limit=1000)
    assert done.stdout == b"{} /\n"


def test_open_files_of_the_parent_are_not_inherited(tmp_path: Path) -> None:
    with (tmp_path / "open.txt").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        done = run_code(f"import os\ntry: os.fstat({held.fileno()}); print('open')\nexcept OSError: print('closed')")
    assert done.stdout == b"closed\n"


def test_a_lasting_child_that_hangs_ends_with_whoever_started_it(answerer: Path) -> None:
    code = ("import sys; from fanpin.sandbox import Child; child = Child([sys.argv[1]]); "
            "print(child.ask(b'pid', wall_seconds=20).decode(), flush=True); child.ask(b'sleep 600', wall_seconds=600)")
    parent = subprocess.Popen([sys.executable, "-c", code, answerer], stdout=subprocess.PIPE, text=True)
    hanging = Path("/proc", parent.stdout.readline().strip())
    assert hanging.exists()
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 20
    while hanging.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not hanging.exists()


def started() -> set[int]:
    """Return the processes that this one has started and that still live, other tests' servers and browsers among them."""
    return {int(part) for task in Path("/proc/self/task").glob("*/children") for part in task.read_text(encoding="ascii").split()}


def test_a_child_steps_back_behind_the_pages(child: Child) -> None:
    before = started()
    child.ask(b"double:1", wall_seconds=20)
    number, = started() - before
    assert os.getpriority(os.PRIO_PROCESS, number) == os.getpriority(os.PRIO_PROCESS, 0) + confine.NICENESS
    if Path("/proc/self/autogroup").exists():
        assert Path(f"/proc/{number}/autogroup").read_text(encoding="ascii").split()[-1] == str(confine.NICENESS)


def test_every_wall_stands_where_the_kernel_has_it() -> None:
    assert WALLS["children"] and WALLS["limits"] and WALLS["no_new_privileges"]
    assert set(WALLS) == {"children", "landlock", "landlock_network", "landlock_signals", "network_namespace",
                          "no_new_privileges", "seccomp", "limits"}
    assert all(isinstance(stands, bool) for stands in WALLS.values())


def test_keys_and_database_cannot_be_opened(tmp_path: Path) -> None:
    key_file = tmp_path / "keys.json"
    key_file.write_text("canary", encoding="utf-8")
    given = tmp_path / "sheet.csv"
    given.write_text("given", encoding="utf-8")
    done = run_code(f"print(open({str(given)!r}).read()); print(open({str(key_file)!r}).read())", files=[given])
    assert done.stdout.startswith(b"given")
    if WALLS["landlock"]:
        assert b"canary" not in done.stdout and "PermissionError" in done.stderr_tail


def test_nothing_is_written_but_where_permitted(tmp_path: Path) -> None:
    allowed, other = tmp_path / "allowed", tmp_path / "other"
    allowed.mkdir()
    other.mkdir()
    code = "import sys; open({!r}, 'w').write('x' * 100)"
    assert run_code(code.format(str(allowed / "out.txt")), writable=[allowed]).ok
    assert (allowed / "out.txt").stat().st_size == 100
    if WALLS["landlock"]:
        assert not run_code(code.format(str(other / "out.txt")), writable=[allowed]).ok
        assert not run_code(code.format(str(other / "out.txt"))).ok
        assert not (other / "out.txt").exists()


def test_the_parents_environment_is_out_of_reach() -> None:
    done = run_code(f"print(open('/proc/{os.getpid()}/environ', 'rb').read())")
    if WALLS["landlock"]:
        assert not done.ok and "PermissionError" in done.stderr_tail and done.stdout == b""


def test_the_folder_above_the_package_is_closed() -> None:
    root = Path(confine.PACKAGE).parent
    done = run_code(f"import os; print(os.listdir({str(root)!r}))")
    if WALLS["landlock"]:
        assert "PermissionError" in done.stderr_tail


@pytest.mark.parametrize("connect", [
    "socket.create_connection(('127.0.0.1', {port}), 2)",
    "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))",
    "socket.socket(socket.AF_UNIX).connect({path!r})",
])
def test_a_child_without_network_reaches_no_socket(tmp_path: Path, connect: str) -> None:
    # Each kind is stopped by a wall of its own: Landlock knows TCP only, the namespace knows no Unix sockets.
    path = str(tmp_path / "socket")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(path)
        unix.listen()
        done = run_code("import socket\n" + connect.format(port=tcp.getsockname()[1], path=path) + "\nprint('reached')")
    if WALLS["seccomp"] or (WALLS["network_namespace"] and "UNIX" not in connect):
        assert b"reached" not in done.stdout and not done.ok


def test_a_transport_reaches_the_network_but_not_the_databases_socket(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(path)
        unix.listen()
        port = tcp.getsockname()[1]
        done = run_code(f"import socket; socket.create_connection(('127.0.0.1', {port}), 2); print('reached')",
                        network=True)
        assert done.stdout == b"reached\n"
        if WALLS["seccomp"]:
            done = run_code(f"import socket; socket.socket(socket.AF_UNIX).connect({path!r})", network=True)
            assert "PermissionError" in done.stderr_tail


@pytest.mark.parametrize("code", [
    "import os; os.fork()",
    "import subprocess; subprocess.run(['/bin/true'])",
    "import os; os.kill(PARENT, 0)",
    "import ctypes, os; raise SystemExit(ctypes.CDLL(None).ptrace(0, 0, 0, 0) and 'refused')",
])
def test_a_child_starts_signals_and_traces_nobody(code: str) -> None:
    done = run_code(code.replace("PARENT", str(os.getpid())))
    if WALLS["seccomp"] and WALLS["landlock_signals"]:
        assert not done.ok and done.reason == "exit"


def test_a_child_may_use_threads() -> None:
    code = "from threading import Thread\nt = Thread(target=print, args=('from a thread',)); t.start(); t.join()"
    assert run_code(code).stdout == b"from a thread\n"


def test_children_run_side_by_side_and_leave_nothing_open() -> None:
    run_code("pass")
    before, answers = open_files(), []
    threads = [Thread(target=lambda number=number: answers.append(run_code(f"print({number})").stdout))
               for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [f"{number}\n".encode() for number in range(6)]
    assert open_files() == before


def test_a_missing_program_is_an_answer() -> None:
    done = sandbox.run(["/nowhere/program"], stdin=b"", wall_seconds=10, cpu_seconds=5, memory_mb=512,
                       output_limit=1000)
    assert done.reason == "exit" and "FileNotFoundError" in done.stderr_tail


def test_the_policy_survives_the_command_line() -> None:
    policy = Policy(readable=("/甲", "/b c"), writable=("/d",), network=True, cpu_seconds=5, environment=("TZ",))
    assert Policy.parse(policy.dump()) == policy


def test_one_process_answers_many_requests(child: Child) -> None:
    first = child.ask(b"pid", wall_seconds=20)
    assert child.ask(b"pid", wall_seconds=20) == first
    assert child.ask("double 公示".encode(), wall_seconds=20).decode() == "公示公示"
    assert child.ask(b"double " + b"x" * 300_000, wall_seconds=20) == b"x" * 600_000


def test_a_handler_that_raises_answers_so_and_lives_on(child: Child) -> None:
    before = child.ask(b"pid", wall_seconds=20)
    with pytest.raises(RequestFailed, match="ValueError: 缺少字形"):
        child.ask("raise 缺少字形".encode(), wall_seconds=20)
    assert child.ask(b"pid", wall_seconds=20) == before


def test_a_late_answer_ends_the_child_and_the_next_request_gets_a_new_one(child: Child) -> None:
    before = child.ask(b"pid", wall_seconds=20)
    began = time.monotonic()
    with pytest.raises(ChildFailed) as failed:
        child.ask(b"sleep 60", wall_seconds=0.5)
    assert failed.value.reason == "timeout" and time.monotonic() - began < 4
    assert child.ask(b"pid", wall_seconds=20) != before


def test_a_child_that_dies_says_its_last_words(child: Child) -> None:
    with pytest.raises(ChildFailed) as failed:
        child.ask(b"die", wall_seconds=20)
    assert failed.value.reason == "exit" and "last words" in failed.value.stderr_tail
    assert child.ask(b"double x", wall_seconds=20) == b"xx"


def test_a_child_killed_between_requests_is_replaced(child: Child) -> None:
    before = child.ask(b"pid", wall_seconds=20)
    os.kill(int(before), 9)
    time.sleep(0.2)
    assert child.ask(b"pid", wall_seconds=20) != before


def test_an_answer_beyond_the_limit_is_refused(child: Child) -> None:
    with pytest.raises(ChildFailed) as failed:
        child.ask(b"flood 2000000", wall_seconds=20)
    assert failed.value.reason == "output"
    assert len(child.ask(b"flood 1048576", wall_seconds=20)) == 1 << 20


def test_a_lasting_child_is_renewed_after_so_many_requests(answerer: Path) -> None:
    child = Child([str(answerer)], max_requests=2)
    child.start()
    pids = [child.ask(b"pid", wall_seconds=20) for _ in range(4)]
    child.close()
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_lasting_child_that_grew_fat_is_renewed(child: Child) -> None:
    before = child.ask(b"pid", wall_seconds=20)
    assert child.ask(b"grow 160", wall_seconds=20) == b"done"
    assert child.ask(b"pid", wall_seconds=20) != before


def test_a_lasting_child_is_confined_too(child: Child, tmp_path: Path) -> None:
    key_file = tmp_path / "keys.json"
    key_file.write_text("canary", encoding="utf-8")
    if WALLS["landlock"]:
        with pytest.raises(RequestFailed, match="PermissionError"):
            child.ask(f"read {key_file}".encode(), wall_seconds=20)


def test_threads_take_turns_with_one_child(child: Child) -> None:
    answers: dict[int, bytes] = {}

    def ask(number: int) -> None:
        answers[number] = child.ask(f"double {number}-".encode(), wall_seconds=20)

    threads = [Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: f"{number}-{number}-".encode() for number in range(20)}


def test_a_closed_child_leaves_nothing_behind(child: Child) -> None:
    before = open_files()
    pid = int(child.ask(b"pid", wall_seconds=20))
    child.close()
    child.close()
    assert open_files() == before and not Path("/proc", str(pid)).exists()


def test_a_lasting_child_is_python() -> None:
    with pytest.raises(ValueError, match="-m"):
        Child(["/bin/cat"])
