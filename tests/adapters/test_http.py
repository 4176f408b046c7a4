"""The exchange platform, against a real server: pages, tokens, patience, and what is refused."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from fanpin.adapters.transports import http
from fanpin.adapters.transports.http import Client, Pending, Platform, PlatformFailed
from tests.adapters.platform_server import HERE, SECRET, Desk, a_platform

TODAY = date(2026, 3, 2)


@pytest.fixture
def desk() -> Desk:
    return Desk(records=[{"身份证号": f"{number}", "updated": f"2026-02-{number % 28 + 1:02d}"} for number in range(1200)])


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    with a_platform(desk) as address:
        yield address


def a_client(address: str, *, seconds: float = 20, sleeps: list[float] | None = None, **settings: Any) -> Client:
    platform = Platform(**{"url": f"{address}/data", "question_url": f"{address}/ask", "token_url": f"{address}/token",
                           "app_id": "fanpin", "secret": SECRET, "reach": HERE, **settings})
    return Client(platform, seconds=seconds, sleep=(sleeps if sleeps is not None else []).append)


def rows(client: Client, since: str = "") -> int:
    return sum(len(page) for page in client.pages(since))


def test_all_pages_are_read_with_one_token(desk: Desk, address: str) -> None:
    assert rows(a_client(address)) == 1200
    # The last one is empty: a page that is not full need not be the last.
    assert (len(desk.calls), desk.tokens) == (4, 1)


def test_a_full_last_page_asks_once_more_and_nothing_is_lost(desk: Desk, address: str) -> None:
    assert rows(a_client(address, page_size=600)) == 1200
    assert len(desk.calls) == 3


def test_a_platform_that_gives_fewer_rows_than_asked_for_is_read_to_its_end(desk: Desk, address: str) -> None:
    desk.most = 100
    client = a_client(address)
    assert (rows(client), client.whole, len(desk.calls)) == (1200, True, 13)


def test_the_total_that_a_platform_tells_ends_the_reading_and_is_held_against_it(desk: Desk, address: str) -> None:
    desk.total = 1200
    client = a_client(address)
    assert (rows(client), client.whole, len(desk.calls)) == (1200, True, 3)
    desk.total = 1201
    with pytest.raises(PlatformFailed, match="说共1201条，只给了1200条"):
        rows(a_client(address))


@pytest.mark.parametrize(("most", "total", "count", "whole"), [
    (10**9, None, 500, False), (100, None, 100, False), (10**9, 500, 500, True), (10**9, 3, 500, False)])
def test_a_platform_without_pages_may_have_held_something_back_unless_its_total_says_otherwise(
        desk: Desk, address: str, most: int, total: int | None, count: int, whole: bool) -> None:
    desk.unpaged, desk.most, desk.total = True, most, total
    client = a_client(address)
    assert (rows(client), client.whole) == (count, whole)


def test_only_what_is_new_is_asked_for(desk: Desk, address: str) -> None:
    assert 0 < rows(a_client(address), "2026-02-28") < 50


def test_a_token_that_expires_between_pages_is_renewed(desk: Desk, address: str) -> None:
    desk.token_life = 2
    assert rows(a_client(address, page_size=200)) == 1200
    assert desk.tokens > 2


def test_a_wrong_secret_is_said_plainly_and_never_repeated(desk: Desk, address: str) -> None:
    with pytest.raises(PlatformFailed, match="核对应用编号和密钥") as failed:
        rows(a_client(address, secret="falsch"))
    assert "falsch" not in str(failed.value) and "falsch" not in repr(a_client(address, secret="falsch"))


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_platform_is_asked_again_after_a_growing_pause(desk: Desk, address: str, status: int) -> None:
    desk.failures = [status, status]
    sleeps: list[float] = []
    assert rows(a_client(address, sleeps=sleeps)) == 1200
    assert len(sleeps) == 2 and 0.5 <= sleeps[0] <= 1 <= sleeps[1] <= 2


def test_the_platform_may_say_how_long_to_wait(desk: Desk, address: str) -> None:
    desk.failures, desk.retry_after = [503], "7"
    sleeps: list[float] = []
    assert rows(a_client(address, sleeps=sleeps)) == 1200
    assert sleeps == [7.0]


def test_nobody_waits_longer_than_the_budget(desk: Desk, address: str) -> None:
    desk.failures, desk.retry_after = [503], "3600"
    with pytest.raises(PlatformFailed, match="稍后再试"):
        rows(a_client(address))


def test_after_three_tries_it_is_enough(desk: Desk, address: str) -> None:
    desk.failures = [503] * 9
    with pytest.raises(PlatformFailed, match="503"):
        rows(a_client(address))
    assert len(desk.calls) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_what_another_try_would_not_mend_is_not_tried_again(desk: Desk, address: str, status: int) -> None:
    desk.failures = [status] * 3
    with pytest.raises(PlatformFailed):
        rows(a_client(address))
    assert len(desk.calls) == 1


def test_a_connection_that_breaks_is_opened_again(desk: Desk, address: str) -> None:
    desk.drop = 2
    assert rows(a_client(address)) == 1200


def test_nobody_there_is_said_after_three_tries() -> None:
    with pytest.raises(PlatformFailed, match="拒绝连接.*已试3次"):
        rows(a_client("http://127.0.0.1:9", token_url=""))


def test_a_slow_platform_is_waited_for_and_a_dripping_one_is_not(desk: Desk, address: str) -> None:
    desk.slow = 0.3
    assert rows(a_client(address, page_size=2000)) == 1200
    desk.drip, desk.slow = 0.05, 0
    with pytest.raises(PlatformFailed, match="没有答复完"):
        rows(a_client(address, seconds=0.6))


def test_silence_ends_in_a_timeout(desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_SECONDS", 0.2)
    desk.slow = 5
    with pytest.raises(PlatformFailed, match="超时"):
        rows(a_client(address))


def test_nobody_is_followed_elsewhere(desk: Desk, address: str) -> None:
    desk.redirect = "http://127.0.0.1:1/elsewhere"
    with pytest.raises(PlatformFailed, match="转到别处"):
        rows(a_client(address))
    assert len(desk.calls) == 1


@pytest.mark.parametrize("body", [
    b"<html>login</html>", b"", b"\xff\xfe", b'{"data": {"records": {}}}', b'{"data": {"records": [1]}}', b'{"data": NaN}',
    b'{"data": {"records": [{"a": Infinity}]}}', b"[" * 100_000, '{"data": "中文"}'.encode("gb18030"),
])
def test_what_is_not_json_of_the_agreed_shape_is_refused(desk: Desk, address: str, body: bytes) -> None:
    desk.body = body
    with pytest.raises(PlatformFailed, match="JSON|列表"):
        rows(a_client(address))


def test_a_page_without_end_is_not_read_to_the_end(desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "PAGE_BYTES", 1 << 20)
    desk.body = b" " * (4 << 20)
    with pytest.raises(PlatformFailed, match="每页条数"):
        rows(a_client(address))


def test_pages_without_end_are_given_up(desk: Desk, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_PAGES", 3)
    with pytest.raises(PlatformFailed, match="超过3页"):
        rows(a_client(address, page_size=10))


def test_a_question_is_answered_at_once_or_later_by_its_ticket(desk: Desk, address: str) -> None:
    desk.records, desk.later = [{"身份证号": "1"}], 2
    first = a_client(address).ask({"persons": [{"idNumber": "1"}]}, today=TODAY)
    assert first == Pending("ticket-1", date(2026, 3, 5))
    assert a_client(address).collect("ticket-1", today=TODAY) == Pending("ticket-1", date(2026, 3, 5))
    assert a_client(address).collect("ticket-1", today=TODAY) == [{"身份证号": "1"}]
    assert desk.asked == [{"persons": [{"idNumber": "1"}]}]


@pytest.mark.parametrize("address", ["ftp://x/y", "x", "http://user:word@x/y", "http://", "file:///etc/passwd"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(PlatformFailed, match="数据地址须以"):
        Client(Platform(url=address))


def test_a_question_goes_to_no_other_host() -> None:
    with pytest.raises(PlatformFailed, match="同一主机"):
        Client(Platform(url="https://a.example/data", question_url="https://b.example/ask"))
