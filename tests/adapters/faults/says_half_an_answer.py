"""Ends in the middle of its answer."""

from well import Well, answer, os, raw


class Fault(Well):
    def facts(self, rows):
        raw(b'{"items": [{"type": "fact", "sub', size=1000)
        os._exit(0)


fanpin_adapter = answer(Fault)
