"""The medical insurance's adapter: the contract, and what its own sample says."""

import fanpin_medical_insurance

from fanpin.testing import AdapterContract


class TestMedicalInsurance(AdapterContract):
    module = fanpin_medical_insurance

    def test_a_visit_to_a_clinic_is_no_hospital_stay(self) -> None:
        trial = self.try_sample(self.manifest.table("settlements"))
        assert [len(row.facts) for row in trial.mapped] == [1, 1, 0, 1]
        assert trial.mapped[0].facts[0].amount == 1_409_050

    def test_no_aid_is_an_answer_and_no_fact(self) -> None:
        trial = self.try_sample(self.manifest.table("twelve_months"))
        assert trial.facts_by_kind == {"medical_cost": 2, "medical_aid": 1}
        assert trial.answers_by_kind == {"medical_aid": 3, "medical_cost": 2}
