"""X, through tweepy: OAuth 1.0a, API v2."""

from campaignbot.platforms.x.adapter import connect

__all__ = ["connect"]
