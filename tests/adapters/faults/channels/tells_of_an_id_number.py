"""Names whom it tells of by an ID number that it read in the statement."""

from dataclasses import replace

from speaks import Speaks, answer


class Fault(Speaks):
    def of_row(self, row):
        yield replace(self.told(row), subject="53018119600301100X")


fanpin_adapter = answer(Fault)
