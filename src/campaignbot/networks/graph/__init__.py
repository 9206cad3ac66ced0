"""Facebook's Graph API, embedded: Pages, their posts, pictures and comments, as strict as the real one."""

from campaignbot.networks.graph.network import Network
from campaignbot.networks.graph.world import Quirks, StoredPost

__all__ = ["Network", "Quirks", "StoredPost"]
