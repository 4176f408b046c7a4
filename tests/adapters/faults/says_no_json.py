"""Answers in another language."""

import time

from well import Well, answer, raw


class Fault(Well):
    def facts(self, rows):
        raw(b"<html>login</html>")
        time.sleep(60)


fanpin_adapter = answer(Fault)
