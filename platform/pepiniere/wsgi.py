"""The WSGI application that the web server loads."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from kernel.call_stack import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pepiniere.settings")

application = with_room(get_wsgi_application())
