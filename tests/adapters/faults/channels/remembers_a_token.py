"""Tells again of a row of an earlier request."""

from dataclasses import replace

from speaks import Speaks, answer


class Fault(Speaks):
    first = ""

    def of_row(self, row):
        self.first = self.first or row.token
        yield replace(self.told(row), subject=self.first)


fanpin_adapter = answer(Fault)
