"""Claims what 附件1 gives to 公安."""

from fanpin.adapters import Table, code, id_number, question, text
from well import Well, answer


class Fault(Well):
    tables = (Table("cars", "机动车", (id_number(), code("类型", values={"轿车": "private_car"}), text("号牌")),
                    (question("vehicle", value="类型", ref="号牌"),)),)


fanpin_adapter = answer(Fault)
