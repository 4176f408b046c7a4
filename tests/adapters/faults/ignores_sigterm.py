"""Does not end when asked to."""

import signal
import time

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            time.sleep(60)


fanpin_adapter = answer(Fault)
