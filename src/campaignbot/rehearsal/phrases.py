"""What the public of a rehearsal writes, in the campaign's languages. All of it is invented."""

from collections.abc import Mapping

from campaignbot.model.reply import Intent

#: base language -> the words, what they mean, how many come (None: they do not say)
PHRASES: Mapping[str, tuple[tuple[str, Intent, int | None], ...]] = {
    "en": (
        ("I'll be there!", Intent.JOIN, None),
        ("Me and 3 friends are coming", Intent.JOIN, 4),
        ("What time does it start?", Intent.QUESTION, None),
        ("Thank you for doing this", Intent.SUPPORT, None),
        ("Sorry, I can't make it", Intent.DECLINE, None),
        ("Please don't contact me again", Intent.OPT_OUT, None),
        ("I don't want to live anymore", Intent.CRISIS, None),
        ("Earn money from home, link in my bio", Intent.SPAM, None),
        ("Shame on you, clowns", Intent.HOSTILE, None),
        ("Could you do one in Ghent too?", Intent.START_CITY, None),
    ),
    "fr": (
        ("Je serai là !", Intent.JOIN, None),
        ("Je viens avec deux amis", Intent.JOIN, 3),
        ("À quelle heure ça commence ?", Intent.QUESTION, None),
        ("Merci pour ce que vous faites", Intent.SUPPORT, None),
        ("Désolé, je ne peux pas venir", Intent.DECLINE, None),
        ("Ne me contactez plus", Intent.OPT_OUT, None),
        ("Je ne veux plus vivre", Intent.CRISIS, None),
        ("Gagnez de l'argent depuis chez vous, lien en bio", Intent.SPAM, None),
        ("Bande de clowns, honte à vous", Intent.HOSTILE, None),
        ("Et à Gand, on organise quelque chose ?", Intent.START_CITY, None),
    ),
    "es": (
        ("¡Allí estaré!", Intent.JOIN, None),
        ("Voy con dos amigos", Intent.JOIN, 3),
        ("¿A qué hora empieza?", Intent.QUESTION, None),
        ("Gracias por hacer esto", Intent.SUPPORT, None),
        ("Lo siento, no puedo ir", Intent.DECLINE, None),
        ("No me escribáis más", Intent.OPT_OUT, None),
        ("Ya no quiero vivir", Intent.CRISIS, None),
        ("Gana dinero desde casa, enlace en mi bio", Intent.SPAM, None),
        ("Sois unos payasos, qué vergüenza", Intent.HOSTILE, None),
        ("¿Podéis hacer uno en Gante?", Intent.START_CITY, None),
    ),
    "ca": (
        ("Hi seré!", Intent.JOIN, None),
        ("Vinc amb dos amics", Intent.JOIN, 3),
        ("A quina hora comença?", Intent.QUESTION, None),
        ("Gràcies per fer això", Intent.SUPPORT, None),
        ("Ho sento, no puc venir", Intent.DECLINE, None),
        ("No m'escriviu més", Intent.OPT_OUT, None),
        ("Ja no vull viure", Intent.CRISIS, None),
        ("Guanya diners des de casa, enllaç a la bio", Intent.SPAM, None),
        ("Sou uns pallassos, quina vergonya", Intent.HOSTILE, None),
        ("En podeu fer un a Gant?", Intent.START_CITY, None),
    ),
    "sv": (
        ("Jag kommer!", Intent.JOIN, None),
        ("Jag kommer med två vänner", Intent.JOIN, 3),
        ("Vilken tid börjar det?", Intent.QUESTION, None),
        ("Tack för att ni gör det här", Intent.SUPPORT, None),
        ("Tyvärr kan jag inte komma", Intent.DECLINE, None),
        ("Kontakta mig inte igen", Intent.OPT_OUT, None),
        ("Jag vill inte leva längre", Intent.CRISIS, None),
        ("Tjäna pengar hemifrån, länk i bio", Intent.SPAM, None),
        ("Skäms på er, era clowner", Intent.HOSTILE, None),
        ("Kan ni göra något i Gent också?", Intent.START_CITY, None),
    ),
    "ro": (
        ("Vin și eu!", Intent.JOIN, None),
        ("Vin cu doi prieteni", Intent.JOIN, 3),
        ("La ce oră începe?", Intent.QUESTION, None),
        ("Mulțumim pentru ce faceți", Intent.SUPPORT, None),
        ("Îmi pare rău, nu pot veni", Intent.DECLINE, None),
        ("Nu mă mai contactați", Intent.OPT_OUT, None),
        ("Nu mai vreau să trăiesc", Intent.CRISIS, None),
        ("Câștigă bani de acasă, link în bio", Intent.SPAM, None),
        ("Rușine să vă fie, clovnilor", Intent.HOSTILE, None),
        ("Puteți organiza și la Gent?", Intent.START_CITY, None),
    ),
    "ru": (
        ("Я приду!", Intent.JOIN, None),
        ("Приду с двумя друзьями", Intent.JOIN, 3),
        ("Во сколько начало?", Intent.QUESTION, None),
        ("Спасибо вам за это", Intent.SUPPORT, None),
        ("К сожалению, не смогу прийти", Intent.DECLINE, None),
        ("Больше мне не пишите", Intent.OPT_OUT, None),
        ("Я больше не хочу жить", Intent.CRISIS, None),
        ("Заработок из дома, ссылка в профиле", Intent.SPAM, None),
        ("Позор вам, клоуны", Intent.HOSTILE, None),
        ("А в Генте что-нибудь будет?", Intent.START_CITY, None),
    ),
}

#: what each text means, for the organisers who work the queue
MEANING: Mapping[str, tuple[Intent, int | None]] = {
    words: (intent, party) for phrases in PHRASES.values() for words, intent, party in phrases
}
