"""The icons of the product: the only names that `{% icon %}` draws and the vendored sprite holds."""

from __future__ import annotations

# Names of Tabler's outline icons; scripts/vendor_assets.py makes the sprite from this list.
ICONS = frozenset(
    """
    adjustments-horizontal alert-circle alert-triangle archive arrow-back-up arrow-down arrow-left arrow-right
    arrow-up arrows-exchange award ban basket bell bolt book books brush briefcase building building-bank
    building-community building-store bulb calculator calendar calendar-due calendar-event camera cash chart-bar
    chart-line check checklist chevron-down chevron-left chevron-right chevron-up circle circle-check
    circle-dashed circle-x clipboard-check clipboard-list clock clock-exclamation coins copy credit-card dashboard
    database device-desktop device-floppy device-mobile dots download edit external-link eye eye-off
    file file-certificate file-description file-invoice file-text files filter flag folder folders gavel gift
    globe hand-stop headset heart-handshake help-circle history home hourglass id inbox info-circle key language
    layout-dashboard leaf link list list-check list-details loader lock lock-open login logout mail mail-opened
    map-pin map-2 menu-2 message message-2 messages minus mood-empty moon news number package palette paperclip
    paint pencil percentage phone photo pig-money plant-2 player-pause player-play plus point progress progress-check
    progress-x question-mark receipt receipt-euro receipt-refund receipt-tax refresh rocket rosette-discount-check
    route scale school search seedling send server settings shield shield-check shield-lock shopping-cart
    shopping-bag sort-descending speakerphone star stars status-change steam sun switch-horizontal tag tags target
    tool tools transfer transfer-in transfer-out trash trending-up truck truck-delivery upload user user-check
    user-circle user-plus users users-group video wallet wand world world-www x zoom-question
    """.split()
)

# Drawn where data names an icon that the sprite does not hold.
FALLBACK_ICON = "point"
