"""How many come."""

import pytest

from stages.detect.nine import read


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("me and 3 friends are coming", 4),
        ("Me and two friends will be there", 3),
        ("me and two friends will be there, with 5 others", None),
        ("+2 from me, I'll be there", 3),
        ("+1", None),
        ("I'm in", None),
        ("I'll be there, call +44 20 7946 0000", None),
        ("five of us will be there", 5),
        ("my wife and I will be there", 2),
        ("I'll be there with a few friends", None),
        ("two or three of us will come", None),
        ("I'll be there with my mother and two friends", 4),
        ("me, my wife and our daughter are coming", 3),
        ("my sister, my brother and me are coming", 3),
        ("I'll be there with my mother, two or three of us", None),
        ("I'll come with my husband. 5 people wrote to us", None),
        ("I'll come with my husband, 5 km is no distance", 2),
        ("twenty-five of us will be there", 25),
        ("we are 20 minutes away, I'll be there", None),
        ("yo y cuatro amigos más", 5),
        ("I'll be there at 6", None),
        ("нас будет пятеро, придём", 5),
        ("придём втроём", 3),
        ("nous serons quatre, on vient", 4),
        ("vamos cuatro, allí estaremos", 4),
        ("vi kommer tre stycken", 3),
        ("venim doi", 2),
        ("hi anirem dos", 2),
        ("wir kommen zu viert", 4),
        ("we had six people ready but can't come", None),
        # words that name a number in another language, and a "de" that is no date
        ("Moi et ma coloc on sera à Marseille", 2),
        ("Somos cinco de la facultad, contad con nosotros", 5),
        ("iremos a las 5 de la tarde", None),
        ("vamos el 1 de diciembre", None),
        ("We will come, the wife and I", 2),
        ("me, the roommate and her girlfriend will be there", 3),
        ("io e la mia coinquilina veniamo", 2),
        ("ich komme mit zwei Kommilitoninnen", 3),
        ("я приду, pridu s podrugoj", 2),
        # lists of people, and what runs into them or stands beside them
        ("On sera 3, moi et mes deux collègues de la boulangerie", 3),
        ("my gf, her brother and I are getting the bus down", 3),
        ("me, my mum and the kids, 4 of us, will be there", 4),
        ("me and my friends will be there", None),
        ("нас четверо: я, дружина і двоє малих", 4),
        ("io, mio fratello e due amici del locale dove lavoro", 4),
        # who is brought, by name, in whatever case; those who come as a group; the whole beside its parts
        ("приду, возьму маму", 2),
        ("Dopiszcie mnie i córkę", 2),
        ("me and Dana will be there", 2),
        ("ich komme, ich und Kekse", None),
        ("Patru asistente de la Pitești, venim la București", 4),
        ("vamos siete: el cura, cinco voluntarias y yo", 7),
        ("I'll be there with my mum, who is 71", 2),
        ("anem el meu company i jo, ens veiem allà a les 6", 2),
        ("jo també vinc amb el tren de les 5", None),
        ("får jag komma? jag kommer", None),
        ("on vient à quatre avec des amis", 4),
    ],
)
def test_only_what_is_stated_is_counted(text: str, size: int | None) -> None:
    assert read(text, post_city="London").party_size == size
