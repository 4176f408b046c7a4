"""Tries to reach the platform by itself."""

import socket

from way import Way, answer


class Fault(Way):
    def deliver(self, item):
        socket.create_connection(("192.0.2.1", 80), timeout=2)


fanpin_adapter = answer(Fault)
