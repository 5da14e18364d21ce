"""How the database is emptied after a test that commits: only what holds rows, and nothing is made anew.

Django's flush goes through every table, and makes content types and permissions again each time. Here those stay, as
no test touches them. `manage.py flush` itself has its test in workplans/test_frozen.py.
"""

from django.db import connections, transaction

from workplans import guards

STAYS = {"django_content_type", "auth_permission"}


def after_a_test(case):
    """Instead of TransactionTestCase._fixture_teardown."""
    for alias in case._databases_names(include_mirrors=False):
        empty(connections[alias])


def empty(connection):
    """Delete every row; triggers that refuse it are lifted meanwhile."""
    lift, put_back = (_off, _on) if connection.vendor == "postgresql" else (_drop, _make)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        tables = _filled(connection, cursor)
        lifted = lift(cursor, tables)
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')
        put_back(cursor, lifted)
    if not guards.is_installed(connection.alias):  # the test took them away
        guards.install(connection.alias)


def _filled(connection, cursor):
    """Tables that hold a row, asked for all at once."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    parts = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in sorted(set(names) - STAYS)]
    cursor.execute(" UNION ALL ".join(parts))
    return [name for (name,) in cursor.fetchall()]


def _off(cursor, tables):
    """PostgreSQL switches the triggers of a table off, and those that stood on again."""
    cursor.execute(
        "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND c.relname = ANY(%s)",
        [tables],
    )
    guarded = [name for (name,) in cursor.fetchall()]
    for table in guarded:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    return guarded


def _on(cursor, guarded):
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while keys into it wait to be looked at
    for table in guarded:
        cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def _drop(cursor, tables):
    """SQLite can only forget a trigger and be told it again."""
    cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
    lifted = [(name, sql) for name, table, sql in cursor.fetchall() if table in tables]
    for name, _sql in lifted:
        cursor.execute(f'DROP TRIGGER "{name}"')
    return lifted


def _make(cursor, lifted):
    for _name, sql in lifted:
        cursor.execute(sql)
