"""The database engine of the product: PostgreSQL with one schema a tenant (`ENGINE = "tenants.database"`)."""
