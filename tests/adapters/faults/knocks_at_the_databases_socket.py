"""Tries the database's own door."""

import socket

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).connect(next(iter(rows)).text("救助事由"))
        return []


fanpin_adapter = answer(Fault)
