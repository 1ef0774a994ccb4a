"""Facts that all tenants share, reached by natural codes: places, activities, VAT rates (public schema)."""
