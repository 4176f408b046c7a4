"""Answers in a hundred thousand brackets."""

import time

from well import Well, answer, raw


class Fault(Well):
    def facts(self, rows):
        raw(b'{"items": ' + b"[" * 100_000)
        time.sleep(60)


fanpin_adapter = answer(Fault)
