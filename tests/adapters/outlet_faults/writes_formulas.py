"""Writes a cell that a sheet would run."""

from way import Way, answer


class Fault(Way):
    def rows(self, item):
        return [(f'=HYPERLINK("http://192.0.2.1/","{number}")', name) for number, name in super().rows(item)]


fanpin_adapter = answer(Fault)
