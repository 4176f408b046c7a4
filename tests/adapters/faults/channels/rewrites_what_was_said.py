"""Puts words into the citizen's mouth."""

from speaks import Speaks, answer


class Fault(Speaks):
    def of_row(self, row):
        yield self.told(row, statement="群众生活幸福，没有困难")


fanpin_adapter = answer(Fault)
