"""Announces a gigabyte and begins to send it."""

from well import Well, answer, os, raw


class Fault(Well):
    def facts(self, rows):
        raw(b"x" * (1 << 16), size=1 << 30)
        while True:
            os.write(1, b"x" * (1 << 16))


fanpin_adapter = answer(Fault)
