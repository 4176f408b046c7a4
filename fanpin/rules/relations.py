"""Kin outside the household whom 附件2 第一项 reaches, and relations by GB/T 4761."""

from fanpin.rules.members import Relation as R

# 户主的父母、配偶、子女: a brother who lives elsewhere is not among them, a brother inside is a member.
OUTSIDE_KIN = frozenset({R.FATHER, R.MOTHER, R.SPOUSE, R.SON, R.DAUGHTER})

# Codes of GB/T 4761-2008; three of the national texts have no single code there, so the text is always kept beside it.
STANDARD_CODE = {
    R.HEAD: "02", R.SPOUSE: "10", R.SON: "20", R.SON_IN_LAW: "28", R.DAUGHTER: "30", R.DAUGHTER_IN_LAW: "38",
    R.GRANDSON: "41", R.GRANDDAUGHTER: "42", R.DAUGHTERS_SON: "43", R.DAUGHTERS_DAUGHTER: "44",
    R.GREAT_GRANDSON: "47", R.GREAT_GRANDDAUGHTER: "48", R.FATHER: "51", R.MOTHER: "52",
    R.HUSBANDS_FATHER: "53", R.HUSBANDS_MOTHER: "54", R.WIFES_FATHER: "55", R.WIFES_MOTHER: "56",
    R.GRANDFATHER: "61", R.GRANDMOTHER: "62", R.MOTHERS_FATHER: "63", R.MOTHERS_MOTHER: "64",
    R.SIBLING: "70", R.BROTHERS_WIFE: "79", R.UNCLE: "80", R.NEPHEW: "93", R.NIECE: "94", R.OTHER: "97",
}


def outside_kin_problem(relation: R) -> str:
    """Return why a person outside the household must not be recorded or asked about, or an empty string."""
    if relation in OUTSIDE_KIN:
        return ""
    return "户外亲属只登记户主的父母、配偶、子女，其他亲属不登记、不查询"
