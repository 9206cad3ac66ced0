"""The language of a reply."""

import pytest

from campaignbot.stages.detect import language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "und"),
        ("12:30 !!! 👏", "und"),
        ("日本から応援しています", "und"),
        ("Θα έρθω", "el"),
        ("سأحضر", "ar"),
        ("я пойду, точно вернёмся", "ru"),
        ("я прийду, її теж візьму", "uk"),
        ("обязательно буду на площади в Лондоне вместе с вами", "ru"),
        ("¿cuándo?", "es"),
        ("când și unde", "ro"),
        ("jag kan inte den dagen", "sv"),
        ("Je ne peux pas venir ce soir, désolé", "fr"),
        ("No podrem venir aquest dia, ho sentim molt", "ca"),
    ],
)
def test_scripts_telling_letters_and_the_model(text: str, expected: str) -> None:
    assert language.guess(text)[0] == expected


def test_how_sure_it_is() -> None:
    assert language.guess("Θα έρθω")[1] == 1.0
    assert language.guess("och så går vi på gatan")[1] == 0.95
    assert 0 < language.guess("test")[1] < 0.7
