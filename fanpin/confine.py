"""Confine this process, then run the target in it: the first code of every child, standard library only.

Started as `python -I -S -c START PLACES POLICY COMMAND…`, so that nothing foreign is imported before the walls stand: without the
site module no `.pth` file and no sitecustomize of anybody's distribution is run.
"""

import ctypes
import json
import os
import resource
import runpy
import signal
import struct
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

# The package is imported empty before the walls stand: the folder above it may hold the instance and stays closed.
START = "import sys; sys.path += sys.argv.pop(1).split(':'); from fanpin.confine import main; main(sys.argv[1:])"
PACKAGE = os.path.dirname(os.path.abspath(__file__))
FRAMES_IN, FRAMES_OUT = 198, 199
SETUP_FAILED = 125
OPEN_FILES = 256
WRITTEN_FILE_MB = 1024
NICENESS, TRIES, PAUSE_SECONDS = 5, 5, 0.03
LOOK_SECONDS = 5.0

SYSTEM_PATHS = (
    "/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/mime.types", "/etc/localtime",
    "/etc/ssl/openssl.cnf", "/var/cache/fontconfig", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
)
NETWORK_PATHS = (
    "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf", "/etc/services",
    "/etc/protocols", "/etc/ssl",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


@dataclass(frozen=True)
class Policy:
    """What the child may do; travels as JSON on the command line and holds no secret."""

    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    network: bool = False
    ports: tuple[int, ...] = ()
    spawn: bool = False
    frames: bool = False
    memory_mb: int = 1024
    cpu_seconds: int | None = None
    environment: tuple[str, ...] = ()
    parent: int | None = None

    def dump(self) -> str:
        """Return the policy as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the policy back."""
        values = json.loads(text)
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


_libc = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
CLONE_NEWNET, CLONE_NEWUSER = 0x40000000, 0x10000000


def confine(policy: Policy) -> dict[str, bool]:
    """Put up every wall that this kernel offers, in the only order that works; say which stand."""
    os.umask(0o077)
    for name in set(os.environ) - set(policy.environment):
        del os.environ[name]
    if policy.parent is not None:
        (_look_after if policy.frames else _die_with)(policy.parent)
    _step_back()
    no_new_privileges = _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    namespace = False if policy.network else _leave_network()
    _drop_capabilities()
    abi = _landlock_abi()
    if abi > 0:
        _landlock(policy, abi)
    return {
        "landlock": abi > 0,
        "landlock_network": abi >= 4,
        "landlock_signals": abi >= 6,
        "network_namespace": namespace,
        "no_new_privileges": no_new_privileges,
        "seccomp": _filter_syscalls(policy),
        "limits": _limit(policy),
    }


def _die_with(parent: int) -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(SETUP_FAILED)


def _look_after(parent: int) -> None:
    """End some seconds after the parent: the kernel would do so when one of the threads ends that share a lasting child."""
    def look(_number: int, _frame: object) -> None:
        if os.getppid() != parent:
            os._exit(SETUP_FAILED)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, LOOK_SECONDS, LOOK_SECONDS)


def _step_back() -> None:
    """Leave the processor to the pages: a child that computes, or one department's many, must not make a desk slow."""
    os.nice(NICENESS)
    # Where the kernel weighs sessions before processes, the child's own session has to step back, too.
    for _ in range(TRIES):
        try:
            Path("/proc/self/autogroup").write_text(str(NICENESS), encoding="ascii")
        except BlockingIOError:
            # Only so many may say so at a time.
            time.sleep(PAUSE_SECONDS)
        except OSError:
            return
        else:
            return


def _leave_network() -> bool:
    if _libc.unshare(CLONE_NEWNET) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if _libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    # Without a map the process would be "nobody" and could not open its own files.
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(line, encoding="ascii")
    return True


def _drop_capabilities() -> None:
    header = struct.pack("=Ii", 0x20080522, 0)
    _libc.capset(header, bytes(24))


def _limit(policy: Policy) -> bool:
    memory = policy.memory_mb << 20
    limits = [(resource.RLIMIT_AS, memory), (resource.RLIMIT_NOFILE, OPEN_FILES), (resource.RLIMIT_CORE, 0),
              (resource.RLIMIT_FSIZE, WRITTEN_FILE_MB << 20 if policy.writable else 0)]
    for kind, value in limits:
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))
    if policy.cpu_seconds is not None:
        resource.setrlimit(resource.RLIMIT_CPU, (policy.cpu_seconds, policy.cpu_seconds + 1))
    return True


