"""Tests of the directory: sites by host, states, dates, mail and files of tenants."""
