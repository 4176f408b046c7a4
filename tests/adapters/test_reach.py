"""An address that an officer types leads to the department's host and nowhere else, least of all into this machine."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fanpin import sandbox
from fanpin.adapters.connections import Unconnected, connected
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.fetching import Fetching
from fanpin.adapters.reach import Reach, Unreachable
from fanpin.adapters.transports.http import Client, Platform, PlatformFailed
from fanpin.adapters.transports.sql import Database
from tests.adapters.platform_server import HERE, SECRET, Desk, a_platform
from tests.adapters.test_fetching import RELIEF, records
from tests.conftest import TODAY

ANYWHERE = Reach()
Names = dict[str, list[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    """Let names stand for numbers, and count how often one is asked for."""
    known: Names = {}
    real = socket.getaddrinfo

    def looked_up(host: str, port: int, *given: object, **named: object) -> list[object]:
        if host not in known:
            return real(host, port, *given, **named)  # type: ignore[arg-type, return-value]
        number = known[host][0]
        if len(known[host]) > 1:
            known[host].pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port))]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    yield known


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "0.0.0.0", "[::1]", "::ffff:127.0.0.1", "169.254.169.254", "224.0.0.1"])
def test_no_number_of_this_machine_or_its_link_is_tried(host: str) -> None:
    assert "不能从这里取数" in ANYWHERE.problem(host)


@pytest.mark.parametrize("host", ["10.0.0.8", "172.16.3.4", "2400:3200::1", "zjk.example.gov.cn"])
def test_an_intranet_is_reached_where_nothing_is_listed(host: str) -> None:
    assert ANYWHERE.problem(host) == ""


@pytest.mark.parametrize("host", ["a b", "-x", "甲", "a/b", "a,b", "a@b"])
def test_what_is_no_host_is_named(host: str) -> None:
    assert "写法不对" in ANYWHERE.problem(host)


def test_an_adapter_that_names_its_hosts_is_led_to_no_other() -> None:
    reach = ANYWHERE.within(("yb.example.gov.cn", "10.1.0.0/16"))
    assert reach.problem("YB.example.gov.cn") == reach.problem("10.1.9.9") == ""
    assert "只能连接yb.example.gov.cn" in reach.problem("10.2.0.1")


def test_a_host_must_be_listed_where_the_administrator_has_a_list_and_a_declaration_opens_nothing() -> None:
    reach = Reach(listed=("10.0.0.8",))
    assert reach.problem("10.0.0.8") == "" and "exchange_hosts" in reach.problem("10.0.0.9")
    assert "exchange_hosts" in reach.within(("127.0.0.1",)).problem("127.0.0.1")
    assert "服务器自己" in ANYWHERE.within(("127.0.0.1",)).problem("127.0.0.1")


def test_a_name_that_stands_for_this_machine_is_refused_when_it_is_asked_for(names: Names) -> None:
    names["zjk.example.gov.cn"] = ["127.0.0.1"]
    with pytest.raises(Unreachable, match="服务器自己"):
        ANYWHERE.addresses("zjk.example.gov.cn", 5432)
    assert Reach(listed=("zjk.example.gov.cn",)).addresses("zjk.example.gov.cn", 5432) == ["127.0.0.1"]


def test_an_address_of_this_machine_is_refused_though_it_is_no_loopback(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    names["zjk.example.gov.cn"] = ["10.77.0.1"]
    assert ANYWHERE.addresses("zjk.example.gov.cn", 443) == ["10.77.0.1"]
    monkeypatch.setattr(socket.socket, "bind", lambda _self, _address: None)
    with pytest.raises(Unreachable, match="服务器自己"):
        ANYWHERE.addresses("zjk.example.gov.cn", 443)


def test_the_platforms_own_database_is_reached_by_no_name(names: Names) -> None:
    names |= {"db.example.gov.cn": ["10.77.0.1"], "zjk.example.gov.cn": ["10.77.0.1"]}
    reach = Reach.of((), "postgresql+psycopg://fanpin@db.example.gov.cn/fanpin")
    with pytest.raises(Unreachable, match="本平台自己的数据库"):
        reach.addresses("zjk.example.gov.cn", 5432, database="anything")
    assert reach.addresses("zjk.example.gov.cn", 5433, database="anything") == ["10.77.0.1"]
    listed = Reach.of(("zjk.example.gov.cn",), "postgresql+psycopg://fanpin@db.example.gov.cn/fanpin")
    assert listed.addresses("zjk.example.gov.cn", 5432, database="zjk") == ["10.77.0.1"]
    with pytest.raises(Unreachable, match="本平台自己的数据库"):
        listed.addresses("zjk.example.gov.cn", 5432, database="fanpin")


@pytest.mark.parametrize("address", [
    "postgresql+psycopg://u:geheim@127.0.0.1/x", "postgresql+psycopg://u:geheim@10.0.0.1/x?host=127.0.0.1", "postgresql+psycopg:///x",
    "postgresql+psycopg://u:geheim@10.0.0.1/x?hostaddr=127.0.0.1", "postgresql+psycopg://u:geheim@10.0.0.1,127.0.0.1/x",
    "postgresql+psycopg://u:geheim@10.0.0.1/x?service=own", "sqlite:////data/x?vfs=unix"])
def test_no_way_of_writing_a_database_leads_elsewhere(address: str) -> None:
    assert Database(url=address, table="t").problem()
    values = {"transport": "database", "transport_address": address, "transport_from_relief": "t"}
    with pytest.raises(Unconnected) as refused:
        connected(values, "relief")
    assert "geheim" not in str(refused.value)


def test_a_conversation_asks_once_for_the_name_and_keeps_to_the_number(names: Names) -> None:
    with a_platform(Desk(records=list(records()))) as address:
        port = address.rsplit(":", 1)[1]
        # Whoever answers for the name answers otherwise the second time.
        names["zjk.example.gov.cn"] = ["127.0.0.1", "10.255.255.1"]
        home = f"http://zjk.example.gov.cn:{port}"
        platform = Platform(url=f"{home}/data", token_url=f"{home}/token", app_id="fanpin", secret=SECRET, page_size=3,
                            reach=Reach(listed=("zjk.example.gov.cn",)))
        assert sum(len(page) for page in Client(platform).pages()) == 8
    with pytest.raises(PlatformFailed, match="写进 exchange_hosts"):
        names["zjk.example.gov.cn"] = ["127.0.0.1"]
        list(Client(Platform(url=f"{home}/data")).pages())


def test_the_child_itself_refuses_what_leads_into_this_machine() -> None:
    with a_platform(Desk(records=list(records()))) as address:
        for source in (Platform(url=f"{address}/data"), Database(url="postgresql+psycopg://u@127.0.0.1/x", table="t")):
            with pytest.raises(AdapterFailed, match="服务器自己"), Fetching(RELIEF, source, today=TODAY) as fetching:
                list(fetching)


def test_a_transport_connects_to_its_own_port_alone(tmp_path: Path, free: Callable[[], tuple[socket.socket, int]]) -> None:
    (own, allowed), (other, closed) = free(), free()
    code = "import socket,sys\nfor port in sys.argv[1:]:\n try: socket.create_connection(('127.0.0.1', int(port))); print('ja')\n" \
           " except PermissionError: print('nein')\n"
    script = tmp_path / "connect.py"
    script.write_text(code, encoding="utf-8")
    done = sandbox.run([str(script), str(allowed), str(closed)], stdin=b"", wall_seconds=20, cpu_seconds=5, memory_mb=512,
                       output_limit=1000, network=True, ports=[allowed])
    assert done.stdout.split() == [b"ja", b"nein" if sandbox.capabilities()["landlock_network"] else b"ja"], done
    own.close()
    other.close()


@pytest.fixture
def free() -> Callable[[], tuple[socket.socket, int]]:
    def listening() -> tuple[socket.socket, int]:
        server = socket.create_server(("127.0.0.1", 0))
        return server, server.getsockname()[1]

    return listening


def test_what_is_listed_is_reached() -> None:
    assert HERE.addresses("127.0.0.1", 80) == ["127.0.0.1"]
