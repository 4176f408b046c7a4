"""Answers once and then never."""

import time

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        yield from super().facts(rows)
        time.sleep(3600)


fanpin_adapter = answer(Fault)