# Landlock: nothing may be opened but what is named.

LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, TRUNCATE, IOCTL_DEV = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
READ = EXECUTE | READ_FILE | READ_DIR
BIND_AND_CONNECT_TCP, CONNECT_TCP, SCOPE_SOCKETS_AND_SIGNALS = 0b11, 0b10, 0b11
NAMES_PORT = 53


def _landlock_abi() -> int:
    return _libc.syscall(LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))


def _landlock(policy: Policy, abi: int) -> None:
    bits = 13 if abi < 2 else 14 if abi < 3 else 15 if abi < 5 else 16
    every = (1 << bits) - 1
    fields = [every]
    if abi >= 4:
        # A transport that knows its port connects to no other; the names' server answers by UDP or on its own port.
        fields.append(0 if policy.network and not policy.ports else BIND_AND_CONNECT_TCP)
    if abi >= 6:
        fields.append(SCOPE_SOCKETS_AND_SIGNALS)
    attribute = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = _libc.syscall(LANDLOCK_CREATE, attribute, ctypes.c_size_t(len(attribute)), ctypes.c_uint32(0))
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "Landlock made no rule set")
    readable = (*SYSTEM_PATHS, *(NETWORK_PATHS if policy.network else ()), sys.prefix, sys.base_prefix,
                PACKAGE, *policy.readable)
    for path in readable:
        _allow(ruleset, path, READ & every)
    for path in DEVICES:
        _allow(ruleset, path, (READ_FILE | WRITE_FILE) & every)
    for path in policy.writable:
        _allow(ruleset, path, every & ~EXECUTE)
    for port in (*policy.ports, NAMES_PORT) if abi >= 4 and policy.ports else ():
        _allow_port(ruleset, port)
    if _libc.syscall(LANDLOCK_RESTRICT, ruleset, ctypes.c_uint32(0)) != 0:
        raise OSError(ctypes.get_errno(), "Landlock did not take the rule set")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = rights if os.path.isdir(path) else rights & FILE_RIGHTS
        rule = struct.pack("=Qi", rights, handle)
        if _libc.syscall(LANDLOCK_ADD, ruleset, ctypes.c_uint32(1), rule, ctypes.c_uint32(0)) != 0:
            raise OSError(ctypes.get_errno(), f"Landlock did not take {path}")
    finally:
        os.close(handle)


def _allow_port(ruleset: int, port: int) -> None:
    rule = struct.pack("=QQ", CONNECT_TCP, port)
    if _libc.syscall(LANDLOCK_ADD, ruleset, ctypes.c_uint32(2), rule, ctypes.c_uint32(0)) != 0:
        raise OSError(ctypes.get_errno(), f"Landlock did not take port {port}")


# seccomp: Landlock stops neither Unix sockets nor UDP nor new processes.

ALLOW, REFUSE, ABSENT = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38
CLONE_THREAD, AF_UNIX = 0x00010000, 1
AT_NUMBER, AT_ARCHITECTURE, AT_FIRST_ARGUMENT = 0, 4, 16
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06

FOREIGN_ABI = 0x40000000
ARCHITECTURES = {
    "x86_64": (0xC000003E, {
        "socket": 41, "clone": 56, "clone3": 435, "fork": 57, "vfork": 58, "ptrace": 101, "mount": 165, "unshare": 272,
        "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321, "userfaultfd": 323,
        "add_key": 248, "request_key": 249, "keyctl": 250, "perf_event_open": 298, "open_by_handle_at": 304,
        "io_uring_setup": 425, "pidfd_getfd": 438, "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240,
        "setpriority": 141, "ioprio_set": 251, "kcmp": 312, "kill": 62, "tkill": 200, "tgkill": 234, "prlimit64": 302,
        "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "sched_setparam": 142, "sched_setscheduler": 144,
        "sched_setaffinity": 203, "sched_setattr": 314, "migrate_pages": 256, "move_pages": 279, "pidfd_open": 434}),
    "aarch64": (0xC00000B7, {
        "socket": 198, "clone": 220, "clone3": 435, "ptrace": 117, "mount": 40, "unshare": 97,
        "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "bpf": 280, "userfaultfd": 282,
        "add_key": 217, "request_key": 218, "keyctl": 219, "perf_event_open": 241, "open_by_handle_at": 265,
        "io_uring_setup": 425, "pidfd_getfd": 438, "shmget": 194, "semget": 190, "msgget": 186, "mq_open": 180,
        "setpriority": 140, "ioprio_set": 30, "kcmp": 272, "kill": 129, "tkill": 130, "tgkill": 131, "prlimit64": 261,
        "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "sched_setparam": 118, "sched_setscheduler": 119,
        "sched_setaffinity": 122, "sched_setattr": 274, "migrate_pages": 238, "move_pages": 239, "pidfd_open": 434}),
}
# What acts upon a process named by its number: a child may name itself. Of the same user, the server could be named, too.
ON_ITSELF = ("prlimit64", "sched_setparam", "sched_setscheduler", "sched_setaffinity", "sched_setattr", "migrate_pages",
             "move_pages")
