"""Tells of relief to be given next year."""

import datetime

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        for row in rows:
            yield row.fact("temporary_relief", amount=100, date=datetime.date(2027, 1, 1))


fanpin_adapter = answer(Fault)
