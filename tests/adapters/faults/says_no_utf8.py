"""Answers in another encoding."""

import time

from well import Well, answer, raw


class Fault(Well):
    def facts(self, rows):
        raw('{"items": "低保"}'.encode("gb18030"))
        time.sleep(60)


fanpin_adapter = answer(Fault)
