"""Never ends loading."""

import time

from well import Well, answer


time.sleep(3600)


class Fault(Well):
    pass


fanpin_adapter = answer(Fault)
