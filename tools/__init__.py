"""What makes files of this repository out of other people's data."""
