"""What holds in every mode; the modes add what differs."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kernel.logs import configure_logging
from pepiniere.settings.apps import (  # noqa: F401
    BOTH,
    INSTALLED_APPS,
    PUBLIC_APPS,
    SHARED_APPS,
    TENANT_APPS,
)
from pepiniere.settings.environment import ROOT, read_environment

ENVIRONMENT = read_environment()

# --- Identity -------------------------------------------------------------------------------------------
PEPINIERE_MODE = ENVIRONMENT.mode
BASE_DOMAIN = ENVIRONMENT.base_domain
PLATFORM_HOST = BASE_DOMAIN
BACK_OFFICE_HOST = f"back-office.{BASE_DOMAIN}"
SITE_SCHEME = ENVIRONMENT.scheme
SITE_PORT = ENVIRONMENT.port
STATE_DIR = ENVIRONMENT.state_dir
SECRET_KEY = ENVIRONMENT.secret_key
# Fernet keys for secrets kept in tables, the newest first.
DATA_KEYS = ENVIRONMENT.data_keys or (
    base64.urlsafe_b64encode(hashlib.sha256(f"data:{SECRET_KEY}".encode()).digest()).decode(),
)
DEBUG = False
# The tenant middleware answers only hosts of the directory, which can change while we run.
ALLOWED_HOSTS = ["*"]
SITE_HOST_CACHE_SECONDS = 5.0

# --- Apps and addresses ---------------------------------------------------------------------------------
ROOT_URLCONF = "pepiniere.urls.tenant"
PUBLIC_SCHEMA_URLCONF = "pepiniere.urls.platform"
BACK_OFFICE_URLCONF = "pepiniere.urls.back_office"
WSGI_APPLICATION = "pepiniere.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User" if "tenants.accounts" in INSTALLED_APPS else "auth.User"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

MIDDLEWARE = [
    "kernel.logs.RequestLogMiddleware",
    "pepiniere.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kernel.web.policy.PolicyMiddleware",
    "pepiniere.back_office.policy.BackOfficePolicyMiddleware",
    "tenants.directory.middleware.TenantMiddleware",
    "kernel.web.middleware.TimeZoneMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tenants.accounts.language.VisitorLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.accounts.language.PersonalLanguageMiddleware",
    # The last one: sessions and messages are saved outside its transaction.
    "tenants.database.readonly.ReadOnlyMiddleware",
]
# Pages of libraries that write when they are read.
READ_ONLY_EXEMPT_PATHS: tuple[str, ...] = ("/compte/",)
# Without a word in them, hence without a person.
WORDLESS_PATHS: tuple[str, ...] = ("/theme.", "/logo.")
# What a suspended tenant still answers: money that is under way arrives.
SUSPENDED_OPEN_PATHS = ("/webhooks/",)

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "kernel.web.templatetags.pepiniere_web",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kernel.web.context.here",
                "pepiniere.site.context.navigation",
            ],
        },
    }
]

# --- Database and tenants -------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **ENVIRONMENT.database,
        "ENGINE": "tenants.database",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Named cursors outlive their transaction on a pooled connection: none are used.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_MODEL = "directory.Tenant"
TENANT_DOMAIN_MODEL = "directory.Domain"
POSTGRES_PROGRAMS = ENVIRONMENT.postgres_programs

# --- Redis: cache and broker; losing its content loses no work ------------------------------------------
REDIS_URL = ENVIRONMENT.redis_url
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
        "KEY_PREFIX": "pepiniere",
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 1,
            # Pages go on without a cache.
            "IGNORE_EXCEPTIONS": True,
        },
    }
}

# --- Sessions, cookies, accounts ------------------------------------------------------------------------
SESSION_ENGINE = "tenants.accounts.sessions"
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "csrf"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "kernel.web.views.csrf_failure"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600

AUTHENTICATION_BACKENDS = ["tenants.accounts.backends.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None if AUTH_USER_MODEL == "accounts.User" else "username"
ACCOUNT_ADAPTER = "tenants.accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "tenants.accounts.forms.SignupForm"
ACCOUNT_FORMS = {
    "login": "tenants.accounts.web.entrance.LoginForm",
    "signup": "tenants.accounts.web.entrance.SignupForm",
    "add_email": "tenants.accounts.web.entrance.AddEmailForm",
    "reset_password": "tenants.accounts.web.entrance.ResetPasswordForm",
    "reset_password_from_key": "tenants.accounts.web.entrance.ResetPasswordKeyForm",
    "change_password": "tenants.accounts.web.entrance.ChangePasswordForm",
    "set_password": "tenants.accounts.web.entrance.SetPasswordForm",
}
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Codes live in the session, hence in one tenant; a signed link names a row number another tenant has too.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_SCHEME
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TRUST_ENABLED = False
MFA_RECOVERY_CODES_SHOW_ONCE = True

# --- Languages and time ---------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = False

# --- Files ----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.static_root
STATICFILES_DIRS = [path for path in (ROOT / "static",) if path.is_dir()]
MEDIA_ROOT = STATE_DIR / "files"
MULTITENANT_RELATIVE_MEDIA_ROOT = "%s"
# No address serves this folder: files go out through views that know who may see them.
MEDIA_URL = ""
STORAGES = {
    "default": {"BACKEND": "tenants.directory.files.TenantFileStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The refusal of a claim has two fields a line, and a claim may have many.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Mail -----------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from
SERVER_EMAIL = ENVIRONMENT.mail_from
EMAIL_TIMEOUT = 10

# --- Headers --------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [NONE],
        "object-src": [NONE],
        "base-uri": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# --- API ------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tenants.accounts.api.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "tenants.accounts.api.TokenMayWrite",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "kernel.api.pagination.KeyPagination",
    "DEFAULT_THROTTLE_CLASSES": [
        "kernel.api.throttling.ReadingThrottle",
        "kernel.api.throttling.WritingThrottle",
        "kernel.api.throttling.UnknownThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"reading": "600/min", "writing": "60/min", "unknown": "120/min"},
    # The address is the connection's own; nobody in front is believed.
    "NUM_PROXIES": 0,
    "EXCEPTION_HANDLER": "kernel.api.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Pépinière",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "LineState": "services.orders.lifecycle.LineState",
        "MilestoneState": "services.orders.lifecycle.MilestoneState",
        "ChargeState": "billing.charges.lifecycle.ChargeState",
        "RefundState": "billing.payments.lifecycle.RefundState",
        "PayoutState": "billing.payouts.lifecycle.PayoutState",
        "PartyRoleName": "tenants.parties.models.PartyRole.Role",
        "PartyRoleState": "tenants.parties.models.PartyRole.State",
        "PriceKind": "services.catalogue.models.PriceKind",
        "InvoiceKind": "billing.invoicing.models.InvoiceKind",
        "InvoiceTypeCode": "billing.invoicing.models.Invoice.TypeCode",
        "VatKind": "billing.charges.inputs.VatKind",
        "BuyerAction": "services.orders.api.shapes.BUYER_ACTIONS",
        "ProviderAction": "services.fulfilment.api.shapes.PROVIDER_ACTIONS",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "kernel.api.schema.describe_errors",
    ],
}

# --- Workers --------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
OUTBOX_SWEEP_SECONDS = 10
OUTBOX_LEASE_SECONDS = ENVIRONMENT.outbox_lease_seconds

# --- Back office of the platform ------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "Pépinière",
    "SITE_HEADER": "Pépinière",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
}

# --- Logs -----------------------------------------------------------------------------------------------
LOGGING_CONFIG = None
configure_logging(ENVIRONMENT.log_level)
