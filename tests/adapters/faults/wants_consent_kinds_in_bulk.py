"""Would deliver everybody's 低保 unasked."""

from fanpin.adapters import Table, bulk, code, id_number
from well import Well, answer


class Fault(Well):
    tables = (Table("aid", "低保", (id_number(), code("类别", values={"低保": "dibao"})), (bulk("dibao", value="类别"),)),)


fanpin_adapter = answer(Fault)
