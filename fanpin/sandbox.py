"""The one runner of child processes: adapters, papers, uploads, screening."""

import contextlib
import functools
import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import BinaryIO

from fanpin import confine
from fanpin.confine import FRAMES_IN, FRAMES_OUT, Policy

OK, EXIT, TIMEOUT, OUTPUT, MEMORY, CPU, SIGNAL = "ok", "exit", "timeout", "output", "memory", "cpu", "signal"
ANSWERED, FAILED = 0, 1
ERROR_TAIL = 4096
CHUNK = 1 << 16
DRAIN_SECONDS = 0.2
FRAME = struct.Struct(">IB")
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Completed:
    """How a child ended: `reason` is ok, exit, timeout, output, memory, cpu or signal."""

    returncode: int
    stdout: bytes
    stderr_tail: str
    reason: str

    @property
    def ok(self) -> bool:
        """Tell whether the child ended by itself and without complaint."""
        return self.reason == OK


class ChildFailed(Exception):
    """The child gave no answer and was ended; the next request starts a new one."""

    def __init__(self, reason: str, stderr_tail: str) -> None:
        super().__init__(f"{reason}: {stderr_tail}" if stderr_tail else reason)
        self.reason, self.stderr_tail = reason, stderr_tail


class RequestFailed(Exception):
    """The child's handler raised; the child lives on."""


def run(command: Sequence[str], *, stdin: bytes, wall_seconds: float, cpu_seconds: int, memory_mb: int,
        output_limit: int, files: Sequence[Path] = (), writable: Sequence[Path] = (), network: bool = False,
        spawn: bool = False, environment: Mapping[str, str] = NOTHING, ports: Sequence[int] = ()) -> Completed:
    """Run a command confined, feed it, and return what it said before the deadline.

    The command is `-m module`, a script's path or a program's absolute path, with arguments. The child reads
    Python, system libraries, fonts and `files`; it writes `writable` only; `spawn` lets it start processes. With a
    network and `ports` it connects to those alone, where the kernel can hold it to them.
    """
    policy = Policy(readable=(sys.prefix, *_names(files, command)), writable=_names(writable), network=network, spawn=spawn,
                    ports=tuple(ports), memory_mb=memory_mb, cpu_seconds=cpu_seconds, environment=tuple(environment),
                    parent=os.getpid())
    process = _Process(_start(policy, command, environment))
    try:
        reason = process.converse(stdin, deadline=time.monotonic() + wall_seconds, limit=output_limit)
        process.kill()
        process.drain(output_limit)
        return _completed(process, reason, output_limit)
    finally:
        process.close()


class Child:
    """A confined process kept for many requests, each a frame in and a frame out.

    It is started when first asked, and again after `max_requests`, above `max_rss_mb`, or when it died. `heard` is the
    end of what it printed beside its last answer.
    """

    def __init__(self, command: Sequence[str], *, memory_mb: int = 2048, output_limit: int = 64 << 20,
                 files: Sequence[Path] = (), writable: Sequence[Path] = (), network: bool = False,
                 environment: Mapping[str, str] = NOTHING, max_requests: int = 200, max_rss_mb: int = 768,
                 cpu_seconds: int | None = None, ports: Sequence[int] = ()) -> None:
        if command[0] != "-m" and not command[0].endswith(".py"):
            raise ValueError("a lasting child is Python: its command begins with -m or a script's path")
        self._command, self._environment = tuple(command), dict(environment)
        self._policy = Policy(readable=(sys.prefix, *_names(files, command)), writable=_names(writable), network=network, frames=True, ports=tuple(ports),
                              memory_mb=memory_mb, cpu_seconds=cpu_seconds, environment=tuple(environment))
        self._output_limit, self._max_requests, self._max_rss_mb = output_limit, max_requests, max_rss_mb
        self._lock = Lock()
        self._process: _Process | None = None
        self._asked = 0
        self.heard = ""

    def start(self) -> None:
        """Start the process now, so that the first request need not wait for its imports."""
        with self._lock:
            self._ready()

    def ask(self, payload: bytes, *, wall_seconds: float) -> bytes:
        """Return the handler's answer; raise RequestFailed if it raised, ChildFailed if none came in time."""
        with self._lock:
            process = self._ready()
            request = FRAME.pack(len(payload), ANSWERED) + payload
            deadline = time.monotonic() + wall_seconds
            reason = process.converse(request, deadline=deadline, limit=self._output_limit + FRAME.size, framed=True)
            if reason != OK:
                process.kill()
                process.drain(0)
                tail = process.stderr_tail()
                reason = _why_ended(process.wait(), reason, tail)
                self._end()
                raise ChildFailed(reason, tail)
            self.heard = process.stderr_tail()
            status, answer = process.take_frame()
            self._asked += 1
            if self._asked >= self._max_requests or process.rss_mb() > self._max_rss_mb:
                self._end()
        if status == FAILED:
            raise RequestFailed(answer.decode("utf-8", "replace"))
        return answer

    def rss_mb(self) -> int:
        """Return the resident memory of the process, 0 where none runs."""
        with self._lock:
            return self._process.rss_mb() if self._process is not None else 0

    def close(self) -> None:
        """End the process; a later request starts a new one."""
        with self._lock:
            self._end()

    def _ready(self) -> "_Process":
        if self._process is not None and self._process.ended():
            self._end()
        if self._process is None:
            # One that hangs would not notice that nobody will read its answer: it ends with whoever started it.
            self._process = _Process(_start(replace(self._policy, parent=os.getpid()), self._command, self._environment))
            self._asked = 0
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.close()
            self._process = None


