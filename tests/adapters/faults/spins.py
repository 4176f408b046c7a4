"""Computes for ever."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        while True:
            pass


fanpin_adapter = answer(Fault)
