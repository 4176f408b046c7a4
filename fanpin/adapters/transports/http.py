"""The exchange platform: JSON in pages over HTTP, with tokens, retries and answers that come later.

Runs in the core's child with the network and the secrets; a plugin sees neither.
"""

import http.client
import json
import random
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode, urlsplit

from fanpin.adapters.reach import Reach, Unreachable

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
CALL_SECONDS = 60.0
ATTEMPTS = 3
ASKING_ATTEMPTS = 2
BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF = 8.0
PAGE_BYTES = 8 << 20
MOST_PAGES = 2000
LATER_DAYS = 5
CHUNK = 1 << 16
LONGEST_RECEIPT, LONGEST_TOLD = 20_000, 300
AGAIN = frozenset({429, 502, 503, 504})
JSON = {"Accept": "application/json"}
PORTS = {"http": 80, "https": 443}
TOTALS = ("data.total", "data.totalCount", "total", "totalCount")

Row = Mapping[str, object]


class PlatformFailed(Exception):
    """The platform gave no usable answer; the sentence is for the department's page and names no secret."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """How a department's exchange platform is spoken to: all of it settings, none of it code."""

    url: str
    question_url: str = ""
    token_url: str = ""
    app_id: str = ""
    secret: str = field(default="", repr=False)
    token_path: str = "access_token"
    records_path: str = "data.records"
    page_parameter: str = "pageNum"
    size_parameter: str = "pageSize"
    page_size: int = 500
    since_parameter: str = "since"
    ticket_path: str = "data.ticket"
    authority_file: str = ""
    reach: Reach = Reach()

    @property
    def port(self) -> int | None:
        """Return the one port that the child must be able to connect to."""
        parts = urlsplit(self.url) if _origin(self.url) else None
        return None if parts is None else parts.port or PORTS[parts.scheme]

    def problems(self) -> list[str]:
        """Name what a person must mend in these settings."""
        found = []
        home = _origin(self.url)
        for label, address in (("数据地址", self.url), ("查询地址", self.question_url), ("令牌地址", self.token_url)):
            if address and _origin(address) is None:
                found.append(f"{label}须以 http:// 或 https:// 开头，且不带用户名和口令")
            elif address and _origin(address) != home:
                found.append(f"{label}须与数据地址在同一主机")
        if home is not None and not found and (problem := self.reach.problem(urlsplit(self.url).hostname or "")):
            found.append(problem)
        if not 1 <= self.page_size <= 10_000:
            found.append("每页条数须在1到10000之间")
        return found


@dataclass(frozen=True)
class Pending:
    """The platform has taken the question and answers by the day named; the ticket fetches the answer."""

    ticket: str
    due: date


@dataclass(frozen=True, kw_only=True)
class Post:
    """Where in a platform's answer its confirmation stands, and how something is posted: settings, too."""

    platform: Platform
    number_path: str = "data.id"
    address_path: str = "data.url"
    time_path: str = "data.time"


@dataclass(frozen=True)
class Receipt:
    """The platform has confirmed: its number, the address where it stands, its own time, and its answer word for word."""

    number: str
    address: str
    time: str
    content: str


