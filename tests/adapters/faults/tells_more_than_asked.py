"""Adds a telephone number to its answer."""

import time

from well import Well, answer, raw


class Fault(Well):
    def facts(self, rows):
        token = list(rows)[0].token
        raw(('{"items": [{"type": "fact", "subject": "' + token + '", "kind": "temporary_relief", "phone": "13800000000"}]}').encode())
        time.sleep(60)


fanpin_adapter = answer(Fault)
