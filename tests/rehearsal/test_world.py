import made
from campaignbot.model.reply import Intent
from campaignbot.rehearsal import world
from campaignbot.rehearsal.public import Planted
from campaignbot.rehearsal.world import Said


def planted(account: str, remote_id: str) -> Planted:
    return Planted(
        at=made.NOON,
        author="ann",
        account=account,
        language="en-GB",
        remote_id=remote_id,
        city="london",
        text="I'll be there!",
        intent=Intent.JOIN,
    )


def test_accounts_are_opened_with_secrets_of_their_own_and_words_stand_there_as_they_were_sent() -> None:
    campaign = made.campaign()
    with world.start(lambda: made.NOON) as up:
        assert sorted(world.enrol(up, campaign)) == [
            "CAMPAIGNBOT_FB_LONDON_PAGE_TOKEN",
            "CAMPAIGNBOT_X_LONDON_ACCESS_SECRET",
            "CAMPAIGNBOT_X_LONDON_ACCESS_TOKEN",
            "CAMPAIGNBOT_X_LONDON_API_KEY",
            "CAMPAIGNBOT_X_LONDON_API_SECRET",
        ]
        x, page = campaign.accounts["x-london"], campaign.accounts["fb-london"]
        assert (up.said(x), up.said(page)) == ([], [])
        ours = up.x.mention("wad_london", "We meet https://example.org/map & stand")
        assert up.write(planted("x-london", ours), x)
        assert not up.write(planted("x-london", "404"), x)
        assert not up.write(planted("fb-london", "404"), page)
        assert up.said(x) == [Said(text="We meet https://example.org/map & stand", at=made.NOON)]
        assert [post.reply_to for post in up.x.posts("ann")] == [ours]
