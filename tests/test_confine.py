"""Walls around a child: it acts upon no process but itself, and leaves nothing behind in the machine's memory."""

import os
import resource

import pytest

from fanpin import sandbox
from tests.test_sandbox import run_code

WALLS = sandbox.capabilities()
# The process that a test runs in; written into a case only when it runs, so that every process names it alike.
PARENT = str(os.getpid())


@pytest.mark.parametrize("act", [
    "resource.prlimit(PARENT, resource.RLIMIT_NOFILE, (100, 100))",
    "resource.prlimit(PARENT, resource.RLIMIT_CPU)",
    "os.sched_setaffinity(PARENT, [0])",
    "os.sched_setscheduler(PARENT, os.SCHED_BATCH, os.sched_param(0))",
    "os.setpriority(os.PRIO_PROCESS, PARENT, 19)",
    "os.kill(PARENT, 0)",
    "os.kill(-1, 0)",
    "signal.pidfd_send_signal(os.pidfd_open(PARENT), 0)",
])
def test_a_child_acts_upon_no_other_process(act: str) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    done = run_code(f"import os, resource, signal; {act.replace('PARENT', PARENT)}; print('reached')")
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
    if WALLS["seccomp"]:
        assert b"reached" not in done.stdout and "PermissionError" in done.stderr_tail


@pytest.mark.parametrize("act", [
    "resource.prlimit(0, resource.RLIMIT_NOFILE)", "resource.getrlimit(resource.RLIMIT_CPU)", "os.sched_setaffinity(0, [0])",
    "os.sched_setaffinity(os.getpid(), [0])", "os.kill(os.getpid(), 0)", "signal.raise_signal(signal.SIGCONT)",
])
def test_a_child_acts_upon_itself_as_always(act: str) -> None:
    assert run_code(f"import os, resource, signal; {act}; print('reached')").stdout == b"reached\n"


def test_a_child_that_starts_processes_ends_them() -> None:
    done = run_code("import os, time\nchild = os.fork()\nif child == 0: time.sleep(60)\n"
                    "os.kill(child, 9); print(os.waitpid(child, 0)[1])", spawn=True)
    assert done.stdout == b"9\n"


@pytest.mark.parametrize("act", ["shmget(0, 4096, 0o1600)", "semget(0, 1, 0o1600)", "msgget(0, 0o1600)",
                                 "syscall(240 if __import__('os').uname().machine == 'x86_64' else 180, b'left', 0o102, 0o600, 0)"])
def test_a_child_leaves_nothing_in_the_machines_memory(act: str) -> None:
    if WALLS["seccomp"]:
        done = run_code(f"import ctypes; libc = ctypes.CDLL(None, use_errno=True); print(libc.{act}, ctypes.get_errno())")
        assert done.stdout == b"-1 1\n"


def test_a_file_in_memory_counts_as_a_written_file() -> None:
    done = run_code("import os; os.write(os.memfd_create('x'), b'x' * 100); print('written')")
    assert b"written" not in done.stdout


def test_threads_are_bounded_by_memory() -> None:
    done = run_code("import threading, time\nfor n in range(100_000):\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
                    memory_mb=256, wall_seconds=20)
    assert not done.ok and done.reason in ("exit", "memory", "signal")


def test_the_walls_are_numbered_for_both_architectures() -> None:
    named = {machine: set(numbers) for machine, (_, numbers) in sandbox.confine.ARCHITECTURES.items()}
    assert named["x86_64"] - named["aarch64"] == {"fork", "vfork"} and not named["aarch64"] - named["x86_64"]
    for _, numbers in sandbox.confine.ARCHITECTURES.values():
        assert len(set(numbers.values())) == len(numbers)
