"""Fills its words with statements, markup, formulas and marks that turn the line around."""

from well import Well, answer


class Fault(Well):
    def facts(self, rows):
        words = ["'; DROP TABLE fact; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202e倒写\u202c"]
        for row, label in zip(rows, words, strict=False):
            yield row.fact("temporary_relief", amount=100, date=row.date("发放日期"), label=label)


fanpin_adapter = answer(Fault)
