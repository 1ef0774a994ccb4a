"""The operator's part in the work on lines: a message that both sides read."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.errors import DomainError
from services.fulfilment.operations.write import write_message
from services.fulfilment.web.forms import MessageForm
from services.orders.lifecycle import OPERATOR
from services.orders.models import OrderLine
from tenants.accounts.access import require_operator

DESK = "support"


@login_required
@require_POST
def write(request: HttpRequest, key: str) -> HttpResponse:
    """A message to the client and the provider of a line."""
    require_operator(request.user, DESK)
    line = OrderLine.objects.select_related("order").filter(key=key).first()
    if line is None:
        raise Http404
    form = MessageForm(request.POST)
    try:
        if form.is_valid():
            write_message(key=line.key, actor=request.user, role=OPERATOR, **form.cleaned_data)
            messages.success(request, _("Message envoyé au client et au prestataire."))
        else:
            messages.error(request, _("Écrivez votre message."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('orders:console_order', args=[line.order.number])}#messages-{line.position}")
