"""Work by the ten thousand."""

import gc

import pytest

from campaignbot.model.bulk import uncollected


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
