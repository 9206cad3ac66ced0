"""The ground floor: what a campaign, a post, a delivery and a reply are. Standard library only, no I/O."""
