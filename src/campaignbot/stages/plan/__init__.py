"""What goes out where and when: pure, from a campaign alone. It walks from slots to posts, and says what is wrong."""

from campaignbot.stages.plan.against import Change, changes
from campaignbot.stages.plan.fanout import answer, posts
from campaignbot.stages.plan.picture import gaps, strip
from campaignbot.stages.plan.rules import faults

__all__ = ["Change", "answer", "changes", "faults", "gaps", "posts", "strip"]
