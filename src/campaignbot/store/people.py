"""The tables of the people's database. A person stands in it under keyed hashes, in notes that this machine cannot
open, and, while a reply waits for an organiser, in that reply's own row; nowhere else.

A filed reply is a line of `seen`: a keyed hash and a time. Nothing ties it to a line of `chains`.
"""

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text

from campaignbot.store import schema
from campaignbot.store.columns import Instant

metadata = MetaData()

#: What people decided about replies is journalled in this file: the other one may be copied about more freely.
decisions = schema.journal.to_metadata(metadata)
heads = schema.heads.to_metadata(metadata)

cursors = Table(
    "cursors",
    metadata,
    Column("account", Text, primary_key=True),
    Column("cursor", Text),  # opaque; only the account's adapter understands it
    Column("claimed", Integer),  # how many replies the network itself says there are
    Column("read", Integer, nullable=False),  # how many we have read
    Column("unread", Instant),  # since when it says some and we have read none
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

seen = Table(
    "seen",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

waiting = Table(
    "waiting",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("pseudonym", LargeBinary, nullable=False),
    Column("account", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("answer_to", Text),
    Column("city", Text),  # of the post that it answers
    Column("text", Text, nullable=False),
    Column("sent", Instant, nullable=False),  # when the person wrote it
    Column("at", Instant, nullable=False),  # when it was read
    Column("intent", Text, nullable=False),
    Column("rank", Integer, nullable=False),  # 0 is looked at first
    Column("named", Text),  # the city read from it
    Column("party_size", Integer),
    Column("language", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("needs_review", Boolean, nullable=False),
    Column("why", Text, nullable=False),
    Column("alias", LargeBinary),  # a keyed hash of the handle: whoever asks to be forgotten names that
    Column("remote", Text),  # the network's own id, to see whether its author has deleted it
    Column("looked", Instant),  # when that was last seen to
    sqlite_autoincrement=True,  # an organiser's "label 7" must never reach another person's reply
)
Index("waiting_queue", waiting.c.rank, waiting.c.at)
Index("waiting_person", waiting.c.pseudonym)
Index("waiting_alias", waiting.c.alias)

answers = Table(  # what is still to be answered; deleted once it is
    "answers",
    metadata,
    Column("person", Text, primary_key=True),  # the keyed hash by which the ledger names the answer
    Column("pseudonym", LargeBinary, nullable=False),
    Column("alias", LargeBinary),
    Column("account", Text, nullable=False),
    Column("remote", Text, nullable=False),  # the network's own id of the reply
    Column("words", Text, nullable=False),  # the key of the text
    Column("at", Instant, nullable=False),
    Column("looked", Instant, nullable=False),  # when it was last seen to whether its author has deleted it
    sqlite_with_rowid=False,
)
Index("answers_pseudonym", answers.c.pseudonym)

joiners = Table(
    "joiners",
    metadata,
    Column("pseudonym", LargeBinary, primary_key=True),
    Column("place", LargeBinary, nullable=False),  # a keyed hash of pseudonym and city: moves a count, names no city
    Column("alias", LargeBinary),  # a keyed hash of the last handle
    sqlite_with_rowid=False,
)
Index("joiners_alias", joiners.c.alias)

chains = Table(
    "chains",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pseudonym", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),  # sealed with age
)
Index("chains_person", chains.c.pseudonym)

samples = Table(
    "samples",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pseudonym", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),  # sealed with age: the words, who wrote them and what was read
    Column("hour", Instant, nullable=False),  # in which it was read: the moment itself would find it in `seen`
    Column("alias", LargeBinary),  # a keyed hash of the handle, as with what waits
    sqlite_autoincrement=True,  # as with what waits
)
Index("samples_person", samples.c.pseudonym)
Index("samples_alias", samples.c.alias)

counts = Table(
    "counts",
    metadata,
    Column("name", Text, primary_key=True),  # "joined/London", "heard/support", "owed"
    Column("number", Integer, nullable=False),
    sqlite_with_rowid=False,
)

gone = Table(
    "gone",
    metadata,
    Column("pseudonym", LargeBinary, primary_key=True),  # or an alias, where somebody was named by their handle
    Column("at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # drawn by lot: a place in a row would tell when, and so of whom
    Column("person", LargeBinary, nullable=False),  # a keyed hash of the pseudonym, of this table alone
    Column("intent", Text, nullable=False),
    Column("embedder", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # 32-bit floats, little-endian
    Column("alias", LargeBinary),  # a keyed hash of that of the handle, of this table alone
    sqlite_with_rowid=False,
)
Index("corrections_person", corrections.c.person)
Index("corrections_alias", corrections.c.alias)
