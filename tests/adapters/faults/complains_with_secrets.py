"""Prints what it was given where errors go, and fails."""

import sys

from well import Well, answer, os


class Fault(Well):
    def facts(self, rows):
        print([dict(row.cells) for row in rows], file=sys.stderr, flush=True)
        os._exit(3)


fanpin_adapter = answer(Fault)
