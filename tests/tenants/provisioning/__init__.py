"""Tests of provisioning and of migrating all schemas."""
