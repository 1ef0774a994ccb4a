"""The two triggers of the ledger: balance at commit, append-only always.

Both live in the tenant's schema and name its tables through TG_TABLE_SCHEMA: an unqualified name would
follow the search_path at commit, and an unbalanced entry would pass when the path changed before.
"""

from django.db import migrations

CREATE_BALANCE = """
CREATE FUNCTION ledger_require_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entry_key bigint;
    announced integer;
    found integer;
    uneven integer;
BEGIN
    IF TG_TABLE_NAME = 'ledger_journalentry' THEN
        entry_key := NEW.id;
    ELSE
        entry_key := NEW.entry_id;
    END IF;
    EXECUTE pg_catalog.format(
        'SELECT e.posting_count,
                (SELECT count(*) FROM %1$I.ledger_posting p WHERE p.entry_id = e.id),
                (SELECT count(*) FROM (
                    SELECT 1 FROM %1$I.ledger_posting p WHERE p.entry_id = e.id
                    GROUP BY p.currency HAVING sum(p.amount_cents) <> 0) AS currencies)
         FROM %1$I.ledger_journalentry e WHERE e.id = $1', TG_TABLE_SCHEMA)
    INTO announced, found, uneven USING entry_key;
    IF announced IS NULL OR found < 2 OR found <> announced OR uneven > 0 THEN
        RAISE EXCEPTION 'ledger entry % is not balanced: % postings of %, % currencies uneven',
            entry_key, found, announced, uneven
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balance';
    END IF;
    RETURN NULL;
END;
$$;

CREATE CONSTRAINT TRIGGER ledger_balance AFTER INSERT ON ledger_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_require_balance();

CREATE CONSTRAINT TRIGGER ledger_balance AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_require_balance();
"""

DROP_BALANCE = """
DROP TRIGGER ledger_balance ON ledger_posting;
DROP TRIGGER ledger_balance ON ledger_journalentry;
DROP FUNCTION ledger_require_balance();
"""

CREATE_APPEND_ONLY = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_append_only';
END;
$$;

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_journalentry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

DROP_APPEND_ONLY = """
DROP TRIGGER ledger_append_only ON ledger_posting;
DROP TRIGGER ledger_append_only ON ledger_journalentry;
DROP FUNCTION ledger_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE_BALANCE, DROP_BALANCE),
        migrations.RunSQL(CREATE_APPEND_ONLY, DROP_APPEND_ONLY),
    ]
