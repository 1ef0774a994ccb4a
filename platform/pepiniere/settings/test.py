"""The mode of the tests: the embedded one with cheap password hashes and static files read in place."""

from __future__ import annotations

from pepiniere.settings.base import STORAGES
from pepiniere.settings.embedded import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# Tests count statements: none may come and go with the seconds. Whoever changes a host forgets it by name.
SITE_HOST_CACHE_SECONDS = 3600.0
