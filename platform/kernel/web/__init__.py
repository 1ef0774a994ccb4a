"""The web kit: theme, layouts' context, components, template tags, forms, static files."""
