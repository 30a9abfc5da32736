"""SQLite and PostgreSQL: the event log, passages and the gap ledger in one database."""
