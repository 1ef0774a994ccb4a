"""Addresses of co-funding on a tenant's site."""

from __future__ import annotations

from django.urls import path

from billing.funding.web import (
    entrepreneur,
    operator,
    programme_pages,
    rule_pages,
    series_pages,
    voucher_pages,
)

app_name = "funding"

urlpatterns = [
    path("dispositifs/", entrepreneur.programme_list, name="programmes"),
    path("dispositifs/<slug:slug>/", entrepreneur.programme, name="programme"),
    path("dispositifs/<slug:slug>/reponses/", entrepreneur.answer, name="answer"),
    path("console/cheques/", voucher_pages.voucher_list, name="console_vouchers"),
    path("console/cheques/accorder/", voucher_pages.grant, name="console_grant"),
    path("console/cheques/series/", series_pages.series_list, name="console_series"),
    path("console/cheques/series/nouvelle/", series_pages.new, name="console_series_new"),
    path("console/cheques/series/<uuid:public_id>/csv/", series_pages.codes, name="console_series_codes"),
    path("console/cheques/<uuid:public_id>/retirer/", voucher_pages.revoke, name="console_revoke"),
    path("console/dispositifs/", operator.programme_list, name="console_programmes"),
    path("console/dispositifs/nouveau/", programme_pages.new, name="console_programme_new"),
    path("console/dispositifs/<slug:slug>/modifier/", programme_pages.edit, name="console_programme_edit"),
    path("console/dispositifs/<slug:slug>/fermer/", programme_pages.close, name="console_programme_close"),
    path("console/dispositifs/<slug:slug>/budgets/", programme_pages.budgets, name="console_budgets"),
    path("console/dispositifs/<slug:slug>/", operator.programme, name="console_programme"),
    path("console/dispositifs/<slug:slug>/regles/", operator.prepare, name="console_rule_prepare"),
    path("console/dispositifs/<slug:slug>/regles/<int:number>/", rule_pages.revision, name="console_rule"),
    path(
        "console/dispositifs/<slug:slug>/regles/<int:number>/modifier/",
        rule_pages.edit,
        name="console_rule_edit",
    ),
    path(
        "console/dispositifs/<slug:slug>/regles/<int:number>/publier/",
        rule_pages.publish,
        name="console_rule_publish",
    ),
    path(
        "console/dispositifs/<slug:slug>/regles/<int:number>/abandonner/",
        rule_pages.discard,
        name="console_rule_discard",
    ),
    path(
        "console/dispositifs/<slug:slug>/regles/<int:number>/exemples/<int:example_id>/retirer/",
        rule_pages.forget_example,
        name="console_rule_forget_example",
    ),
]
