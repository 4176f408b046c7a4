"""Leaves the last row out."""

from way import Way, answer


class Fault(Way):
    def rows(self, item):
        return super().rows(item)[:-1]


fanpin_adapter = answer(Fault)
