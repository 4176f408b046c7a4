"""Starts a process that holds the pipe, and goes."""

import time

from well import Well, answer, os


class Fault(Well):
    def facts(self, rows):
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)


fanpin_adapter = answer(Fault)
