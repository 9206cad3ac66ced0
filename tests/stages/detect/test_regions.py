"""Countries and their divisions beside a city."""

import pytest

from campaignbot.stages.detect import clean, regions
from campaignbot.stages.detect.regions import Region


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("London, Ontario", Region("Ontario", "CA.08", 1, 2)),
        ("London ON please", Region("Ontario", "CA.08", 1, 2)),
        ("London on Tuesday", None),
        ("Sydney in Nova Scotia", Region("Nova Scotia", "CA.07", 2, 4)),
        ("Barcelona de Venezuela", Region("Venezuela", "VE", 2, 3)),
        ("London (UK)", Region("UK", "GB", 1, 2)),
        ("Лондон в Канаде", Region("Canada", "CA", 2, 3)),
        ("London. Ontario is far", None),
        ("London", None),
        ("London or Ontario", None),
        ("London in the in the Ontario", None),
    ],
)
def test_the_region_behind_a_city(text: str, region: Region | None) -> None:
    assert regions.beside(clean.text(text), 1) == region
