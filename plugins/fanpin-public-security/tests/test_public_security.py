"""公安部门's adapter: persons, vehicles, accidents, crimes."""

import fanpin_public_security

from fanpin.testing import AdapterContract


class TestPublicSecurity(AdapterContract):
    module = fanpin_public_security

    def test_a_farm_truck_a_taxi_and_a_wheelchair_are_no_private_cars(self) -> None:
        assert [values[0] for values in self.values("vehicles", "vehicle")] == [
            "private_car", "farm", "operating", "private_car", "motorcycle", "freight", "farm", "unknown", "disabled_aid",
            "private_car", "special"]

    def test_a_scrapped_and_a_sold_car_have_ended(self) -> None:
        ended = {fact.ref: fact.ended.isoformat() for fact in self.facts("vehicles", "vehicle") if fact.ended}
        assert ended == {"云C·Y0004": "2024-10-11", "云C·Y0010": "2023-03-03"}

    def test_a_dead_member_still_registered_elsewhere_is_told_with_the_day(self) -> None:
        told = [(fact.value, fact.date and fact.date.isoformat()) for fact in self.facts("persons", "person_status")]
        assert told == [("dead", "2025-12-09"), ("imprisoned", "2023-08-15"), ("missing", "2023-01-10")]

    def test_a_name_that_differs_is_told_as_the_register_has_it(self) -> None:
        differing = [fact for fact in self.facts("persons", "household_registration") if fact.value == "differs"]
        assert [fact.label for fact in differing] == ["李样方"]

    def test_splits_and_arrivals_are_movements(self) -> None:
        assert [fact.value for fact in self.facts("persons", "hukou_movement")] == ["split", "moved_in"]

    def test_whoever_was_not_hurt_is_no_victim(self) -> None:
        assert self.values("traffic", "traffic_injury") == [
            ["injured"], ["dead"], ["injured"], ["disabled"], ["injured"], ["dead"], ["injured"], []]

    def test_whether_the_victim_is_a_main_labourer_travels_along(self) -> None:
        assert [fact.label for fact in self.facts("crime", "crime_injury")] == ["是", "是", "否", "是", "", "不详", "是", "是"]