def serve_frames(handler: Callable[[bytes], bytes]) -> None:
    """Answer frames until the parent closes the pipe: what the `python -m` module of a Child calls."""
    with open(FRAMES_IN, "rb") as source, open(FRAMES_OUT, "wb") as sink:
        while (head := source.read(FRAME.size)) and len(head) == FRAME.size:
            payload = _read_whole(source, FRAME.unpack(head)[0])
            try:
                status, answer = ANSWERED, handler(payload)
            except Exception as error:
                # Whatever a handler meets is this request's answer; the next request deserves a fresh try.
                status, answer = FAILED, f"{type(error).__name__}: {error}".encode()
            sink.write(FRAME.pack(len(answer), status) + answer)
            sink.flush()


@functools.cache
def capabilities() -> dict[str, bool]:
    """Return which walls this machine's kernel gives to children, for `fanpin doctor`."""
    policy = Policy(memory_mb=512, cpu_seconds=10, parent=os.getpid())
    process = _Process(_start(policy, (), NOTHING))
    try:
        process.converse(b"", deadline=time.monotonic() + 20, limit=CHUNK)
        process.kill()
        process.drain(CHUNK)
        walls = json.loads(process.stdout) if process.wait() == 0 else {}
    finally:
        process.close()
    return {"children": bool(walls), **walls}


