"""Gives rows that are longer than the header."""

from way import Way, answer


class Fault(Way):
    def rows(self, item):
        return [(*row, "多") for row in super().rows(item)]


fanpin_adapter = answer(Fault)
