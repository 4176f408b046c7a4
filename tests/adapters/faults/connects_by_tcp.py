"""Calls home."""

import socket

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        socket.create_connection(("127.0.0.1", int(next(iter(rows)).text("救助事由"))), timeout=5)
        return []


fanpin_adapter = answer(Fault)