class _Process:
    """A started child with its three pipes, read and written without ever blocking."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self._popen = popen
        self._pidfd = os.pidfd_open(popen.pid)
        self._stderr = bytearray()
        self.stdout = bytearray()
        for pipe in (popen.stdin, popen.stdout, popen.stderr):
            os.set_blocking(pipe.fileno(), False)

    def converse(self, message: bytes, *, deadline: float, limit: int, framed: bool = False) -> str:
        """Write the message and read until the child ends, or one frame is whole; return ok or why not."""
        unsent = memoryview(message)
        with selectors.DefaultSelector() as selector:
            selector.register(self._pidfd, selectors.EVENT_READ)
            for pipe in (self._popen.stdout, self._popen.stderr):
                if not pipe.closed:
                    selector.register(pipe, selectors.EVENT_READ)
            if unsent:
                selector.register(self._popen.stdin, selectors.EVENT_WRITE)
            elif not framed:
                self._popen.stdin.close()
            while (left := deadline - time.monotonic()) > 0:
                ready = [key.fileobj for key, _events in selector.select(left)]
                if self._popen.stdin in ready:
                    unsent = self._send(unsent)
                    if not unsent:
                        selector.unregister(self._popen.stdin)
                        if not framed:
                            self._popen.stdin.close()
                for pipe in (self._popen.stdout, self._popen.stderr):
                    if pipe in ready and not self._receive(pipe):
                        selector.unregister(pipe)
                if len(self.stdout) > limit or (framed and self._frame_size() > limit):
                    return OUTPUT
                if framed and len(self.stdout) >= self._frame_size():
                    return OK
                if self._pidfd in ready:
                    # A grandchild may hold the pipes for ever; the child's own end is the end.
                    return EXIT if framed else OK
        return TIMEOUT

    def take_frame(self) -> tuple[int, bytes]:
        """Return the status and content of the frame that has arrived."""
        size, status = FRAME.unpack(self.stdout[:FRAME.size])
        content = bytes(self.stdout[FRAME.size:FRAME.size + size])
        self.stdout.clear()
        self._stderr.clear()
        return status, content

    def drain(self, limit: int) -> None:
        """Read what the ended child left in the pipes, and not for long."""
        until = time.monotonic() + DRAIN_SECONDS
        open_pipes = [pipe for pipe in (self._popen.stdout, self._popen.stderr) if not pipe.closed]
        with selectors.DefaultSelector() as selector:
            for pipe in open_pipes:
                selector.register(pipe, selectors.EVENT_READ)
            while selector.get_map() and len(self.stdout) <= limit and (left := until - time.monotonic()) > 0:
                for key, _events in selector.select(left):
                    if not self._receive(key.fileobj):
                        selector.unregister(key.fileobj)

    def kill(self) -> None:
        """End the child's whole session; before it is reaped its number cannot be anybody else's."""
        if self._popen.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)

    def ended(self) -> bool:
        """Tell whether the child has ended, without reaping it."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._pidfd, selectors.EVENT_READ)
            return bool(selector.select(0))

    def wait(self) -> int:
        """Reap the child and return its code; a negative one is the signal's number."""
        return self._popen.wait()

    def rss_mb(self) -> int:
        """Return the child's resident memory."""
        try:
            pages = int(Path(f"/proc/{self._popen.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE") >> 20

    def stderr_tail(self) -> str:
        """Return the end of what the child complained."""
        return self._stderr.decode("utf-8", "replace").strip()

    def close(self) -> None:
        """Kill, reap and close everything; safe to call at any point."""
        self.kill()
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            with contextlib.suppress(OSError):
                pipe.close()
        self._popen.wait()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1

    def _frame_size(self) -> int:
        if len(self.stdout) < FRAME.size:
            return FRAME.size
        return FRAME.size + FRAME.unpack(self.stdout[:FRAME.size])[0]

    def _send(self, unsent: memoryview) -> memoryview:
        try:
            return unsent[os.write(self._popen.stdin.fileno(), unsent[:CHUNK]):]
        except BlockingIOError:
            return unsent
        except BrokenPipeError:
            # The child did not care to read all of it; what it says or how it ends is the answer.
            return unsent[:0]

    def _receive(self, pipe: BinaryIO) -> bool:
        try:
            piece = os.read(pipe.fileno(), CHUNK)
        except BlockingIOError:
            return True
        if pipe is self._popen.stdout:
            self.stdout += piece
        else:
            self._stderr += piece
            del self._stderr[:-ERROR_TAIL]
        return bool(piece)


def _start(policy: Policy, command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    launcher = [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", confine.START, ":".join(_places())]
    return subprocess.Popen([*launcher, policy.dump(), *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, cwd="/", env=dict(environment), start_new_session=True,
                            close_fds=True, bufsize=0)


def _places() -> list[str]:
    """Return where a child finds fanpin and the libraries; what `.pth` files add for this process is not among them."""
    return [str(Path(confine.PACKAGE).parent), *(path for path in sys.path if path.endswith(("site-packages", "dist-packages")))]


def _names(paths: Sequence[Path], command: Sequence[str] = ("",)) -> tuple[str, ...]:
    script = (command[0],) if command[0].endswith(".py") else ()
    return (*script, *(str(path.absolute()) for path in paths))


def _completed(process: _Process, reason: str, limit: int) -> Completed:
    code, tail = process.wait(), process.stderr_tail()
    if reason == OK and len(process.stdout) > limit:
        reason = OUTPUT
    return Completed(code, bytes(process.stdout[:limit]), tail, _why_ended(code, reason, tail))


def _why_ended(code: int, reason: str, tail: str) -> str:
    if reason in (TIMEOUT, OUTPUT) or (reason == OK and code == 0):
        return reason
    if "MemoryError" in tail:
        return MEMORY
    if code == -signal.SIGXCPU:
        return CPU
    return SIGNAL if code < 0 else EXIT


def _read_whole(source: BinaryIO, size: int) -> bytes:
    content = source.read(size)
    if len(content) != size:
        raise EOFError("the parent closed the pipe within a frame")
    return content
