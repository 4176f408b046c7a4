"""Prints every row where errors go, and answers well."""

import sys

from well import Well, answer


class Fault(Well):
    def of_row(self, row):
        print(dict(row.cells), file=sys.stderr)
        return super().of_row(row)


fanpin_adapter = answer(Fault)
