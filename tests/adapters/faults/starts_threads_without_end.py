"""Multiplies within itself."""

import threading
import time

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        while True:
            threading.Thread(target=time.sleep, args=(3600,)).start()


fanpin_adapter = answer(Fault)
