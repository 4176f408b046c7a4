"""Whispers."""

import socket

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"secret", ("127.0.0.1", 9))
        return []


fanpin_adapter = answer(Fault)
