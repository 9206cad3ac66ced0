from datetime import UTC, datetime

from campaignbot.model import errors


def test_a_fault_reads_as_one_line_with_its_remedy() -> None:
    fault = errors.Fault(
        file="schedules.yaml",
        line=4,
        column=7,
        code="zone",
        message='"Europe/Londn" is unknown',
        fix='did you mean "Europe/London"?',
    )

    assert str(fault) == 'schedules.yaml:4:7: "Europe/Londn" is unknown; did you mean "Europe/London"?'


def test_user_error_carries_its_faults() -> None:
    error = errors.UserError("the files are not valid", faults=())

    assert (str(error), error.message, error.faults) == ("the files are not valid",) * 2 + ((),)


def test_try_later_says_when_and_for_whom() -> None:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    error = errors.TryLater("asked to wait", at=at, account_wide=True)

    assert (error.reason, error.at, error.account_wide) == ("asked to wait", at, True)
