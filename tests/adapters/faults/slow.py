"""Takes its time, and is in time."""

import time

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        time.sleep(0.5)
        return super().facts(rows)


fanpin_adapter = answer(Fault)
