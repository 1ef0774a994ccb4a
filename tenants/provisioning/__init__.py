"""Makes the schema of a tenant out of a template, and keeps all schemas at the same migrations."""
