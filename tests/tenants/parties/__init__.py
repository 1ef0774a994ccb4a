"""Tests of the subject parties."""
