"""Counts NaN, infinity and 1e999."""

import time

from well import Well, answer, raw


class Fault(Well):
    def facts(self, rows):
        token = list(rows)[0].token
        raw(('{"items": [{"type": "fact", "subject": "' + token + '", "kind": "temporary_relief", "amount": 1e999}]}').encode())
        time.sleep(60)


fanpin_adapter = answer(Fault)
