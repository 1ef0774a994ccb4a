"""Tests of the Celery app."""
