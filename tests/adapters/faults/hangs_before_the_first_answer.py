"""Never answers."""

import time

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        time.sleep(3600)


fanpin_adapter = answer(Fault)
