"""X, embedded: the part of X API v2 that a campaign needs, as strict as the real one."""

from campaignbot.networks.x.network import Network
from campaignbot.networks.x.world import StoredPost

__all__ = ["Network", "StoredPost"]
