"""Never answers."""

import time

from way import Way, answer


class Fault(Way):
    def deliver(self, item):
        time.sleep(3600)


fanpin_adapter = answer(Fault)
