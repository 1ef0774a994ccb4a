"""Puts a pytest process into the test mode before the settings are read (`-p tests.mode` in pyproject)."""

from __future__ import annotations

import os

os.environ["PEPINIERE_MODE"] = "test"
os.environ["DJANGO_SETTINGS_MODULE"] = "pepiniere.settings"
