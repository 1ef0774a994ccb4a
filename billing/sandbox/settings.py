"""Settings of the sandbox server, read from the environment that ``billing.sandbox.serve`` prepares."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

HERE = Path(__file__).resolve().parent

SECRET_KEY = secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", ".localhost"]
ROOT_URLCONF = "billing.sandbox.urls"
WSGI_APPLICATION = "billing.sandbox.wsgi.application"
INSTALLED_APPS = ["billing.sandbox.apps.SandboxConfig"]
MIDDLEWARE = [
    "billing.sandbox.headers.SecurityHeadersMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("SANDBOX_STORE", "sandbox.sqlite3"),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ]
        },
    }
]
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
CSRF_COOKIE_NAME = "sandbox_csrf"
CSRF_FAILURE_VIEW = "billing.sandbox.hosted.views.form_expired"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("SANDBOX_LOG_LEVEL", "WARNING")},
}

SANDBOX_ADMIN_KEY = os.environ.get("SANDBOX_ADMIN_KEY", "")
SANDBOX_PUBLIC_URL = os.environ.get("SANDBOX_PUBLIC_URL", "http://paiement.localhost:8090")
SANDBOX_FEE_PERCENT = os.environ.get("SANDBOX_FEE_PERCENT", "1.40")
SANDBOX_FEE_FIXED_CENTS = int(os.environ.get("SANDBOX_FEE_FIXED_CENTS", "25"))
SANDBOX_AVAILABLE_AFTER_SECONDS = int(os.environ.get("SANDBOX_AVAILABLE_AFTER_SECONDS", "0"))
SANDBOX_SEPA_SECONDS = int(os.environ.get("SANDBOX_SEPA_SECONDS", "30"))