# One that starts processes has to end them, too.
ON_ITSELF_ALONE = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open")
DECIDED_BELOW = ("socket", "clone", "clone3", "fork", "vfork", "tkill", *ON_ITSELF, *ON_ITSELF_ALONE)


def _filter_syscalls(policy: Policy) -> bool:
    if os.uname().machine not in ARCHITECTURES:
        return False
    program = _program(policy, *ARCHITECTURES[os.uname().machine])
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    header = struct.pack("@HP", len(program), ctypes.addressof(code))
    return _libc.prctl(PR_SET_SECCOMP, 2, header, 0, 0) == 0


def _program(policy: Policy, architecture: int, numbers: dict[str, int]) -> list[tuple[int, int, int, int]]:
    def refuse(name: str, answer: int = REFUSE) -> list[tuple[int, int, int, int]]:
        return [(JUMP_EQUAL, 0, 1, numbers[name]), (RETURN, 0, 0, answer)] if name in numbers else []

    program = [(LOAD, 0, 0, AT_ARCHITECTURE), (JUMP_EQUAL, 1, 0, architecture), (RETURN, 0, 0, REFUSE),
               (LOAD, 0, 0, AT_NUMBER), (JUMP_AT_LEAST, 0, 1, FOREIGN_ABI), (RETURN, 0, 0, REFUSE)]
    for name in numbers:
        program += refuse(name) if name not in DECIDED_BELOW else []
    for name in (*ON_ITSELF, *(() if policy.spawn else ON_ITSELF_ALONE)):
        program += [(JUMP_EQUAL, 0, 5, numbers[name]), (LOAD, 0, 0, AT_FIRST_ARGUMENT), (JUMP_EQUAL, 2, 0, 0),
                    (JUMP_EQUAL, 1, 0, os.getpid()), (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    if not policy.spawn:
        program += refuse("tkill")
        # The C library falls back from clone3, whose flags a filter cannot read, to clone.
        program += refuse("fork") + refuse("vfork") + refuse("clone3", ABSENT)
        program += [(JUMP_EQUAL, 0, 4, numbers["clone"]), (LOAD, 0, 0, AT_FIRST_ARGUMENT),
                    (JUMP_ANY_BIT, 1, 0, CLONE_THREAD), (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    if policy.network:
        # Even a transport has no business with the database's socket file.
        program += [(JUMP_EQUAL, 0, 3, numbers["socket"]), (LOAD, 0, 0, AT_FIRST_ARGUMENT),
                    (JUMP_EQUAL, 0, 1, AF_UNIX), (RETURN, 0, 0, REFUSE)]
    else:
        program += refuse("socket")
    return [*program, (RETURN, 0, 0, ALLOW)]


def main(arguments: Sequence[str]) -> None:
    """Confine, then become the command: a module or script in this interpreter, or another program."""
    policy, command = Policy.parse(arguments[0]), list(arguments[1:])
    if policy.frames:
        _set_frames_apart()
    walls = confine(policy)
    if not command:
        print(json.dumps(walls))
        return
    if command[0] == sys.executable and command[1:2] == ["-m"]:
        del command[0]
    if command[0] == "-m":
        sys.argv = command[1:]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    elif command[0].endswith(".py"):
        sys.argv = command
        runpy.run_path(command[0], run_name="__main__")
    else:
        os.execve(command[0], command, os.environ)


def _set_frames_apart() -> None:
    # What a library prints must not get between the frames.
    os.dup2(0, FRAMES_IN, inheritable=False)
    os.dup2(1, FRAMES_OUT, inheritable=False)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)