@dataclass
class Client:
    """One conversation with a platform, within one budget of time."""

    platform: Platform
    seconds: float = CALL_SECONDS
    attempts: int = ATTEMPTS
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    whole: bool = True
    _token: str = field(default="", repr=False)
    _numbers: list[str] = field(default_factory=list)
    _deadline: float = 0.0

    def __post_init__(self) -> None:
        if problems := self.platform.problems():
            raise PlatformFailed("；".join(problems))
        self._deadline = self.clock() + self.seconds

    def pages(self, since: str = "") -> Iterator[list[Row]]:
        """Read everything since the watermark, page by page, until a page is empty or the total that the platform tells is reached.

        A page that is not full ends nothing: a platform may give fewer rows than it was asked for. One that gives the
        same page again has no pages: then nobody knows whether that was everything, and `whole` is false.
        """
        platform, count, before = self.platform, 0, None
        for number in range(1, MOST_PAGES + 1):
            asked = {platform.page_parameter: str(number), platform.size_parameter: str(platform.page_size)}
            if since:
                asked[platform.since_parameter] = since
            status, document = self._call("GET", _with(platform.url, asked))
            if status != http.client.OK:
                raise PlatformFailed(f"数据共享平台答复状态{status}，没有给出数据")
            rows, total = self._rows(document), _total(document)
            if not rows or rows == before:
                self.whole = not rows or count == total
                if total is not None and count < total:
                    raise PlatformFailed(f"数据共享平台说共{total}条，只给了{count}条，没有采用；请与平台核对")
                return
            count += len(rows)
            yield rows
            if count == total:
                return
            before = rows
        raise PlatformFailed(f"数据超过{MOST_PAGES}页，请分批提供或按更新时间增量提供")

    def ask(self, question: Mapping[str, object], *, today: date) -> list[Row] | Pending:
        """Put one question about named persons; a 202 means that the answer comes later."""
        platform = self.platform
        status, document = self._call("POST", platform.question_url or platform.url, body=question)
        return self._rows(document) if status == http.client.OK else self._pending(status, document, today)

    def collect(self, ticket: str, *, today: date) -> list[Row] | Pending:
        """Fetch the answer to an earlier question."""
        platform = self.platform
        status, document = self._call("GET", _with(platform.question_url or platform.url, {"ticket": ticket}))
        return self._rows(document) if status == http.client.OK else self._pending(status, document, today, ticket)

    def post(self, post: Post, body: Mapping[str, object], *, key: str, needs: bool, today: date) -> Receipt | Pending:
        """Send a document; with the same key it counts once, however often it is sent.

        Where the confirmation `needs` a number and an address, an answer without them is none.
        """
        status, document = self._call("POST", self.platform.url, body=body, headers={"Idempotency-Key": key})
        return self._receipt(post, status, document, needs, today)

    def confirmation(self, post: Post, ticket: str, *, needs: bool, today: date) -> Receipt | Pending:
        """Ask what became of what was posted."""
        status, document = self._call("GET", _with(self.platform.url, {"ticket": ticket}))
        return self._receipt(post, status, document, needs, today, ticket)

    def _receipt(self, post: Post, status: int, document: object, needs: bool, today: date, ticket: str = "") -> Receipt | Pending:
        if status != http.client.OK:
            return self._pending(status, document, today, ticket)
        number, address, time_ = (_told(document, path) for path in (post.number_path, post.address_path, post.time_path))
        if needs and not (number and _origin(address)):
            raise PlatformFailed("平台的答复里没有编号或网址，不能当作已经发布，请核对设置")
        return Receipt(number, address if _origin(address) else "", time_,
                       json.dumps(document, ensure_ascii=False, indent=1)[:LONGEST_RECEIPT])

    def _pending(self, status: int, document: object, today: date, ticket: str = "") -> Pending:
        if status != http.client.ACCEPTED:
            raise PlatformFailed(f"数据共享平台答复状态{status}，没有给出数据")
        named = _dig(document, self.platform.ticket_path)
        if isinstance(named, str) and named.strip():
            ticket = named.strip()
        if not ticket:
            raise PlatformFailed("数据共享平台说稍后答复，但没有给出受理编号")
        due = _dig(document, "data.due") or _dig(document, "due")
        try:
            day = date.fromisoformat(str(due))
        except ValueError:
            day = today + timedelta(days=LATER_DAYS)
        return Pending(ticket[:200], max(day, today))

    def _rows(self, document: object) -> list[Row]:
        rows = _dig(document, self.platform.records_path) if self.platform.records_path else document
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise PlatformFailed(f"数据共享平台的答复里没有“{self.platform.records_path}”这一列表，请核对设置")
        return rows

    def _call(self, method: str, address: str, *, body: Mapping[str, object] | None = None,
              headers: Mapping[str, str] | None = None) -> tuple[int, object]:
        renewed = False
        for attempt in range(1, self.attempts + 2):
            try:
                status, wait, content = self._send(method, address, body=body, headers={**(headers or {}), **self._authorized()})
            except (OSError, http.client.HTTPException) as error:
                if attempt >= self.attempts:
                    raise PlatformFailed(f"连不上数据共享平台（{_why(error)}），已试{attempt}次") from None
                self._pause(attempt, None)
                continue
            if status == http.client.UNAUTHORIZED and self.platform.token_url and not renewed:
                self._token, renewed = "", True
            elif status in AGAIN and attempt < self.attempts:
                self._pause(attempt, wait)
            elif status in (http.client.OK, http.client.ACCEPTED):
                return status, _document(content)
            else:
                raise PlatformFailed(_refusal(status))
        raise PlatformFailed("数据共享平台一再拒绝，没有给出数据")

    def _authorized(self) -> dict[str, str]:
        platform = self.platform
        if not platform.token_url:
            return {"Authorization": f"Bearer {platform.secret}"} if platform.secret else {}
        if not self._token:
            known = {"appId": platform.app_id, "appSecret": platform.secret}
            status, _, content = self._send("POST", platform.token_url, body=known, headers={})
            token = _dig(_document(content), platform.token_path) if status == http.client.OK else None
            if not isinstance(token, str) or not token:
                raise PlatformFailed("数据共享平台没有给出令牌，请核对应用编号和密钥")
            self._token = token
        return {"Authorization": f"Bearer {self._token}"}

    def _send(self, method: str, address: str, *, body: Mapping[str, object] | None,
              headers: Mapping[str, str]) -> tuple[int, str | None, bytes]:
        parts = urlsplit(address)
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, self.platform.authority_file)
        try:
            self._connect(connection)
            connection.sock.settimeout(min(READ_SECONDS, self._left()))
            content = None if body is None else json.dumps(body, ensure_ascii=False, default=str).encode()
            typed = {} if content is None else {"Content-Type": "application/json; charset=utf-8"}
            target = parts.path or "/"
            connection.request(method, f"{target}?{parts.query}" if parts.query else target, body=content,
                               headers={**JSON, **typed, **headers})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Retry-After"), self._whole(connection, answer)
        finally:
            connection.close()

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        """Connect to a number that was judged: the name is resolved once in a conversation."""
        try:
            self._numbers = self._numbers or self.platform.reach.addresses(connection.host, connection.port)
        except Unreachable as error:
            raise PlatformFailed(str(error)) from None
        connection.sock = _socket(self._numbers, connection.port)
        if isinstance(connection, _Secure):
            connection.sock = connection.context.wrap_socket(connection.sock, server_hostname=connection.host)

    def _whole(self, connection: http.client.HTTPConnection, answer: http.client.HTTPResponse) -> bytes:
        content = bytearray()
        while piece := answer.read1(CHUNK):
            content += piece
            if len(content) > PAGE_BYTES:
                raise PlatformFailed(f"数据共享平台一页超过{PAGE_BYTES >> 20} MB，请减少每页条数")
            left = self._left()
            if connection.sock is not None:
                connection.sock.settimeout(min(READ_SECONDS, left))
        if answer.length:
            raise http.client.IncompleteRead(bytes(content), answer.length)
        return bytes(content)

    def _left(self) -> float:
        left = self._deadline - self.clock()
        if left <= 0:
            raise PlatformFailed(f"数据共享平台在{self.seconds:g}秒内没有答复完")
        return left

    def _pause(self, attempt: int, wait: str | None) -> None:
        longest = min(LONGEST_BACKOFF, BACKOFF_SECONDS * 2**attempt)
        seconds = float(wait) if wait and wait.isascii() and wait.isdigit() else longest * (0.5 + self.jitter() / 2)
        if seconds > self._left():
            raise PlatformFailed("数据共享平台繁忙，请稍后再试")
        self.sleep(seconds)


