"""Addresses of the web kit, the same on every site."""

from __future__ import annotations

from django.urls import path

from kernel.web import views

app_name = "web"

urlpatterns = [
    path("theme.<slug:digest>.css", views.theme_css, name="theme"),
    path("apparence/", views.set_appearance, name="appearance"),
]
