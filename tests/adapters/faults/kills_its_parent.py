"""Ends whoever started it."""

import signal

from well import Well, answer, os


class Fault(Well):
    def facts(self, rows):
        os.kill(os.getppid(), signal.SIGKILL)
        return super().facts(rows)


fanpin_adapter = answer(Fault)
