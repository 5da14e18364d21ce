"""Backups: one file with every row and every uploaded file, the same for SQLite and PostgreSQL."""
