"""Facebook Pages, through facebook-sdk: Graph API, a Page's own token."""

from campaignbot.platforms.facebook.adapter import connect

__all__ = ["connect"]
