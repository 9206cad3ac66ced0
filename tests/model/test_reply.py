"""Numbers of people as others may read them."""

from campaignbot.model.reply import about


def test_a_small_number_and_one_more_or_less_tell_nobody_apart() -> None:
    assert [about(number) for number in (0, 1, 9, 10, 11, 19, 20, 1234)] == [
        "none",
        "a few",
        "a few",
        "10+",
        "10+",
        "10+",
        "20+",
        "1230+",
    ]
