"""The tables of the ledger's database.

`wake` is the next instant at which the ledger must look at a delivery of its own accord: due (or later, where the
platform asked for patience) while WAITING, until while HELD, settle_at while IN_DOUBT, else null. The index on it by
state answers "what is next" whatever the number of posts.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
)

from campaignbot.store.columns import Dollars, Instant, Span, Word

metadata = MetaData()

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("slot", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("wall", Text),
    Column("tzdata", Text, nullable=False),  # the version of the zone rules that made `due` of `wall`
    Column("due", Instant),
    Column("until", Instant),
    Column("begin", Instant),  # when it may first go out: due, or the minute a late approval gave
    Column("grace", Span),  # the post expires this long after due …
    Column("expiry", Instant),  # … or at this instant
    Column("late", Word, nullable=False),
    Column("armed", Boolean, nullable=False),
    Column("called", Boolean, nullable=False),
    Column("ignores_quiet", Boolean, nullable=False),
    Column("state", Word, nullable=False),
    Column("reason", Word),
    Column("digest", Text),
    Column("since", Instant, nullable=False),
    Column("wake", Instant),
    Column("freed", Boolean, nullable=False, server_default=false()),  # a person wants it sent: `late` is void
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("attempt", Text),  # the last attempt's id: only its own result is taken
    Column("attempted", Instant),
    Column("owner", Text),  # the sender of the last attempt
    Column("seen_by", Text),  # the last start that read the account's timeline for this post
    Column("looks", Integer, nullable=False, server_default="0"),  # while IN_DOUBT that told us no more
    Column("absences", Integer, nullable=False, server_default="0"),  # how often it was shown not to be out
    Column("not_before", Instant),
    Column("settle_at", Instant),
    Column("receipt_id", Text),
    Column("receipt_url", Text),
    Column("receipt_at", Instant),
    Column("person", Text),  # null: a post; empty: the text of answers; else whose answer it is, a keyed hash
)
Index(
    "deliveries_person",  # one answer a person and campaign, whoever asks for another
    deliveries.c.person,
    unique=True,
    sqlite_where=deliveries.c.person > "",
    postgresql_where=deliveries.c.person > "",
)
Index("deliveries_lane", deliveries.c.account, deliveries.c.state, deliveries.c.wake)
Index("deliveries_state", deliveries.c.state, deliveries.c.wake)
Index("deliveries_reason", deliveries.c.state, deliveries.c.reason, sqlite_where=deliveries.c.reason.is_not(None))
Index(
    "deliveries_attempted",
    deliveries.c.account,
    deliveries.c.attempted,
    sqlite_where=deliveries.c.attempted.is_not(None),
)

pictures = Table(
    "pictures",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("pictures", Text, nullable=False),  # JSON: [[sha256, path, media type, alt]]
    Column("account", Text, nullable=False),  # JSON: the account's settings, so that a sender needs no folder
    Column("cost", Dollars, nullable=False, server_default="0"),  # what its network asks for it
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("key", "digest"),
    sqlite_with_rowid=False,
)

approvals = Table(
    "approvals",
    metadata,
    Column("key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("key", "digest", "by"),
    ForeignKeyConstraint(["key", "digest"], ["drafts.key", "drafts.digest"]),
    sqlite_with_rowid=False,
)

rejections = Table(
    "rejections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", Text, primary_key=True),
    Column("owner", Text),  # who holds the lease …
    Column("expires", Instant),  # … and until when, unless renewed
    Column("not_before", Instant),  # the platform asked the whole account for patience
    Column("paused", Text),  # why: credentials, credits, configuration
    Column("paused_at", Instant),
)

stops = Table(
    "stops",
    metadata,
    Column("scope", Word, nullable=False),  # world, country, city, account
    Column("value", Text, nullable=False),  # empty for the world
    Column("by", Text, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("scope", "value"),
)

seen = Table(
    "seen",
    metadata,
    Column("key", Text, primary_key=True),
    Column("first_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

kept = Table(
    "kept",
    metadata,
    Column("name", Text, primary_key=True),
    Column("json", Text, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("chain", Text, nullable=False),
    Column("n", Integer, nullable=False),  # counts the pages of each chain from 1
    Column("at", Instant, nullable=False),
    Column("entry", Text, nullable=False),  # JSON: the lines of this page, in their order
    Column("hash", LargeBinary, nullable=False),  # SHA-256 over the hash before it and this page
    PrimaryKeyConstraint("chain", "n"),
    sqlite_with_rowid=False,
)

heads = Table(
    "heads",
    metadata,
    Column("chain", Text, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
