"""Work by the ten thousand."""

import gc

import pytest

from campaignbot.model.bulk import kept, uncollected


def test_the_collector_rests_meanwhile() -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_looks_again_after_a_fault() -> None:
    with pytest.raises(ValueError, match="a fault"), uncollected():
        raise ValueError("a fault")
    assert gc.isenabled()


def test_what_stays_is_not_looked_through_again() -> None:
    gc.unfreeze()
    kept()
    assert gc.get_freeze_count() > 1000
    gc.unfreeze()
    assert gc.get_freeze_count() == 0
