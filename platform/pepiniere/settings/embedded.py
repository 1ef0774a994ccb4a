"""The embedded mode: one machine, no certificate, sandbox gateway, mailbox and demonstration."""

from __future__ import annotations

from pepiniere.settings.base import *  # noqa: F403
from pepiniere.settings.base import (
    CONTENT_SECURITY_POLICY,
    ENVIRONMENT,
    READ_ONLY_EXEMPT_PATHS,
    STATE_DIR,
    STORAGES,
    TEMPLATES,
)

SANDBOX_URL = ENVIRONMENT.sandbox_url
SANDBOX_ADMIN_KEY = ENVIRONMENT.sandbox_admin_key
DEMONSTRATION = True
TEMPLATES[0]["OPTIONS"]["context_processors"].append("pepiniere.demonstration.banner.demonstration")
# Entering as somebody is a link that logs in.
READ_ONLY_EXEMPT_PATHS = (*READ_ONLY_EXEMPT_PATHS, "/demonstration/entree/")

# Mail goes to files that the mailbox page shows.
EMAIL_BACKEND = "tenants.directory.mail.MailboxBackend"
MAILBOX_DIR = STATE_DIR / "mail"

# Compressing takes longer than a first start may.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}

# Paying is a form that leads to the sandbox's page.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(ENVIRONMENT.sandbox_public_url)
