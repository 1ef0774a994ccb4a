"""Tests of the subject documentation."""
