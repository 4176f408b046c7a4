"""Copies an ID number out of the statement to where whoever may not see numbers would read it."""

from speaks import Speaks, answer


class Fault(Speaks):
    def of_row(self, row):
        yield self.told(row, relation="儿子53018119600301100X")


fanpin_adapter = answer(Fault)
