"""The web kit as a Django app: no tables; static files, template tags and views."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Layouts and components live in the project's `templates/`."""

    name = "kernel.web"
    label = "web"
