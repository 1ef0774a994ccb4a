"""The trigger that freezes issued invoices and their documents (docs/decisions/0007, the third of three)."""

from django.db import migrations

CREATE = """
CREATE FUNCTION invoicing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%.% is frozen: % refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'invoicing_frozen';
END;
$$;

CREATE TRIGGER invoicing_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_refuse_change();

CREATE TRIGGER invoicing_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON invoicing_invoicedocument
    FOR EACH STATEMENT EXECUTE FUNCTION invoicing_refuse_change();
"""

DROP = """
DROP TRIGGER invoicing_frozen ON invoicing_invoicedocument;
DROP TRIGGER invoicing_frozen ON invoicing_invoice;
DROP FUNCTION invoicing_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, DROP)]