def _connection(scheme: str, host: str, port: int | None, authority_file: str) -> http.client.HTTPConnection:
    if scheme == "https":
        return _Secure(host, port, ssl.create_default_context(cafile=authority_file or None))
    return http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)


class _Secure(http.client.HTTPConnection):
    """HTTPS whose certificate is checked for the name, although the number is what was connected to."""

    default_port = http.client.HTTPS_PORT

    def __init__(self, host: str, port: int | None, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self.context = context


def _socket(numbers: Sequence[str], port: int) -> socket.socket:
    """Connect to the first number that answers."""
    for number in numbers[:-1]:
        try:
            return socket.create_connection((number, port), CONNECT_SECONDS)
        except OSError:
            continue
    return socket.create_connection((numbers[-1], port), CONNECT_SECONDS)


def _origin(address: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        return None
    return (parts.scheme, parts.netloc) if usable else None


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _document(content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise PlatformFailed("数据共享平台的答复不是UTF-8的JSON") from None


def _total(document: object) -> int | None:
    """Return how many records there are in all, where the platform tells."""
    found = next((value for path in TOTALS if (value := _dig(document, path)) is not None), None)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _dig(document: object, path: str) -> object:
    for name in path.split("."):
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _told(document: object, path: str) -> str:
    found = _dig(document, path)
    return str(found).strip()[:LONGEST_TOLD] if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _refusal(status: int) -> str:
    if 300 <= status < 400:
        return "数据共享平台要求转到别处，已拒绝；请把设置改为最终地址"
    if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
        return "数据共享平台拒绝了我们的令牌，请核对应用编号和密钥"
    return f"数据共享平台答复状态{status}，没有给出数据"


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "超时"
    if isinstance(error, ssl.SSLError):
        return "证书不可信"
    if isinstance(error, ConnectionRefusedError):
        return "拒绝连接"
    return "中途断开" if isinstance(error, http.client.HTTPException | ConnectionError) else "网络故障"
