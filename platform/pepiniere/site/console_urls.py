"""Addresses of the console that belong to no subject."""

from __future__ import annotations

from django.urls import path

from pepiniere.site import abandoned

app_name = "operations"

urlpatterns = [
    path("console/taches/", abandoned.abandoned_tasks, name="abandoned"),
    path("console/taches/<int:task_id>/relancer/", abandoned.revive, name="revive"),
]
