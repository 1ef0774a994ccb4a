"""The production mode: behind a proxy that ends TLS; nothing of the demonstration exists."""

from __future__ import annotations

from pepiniere.settings.base import *  # noqa: F403
from pepiniere.settings.base import CONTENT_SECURITY_POLICY, ENVIRONMENT, REST_FRAMEWORK

SANDBOX_URL = ""
SANDBOX_ADMIN_KEY = ""
DEMONSTRATION = False

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = ENVIRONMENT.mail["EMAIL_HOST"]
EMAIL_PORT = ENVIRONMENT.mail["EMAIL_PORT"]
EMAIL_HOST_USER = ENVIRONMENT.mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = ENVIRONMENT.mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_SSL = ENVIRONMENT.mail["EMAIL_USE_SSL"]
EMAIL_USE_TLS = ENVIRONMENT.mail["EMAIL_USE_TLS"]

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The proxy adds the caller's address to X-Forwarded-For; what stands before it is the caller's own word.
REST_FRAMEWORK["NUM_PROXIES"] = 1
# Probes of the orchestrator come without TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Browsers ship the list of preloaded domains: getting off it takes months. The operator of a domain decides.
SECURE_HSTS_PRELOAD = ENVIRONMENT.hsts_preload
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True

# Paying is a form that leads to Stripe's page.
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append("https://checkout.stripe.com")
