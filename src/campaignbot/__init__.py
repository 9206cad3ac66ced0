"""campaignbot: one plan in text files, fanned out by city, time zone and language, never sent twice."""

__version__ = "0.1.0"
