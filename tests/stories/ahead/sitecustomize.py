"""Loaded by Python itself at its start: sets the clock ahead by TESTS_AHEAD days, as the tests' own is."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

time_machine.travel(datetime.now(UTC) + timedelta(days=int(os.environ["TESTS_AHEAD"])), tick=True).start()
