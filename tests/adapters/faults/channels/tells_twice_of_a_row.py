"""Makes two declarations of one."""

from speaks import Speaks, answer


class Fault(Speaks):
    def of_row(self, row):
        yield self.told(row)
        yield self.told(row, number="另一条")


fanpin_adapter = answer(Fault)
