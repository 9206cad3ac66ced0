"""The words of each post: templates filled, measured and priced. Pure: the same campaign gives the same drafts."""

from campaignbot.stages.render.checking import draft_faults, template_faults
from campaignbot.stages.render.counting import length
from campaignbot.stages.render.dates import clock_text, date_text
from campaignbot.stages.render.drafting import draft

__all__ = ["clock_text", "date_text", "draft", "draft_faults", "length", "template_faults"]
