"""How the gazetteer is made of GeoNames' rows."""

from typing import Any

from tools import gazetteer

from campaignbot.stages.detect.gazetteer import Entry, Gazetteer


def city(name: str, people: int, *names: str, country: str = "DE", region: str = "07") -> dict[str, Any]:
    return {
        "name": name,
        "countrycode": country,
        "admin1code": region,
        "population": people,
        "alternatenames": list(names),
    }


def test_a_city_is_shown_by_its_english_name_and_found_by_all() -> None:
    names = ("Cologne", "Кёльн", "CGN", "KOELN", "ケルン", "123", "Köln am Rhein")
    row = gazetteer.row(city("Köln", 963_395, *names), {"Köln": "Cologne"})
    assert row == gazetteer.Row(
        name="Cologne",
        country="DE",
        region="07",
        people=963_395,
        first=("koln", "cologne"),
        also=("кельн", "koln am rhein"),
    )
    assert gazetteer.row(city("Iaşi", 9_000, country="RO"), {}).name == "Iași"
    assert gazetteer.row(city("Dar‘ā", 9_000, country="SY"), {}).name == "Dara"


def test_the_likeliest_bearer_of_a_name_comes_first_and_faint_aliases_go() -> None:
    rows = [
        gazetteer.row(city("Vienna", 1_691_468, "Wien", "Vienne"), {}),
        gazetteer.row(city("Vienne", 31_555, country="FR"), {}),
        gazetteer.row(city("Wiener Neustadt", 40_000, "Wien"), {}),
        gazetteer.row(city("Vena", 2_000, "Wien", country="RU"), {}),
    ]
    made = Gazetteer(gazetteer.text(rows).encode())
    vienna, vienne = Entry("Vienna", "DE", "07", 1691), Entry("Vienne", "FR", "07", 31)
    assert made.get("vienne") == (vienna, vienne)
    assert made.get("wien") == (vienna, Entry("Vena", "RU", "07", 2))
    assert made.get("wiener neustadt") == (Entry("Wiener Neustadt", "DE", "07", 40),)


def test_a_capital_is_kept_beside_its_country_of_the_same_name() -> None:
    tunisia = gazetteer.Row("Tunisia", "TN", "", 11_000_000, ("tunisia", "تونس"), ())
    made = Gazetteer(
        gazetteer.text([tunisia, gazetteer.row(city("Tunis", 693_210, "تونس", country="TN"), {})]).encode()
    )
    assert [entry.name for entry in made.get("تونس")] == ["Tunisia", "Tunis"]
