"""The addresses of the three kinds of sites: tenant, platform, back office."""
