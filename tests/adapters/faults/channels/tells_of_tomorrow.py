"""Dates a declaration after today."""

from datetime import date

from speaks import Speaks, answer


class Fault(Speaks):
    def of_row(self, row):
        yield self.told(row, declared_on=date(2199, 1, 1))


fanpin_adapter = answer(Fault)
