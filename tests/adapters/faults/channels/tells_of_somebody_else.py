"""Tells of a token that nobody asked about."""

from dataclasses import replace

from speaks import Speaks, answer


class Fault(Speaks):
    def of_row(self, row):
        yield replace(self.told(row), subject="f" * 16)


fanpin_adapter = answer(Fault)
