"""What a schema consists of, as PostgreSQL's own catalogue tells it: comparable between schemas."""

from __future__ import annotations

import re

from django.db import connection

# Each statement gives rows of (kind, name, definition) for the schema whose name is its one parameter.
_STATEMENTS = {
    "columns": """
        SELECT c.relname || '.' || a.attname,
               concat_ws(' ', format_type(a.atttypid, a.atttypmod), co.collname, a.attnotnull, a.attidentity,
                         a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
        FROM pg_attribute a
        JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm')
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        LEFT JOIN pg_collation co ON co.oid = a.attcollation
        WHERE c.relnamespace = %s::regnamespace AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": """
        SELECT r.relname || '.' || k.conname,
               concat_ws(' ', pg_get_constraintdef(k.oid), k.condeferrable, k.condeferred, k.convalidated)
        FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid
        WHERE k.connamespace = %s::regnamespace""",
    "indexes": """
        SELECT i.relname, pg_get_indexdef(i.oid) FROM pg_class i
        WHERE i.relkind IN ('i', 'I') AND i.relnamespace = %s::regnamespace""",
    "triggers": """
        SELECT r.relname || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
        FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND r.relnamespace = %s::regnamespace""",
    "functions": """
        SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', pg_get_functiondef(p.oid)
        FROM pg_proc p WHERE p.prokind <> 'a' AND p.pronamespace = %s::regnamespace""",
    "sequences": """
        SELECT sequencename,
               concat_ws(' ', data_type, start_value, increment_by, max_value, cycle, last_value)
        FROM pg_sequences WHERE schemaname = %s""",
    "relations": """
        SELECT relname, concat_ws(' ', relkind, relpersistence, reloptions::text) FROM pg_class
        WHERE relnamespace = %s::regnamespace""",
}

# PostgreSQL writes `('a'::varchar)::text` for what was entered as `('a')::text` once it has been dumped and
# restored: the same expression, other casts and brackets.
_REWRITTEN_KINDS = ("constraints", "indexes")
_REWRITTEN = re.compile(r"::(character varying|text)(\[\])?|[()]")

Catalogue = dict[str, dict[str, str]]


def describe_schema(schema_name: str) -> Catalogue:
    """Definitions by kind and name, with the schema's own name taken out of them."""
    described: Catalogue = {}
    with connection.cursor() as cursor:
        for kind, statement in _STATEMENTS.items():
            cursor.execute(statement, [schema_name])
            described[kind] = {
                name: definition.replace(f"{schema_name}.", "") for name, definition in cursor.fetchall()
            }
    for kind in _REWRITTEN_KINDS:
        described[kind] = {name: _REWRITTEN.sub("", text) for name, text in described[kind].items()}
    return described


def compare(one: Catalogue, other: Catalogue) -> list[str]:
    """A line for each thing that is missing in one of them or defined otherwise."""
    differences = []
    for kind in _STATEMENTS:
        for name in sorted(one[kind].keys() | other[kind].keys()):
            here, there = one[kind].get(name), other[kind].get(name)
            if here != there:
                differences.append(f"{kind} {name}: {here or 'missing'} / {there or 'missing'}")
    return differences


def tables_of(schema_names: list[str]) -> dict[str, set[str]]:
    """The names of the tables of each schema, asked in one statement."""
    tables: dict[str, set[str]] = {name: set() for name in schema_names}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = ANY(%s)", [schema_names]
        )
        for schema, table in cursor.fetchall():
            tables[schema].add(table)
    return tables
