"""Where an address that an officer types may lead: never into this machine, its link or the platform's own database.

`named` are the hosts of the adapter's declaration, `listed` those that the system administrator wrote down
(`exchange_hosts`): whoever is named in both lists alone is reached, an empty list names everybody. Only what is listed
may be this machine itself. Names are resolved once: what was judged is what is connected to.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy.engine import make_url

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """The address leads where nobody may be led, or nowhere; the words are for the department's page."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Which hosts may be connected to; `own` is host, port and name of the platform's own database, if it has a server."""

    listed: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    own: tuple[str, int, str] | None = None

    @classmethod
    def of(cls, listed: Sequence[str], database_url: str) -> Self:
        """Return what an installation allows."""
        url = make_url(database_url)
        own = (url.host, url.port or 5432, url.database or "") if url.host else None
        return cls(listed=tuple(listed), own=own)

    def within(self, named: Sequence[str]) -> Self:
        """Narrow it to the hosts that an adapter names."""
        return replace(self, named=tuple(named))

    def problem(self, host: str) -> str:
        """Say why a host is refused before anybody asks for its number; "" where it may be tried."""
        if _number(host) is None and not HOST.fullmatch(host):
            return "地址里的主机名写法不对，请写主机名或IP地址"
        if self.named and not _among(host, self.named):
            return f"这个接口只能连接{'、'.join(self.named)}，请核对地址"
        if self.listed and not _among(host, self.listed):
            return "这个地址不在系统管理员列出的主机（exchange_hosts）里，请联系系统管理员"
        number = _number(host)
        return _forbidden(number) if number is not None and not self._open(host, number) else ""

    def addresses(self, host: str, port: int, *, database: str = "") -> list[str]:
        """Resolve a host once and return its numbers, each of them permitted; raise Unreachable."""
        if problem := self.problem(host):
            raise Unreachable(problem)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise Unreachable("找不到这个主机名，请核对地址") from None
        numbers = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
        for number in numbers:
            address = ipaddress.ip_address(number)
            if not self._open(host, address):
                if problem := _forbidden(address) or _this_machine(number):
                    raise Unreachable(problem)
                if self._is_own(number, port):
                    raise Unreachable("这个地址是本平台自己的数据库，不能从这里取数")
            elif self._is_own(number, port, database):
                raise Unreachable("这个地址是本平台自己的数据库，不能从这里取数")
        return numbers

    def _open(self, host: str, number: Address) -> bool:
        return bool(self.listed) and (_among(host, self.listed) or _among(str(number), self.listed))

    def _is_own(self, number: str, port: int, database: str = "") -> bool:
        """Say whether this is the platform's own server; with a name, its own database there."""
        if self.own is None or port != self.own[1] or database and database != self.own[2]:
            return False
        try:
            return number in {str(entry[4][0]) for entry in socket.getaddrinfo(self.own[0], port, type=socket.SOCK_STREAM)}
        except OSError:
            return False


def _number(host: str) -> Address | None:
    try:
        return _plain(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return None


def _plain(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _among(host: str, names: Sequence[str]) -> bool:
    """Say whether a host is one of the names, or its number lies in one of the networks."""
    number = _number(host)
    if number is None:
        return host.lower().rstrip(".") in {name.lower().rstrip(".") for name in names}
    return any(number in network for network in map(_network, names) if network is not None)


def _network(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(name, strict=False)
    except ValueError:
        return None


def _forbidden(address: Address) -> str:
    plain = _plain(address)
    if plain.is_loopback or plain.is_unspecified:
        return "这个地址指向服务器自己，不能从这里取数；确有需要请系统管理员写进 exchange_hosts"
    if plain.is_link_local or plain.is_multicast:
        return "这个地址是本网段的特殊地址，不能从这里取数"
    return ""


def _this_machine(number: str) -> str:
    """Only an address of this machine can be bound to: its own services listen there, too."""
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((number, 0))
    except OSError:
        return ""
    return "这个地址指向服务器自己，不能从这里取数；确有需要请系统管理员写进 exchange_hosts"
