"""Socket: the database; all SQL."""
