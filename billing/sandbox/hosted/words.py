"""Every sentence of the hosted page in French and English, and the form of money."""

# ruff: noqa: E501 - one sentence a line

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest

LANGUAGES = ("fr", "en")

FRENCH: dict[str, Any] = {
    "language": "fr",
    "other_language": "en",
    "other_language_name": "English",
    "sandbox": "Bac à sable : aucun argent réel",
    "sandbox_hint": "Cette page imite une page de paiement. Aucune carte réelle n’est débitée ni enregistrée.",
    "skip": "Aller au paiement",
    "title": "Paiement",
    "pay_to": "Payer à",
    "for": "Objet",
    "amount": "Montant à payer",
    "back": "Revenir au site sans payer",
    "card": "Payer par carte",
    "number": "Numéro de carte",
    "number_hint": "16 chiffres, espaces permis",
    "expiry": "Expiration",
    "expiry_hint": "MM / AA",
    "cvc": "Cryptogramme",
    "cvc_hint": "3 chiffres au dos",
    "name": "Nom sur la carte",
    "pay": "Payer",
    "test_cards": "Cartes d’essai",
    "test_cards_hint": "Choisissez ce que la banque doit répondre : la carte est remplie pour vous.",
    "chosen": "choisie",
    "problem": "Il y a un problème",
    "error": "Erreur :",
    "number_invalid": "Indiquez un numéro de carte à 16 chiffres.",
    "number_real": "Seules les cartes d’essai sont acceptées ici. Choisissez-en une dans la liste.",
    "expiry_invalid": "Indiquez une date d’expiration au format MM / AA.",
    "expiry_past": "Cette carte a expiré. Indiquez une date à venir.",
    "cvc_invalid": "Indiquez les 3 chiffres du cryptogramme.",
    "name_invalid": "Indiquez le nom inscrit sur la carte.",
    "card_declined": "Votre banque a refusé ce paiement. Rien n’a été débité. Essayez une autre carte.",
    "insufficient_funds": "Votre banque a refusé : provision insuffisante. Rien n’a été débité. Essayez une autre carte.",
    "authentication_required": "Vous n’avez pas confirmé ce paiement. Rien n’a été débité. Essayez à nouveau ou avec une autre carte.",
    "challenge_title": "Votre banque demande une confirmation",
    "challenge_text": "La banque d’essai veut s’assurer que c’est bien vous qui payez.",
    "challenge_yes": "Confirmer le paiement",
    "challenge_no": "Refuser le paiement",
    "paid_title": "Ce paiement est déjà fait",
    "paid_text": "Le montant a été débité une seule fois. Vous pouvez revenir au site.",
    "expired_title": "Cette page de paiement a expiré",
    "expired_text": "Rien n’a été débité. Revenez au site pour recommencer.",
    "return": "Revenir au site",
    "timeout_title": "La page n’a pas répondu à temps",
    "timeout_text": "Vous avez choisi la carte qui imite cette panne : le paiement a réussi, mais vous n’êtes pas ramené au site.",
    "stale_title": "Cette page est restée ouverte trop longtemps",
    "stale_text": "Rien n’a été débité. Rouvrez la page de paiement depuis le site et recommencez.",
    "unknown_title": "Cette page de paiement n’existe pas",
    "unknown_text": "Vérifiez l’adresse, ou rouvrez la page de paiement depuis le site.",
    "broken_title": "Le bac à sable a rencontré une erreur",
    "broken_text": "Revenez au site : il sait si le paiement a été fait.",
    "front_title": "Passerelle de paiement d’essai",
    "front_text": "Ce service imite un prestataire de paiement pour la démonstration et les essais. Il ne déplace aucun argent.",
    "cards": {
        "accepted": "Paiement accepté",
        "declined": "Carte refusée",
        "insufficient_funds": "Provision insuffisante",
        "challenge": "Confirmation 3-D Secure demandée",
        "webhook_twice": "Accepté, notification envoyée deux fois",
        "webhook_late": "Accepté, notification en retard de 30 s",
        "webhook_lost": "Accepté, notification perdue",
        "page_times_out": "Accepté, sans retour vers le site",
    },
    "or_debit": "Payer par prélèvement SEPA",
    "debit_hint": "La banque répond plus tard : ici en quelques secondes, en vrai en plusieurs jours ouvrés.",
    "iban": "IBAN",
    "iban_hint": "27 caractères en France, espaces permis",
    "holder": "Titulaire du compte",
    "debit": "Autoriser le prélèvement de",
    "iban_invalid": "Indiquez un IBAN complet.",
    "iban_real": "Seuls les comptes d’essai sont acceptés ici. Choisissez-en un dans la liste.",
    "holder_invalid": "Indiquez le titulaire du compte.",
    "debit_refused": "La banque a refusé le prélèvement. Rien n’a été débité.",
    "test_accounts": "Comptes d’essai",
    "chosen_account": "choisi",
    "processing_title": "Ce prélèvement est en cours",
    "processing_text": "La banque n’a pas encore répondu. Vous pouvez revenir au site.",
    "settings": "Réglages d’essai",
    "settings_hint": "Ils valent pour ce paiement seulement : choisissez ce qui doit mal se passer, puis payez.",
    "settings_save": "Enregistrer les réglages",
    "settings_saved": "Réglages enregistrés pour ce paiement.",
    "choices": {
        "webhooks": (
            "Notifications",
            {
                "normal": "Normales",
                "duplicate": "Envoyées deux fois",
                "reordered": "Dans le désordre",
                "delayed": "En retard de 30 s",
                "dropped": "Perdues",
            },
        ),
        "settles": (
            "Montant débité par la banque",
            {"same": "Celui de la commande", "less": "1 € de moins", "currency": "Dans une autre monnaie"},
        ),
        "disputes": ("Contestation par le client", {"none": "Aucune", "soon": "5 s après le paiement"}),
        "refunds": (
            "Remboursement",
            {"succeeded": "Accepté", "pending": "En attente de la banque", "failed": "Refusé"},
        ),
        "transfers": (
            "Versement au prestataire",
            {
                "succeeded": "Accepté",
                "balance_insufficient": "Solde insuffisant, une fois",
                "account_restricted": "Compte restreint, une fois",
            },
        ),
        "reversals": (
            "Reprise du versement",
            {"succeeded": "Acceptée", "balance_insufficient": "Solde insuffisant, une fois"},
        ),
        "timeout": (
            "Réponse perdue après succès",
            {"none": "Jamais", "refunds.create": "Au remboursement", "transfers.create": "Au versement"},
        ),
    },
    "accounts": {
        "sepa_accepted": "Accepté plus tard",
        "sepa_refused": "Refusé plus tard",
        "sepa_returned": "Accepté, puis rejeté par la banque",
    },
}

ENGLISH: dict[str, Any] = {
    "language": "en",
    "other_language": "fr",
    "other_language_name": "Français",
    "sandbox": "Sandbox: no real money",
    "sandbox_hint": "This page imitates a payment page. No real card is charged or stored.",
    "skip": "Skip to payment",
    "title": "Payment",
    "pay_to": "Pay to",
    "for": "For",
    "amount": "Amount to pay",
    "back": "Back to the site without paying",
    "card": "Pay by card",
    "number": "Card number",
    "number_hint": "16 digits, spaces allowed",
    "expiry": "Expiry date",
    "expiry_hint": "MM / YY",
    "cvc": "Security code",
    "cvc_hint": "3 digits on the back",
    "name": "Name on card",
    "pay": "Pay",
    "test_cards": "Test cards",
    "test_cards_hint": "Choose what the bank should answer: the card is filled in for you.",
    "chosen": "chosen",
    "problem": "There is a problem",
    "error": "Error:",
    "number_invalid": "Enter a card number of 16 digits.",
    "number_real": "Only test cards are accepted here. Choose one from the list.",
    "expiry_invalid": "Enter an expiry date as MM / YY.",
    "expiry_past": "This card has expired. Enter a date in the future.",
    "cvc_invalid": "Enter the 3 digits of the security code.",
    "name_invalid": "Enter the name printed on the card.",
    "card_declined": "Your bank refused this payment. Nothing was charged. Try another card.",
    "insufficient_funds": "Your bank refused: insufficient funds. Nothing was charged. Try another card.",
    "authentication_required": "You did not confirm this payment. Nothing was charged. Try again or use another card.",
    "challenge_title": "Your bank asks for confirmation",
    "challenge_text": "The test bank wants to be sure that it is you who is paying.",
    "challenge_yes": "Confirm the payment",
    "challenge_no": "Refuse the payment",
    "paid_title": "This payment is already made",
    "paid_text": "The amount was charged once. You can go back to the site.",
    "expired_title": "This payment page has expired",
    "expired_text": "Nothing was charged. Go back to the site to start again.",
    "return": "Back to the site",
    "timeout_title": "The page did not answer in time",
    "timeout_text": "You chose the card that imitates this failure: the payment succeeded, but you are not taken back to the site.",
    "stale_title": "This page was left open for too long",
    "stale_text": "Nothing was charged. Open the payment page again from the site.",
    "unknown_title": "This payment page does not exist",
    "unknown_text": "Check the address, or open the payment page again from the site.",
    "broken_title": "The sandbox met an error",
    "broken_text": "Go back to the site: it knows whether the payment was made.",
    "front_title": "Test payment gateway",
    "front_text": "This service imitates a payment provider for demonstration and tests. It moves no money.",
    "cards": {
        "accepted": "Payment accepted",
        "declined": "Card declined",
        "insufficient_funds": "Insufficient funds",
        "challenge": "3-D Secure confirmation required",
        "webhook_twice": "Accepted, notification sent twice",
        "webhook_late": "Accepted, notification 30 s late",
        "webhook_lost": "Accepted, notification lost",
        "page_times_out": "Accepted, no return to the site",
    },
    "or_debit": "Pay by SEPA direct debit",
    "debit_hint": "The bank answers later: in seconds here, in several working days for real.",
    "iban": "IBAN",
    "iban_hint": "27 characters in France, spaces allowed",
    "holder": "Account holder",
    "debit": "Authorise the debit of",
    "iban_invalid": "Enter a complete IBAN.",
    "iban_real": "Only test accounts are accepted here. Choose one from the list.",
    "holder_invalid": "Enter the account holder.",
    "debit_refused": "The bank refused the debit. Nothing was charged.",
    "test_accounts": "Test accounts",
    "chosen_account": "chosen",
    "processing_title": "This debit is under way",
    "processing_text": "The bank has not answered yet. You can go back to the site.",
    "settings": "Test settings",
    "settings_hint": "They hold for this payment only: choose what should go wrong, then pay.",
    "settings_save": "Save the settings",
    "settings_saved": "Settings saved for this payment.",
    "choices": {
        "webhooks": (
            "Notifications",
            {
                "normal": "Normal",
                "duplicate": "Sent twice",
                "reordered": "Out of order",
                "delayed": "30 s late",
                "dropped": "Lost",
            },
        ),
        "settles": (
            "Amount the bank debits",
            {"same": "That of the order", "less": "€1 less", "currency": "In another currency"},
        ),
        "disputes": ("Dispute by the buyer", {"none": "None", "soon": "5 s after payment"}),
        "refunds": (
            "Refund",
            {"succeeded": "Accepted", "pending": "Waiting for the bank", "failed": "Refused"},
        ),
        "transfers": (
            "Transfer to the provider",
            {
                "succeeded": "Accepted",
                "balance_insufficient": "Insufficient balance, once",
                "account_restricted": "Restricted account, once",
            },
        ),
        "reversals": (
            "Reversal of the transfer",
            {"succeeded": "Accepted", "balance_insufficient": "Insufficient balance, once"},
        ),
        "timeout": (
            "Answer lost after success",
            {"none": "Never", "refunds.create": "On refund", "transfers.create": "On transfer"},
        ),
    },
    "accounts": {
        "sepa_accepted": "Accepted later",
        "sepa_refused": "Refused later",
        "sepa_returned": "Accepted, then returned by the bank",
    },
}
WORDS = {"fr": FRENCH, "en": ENGLISH}


def language_of(request: HttpRequest, preferred: str = "") -> str:
    """The language chosen in the address, else that of the session, else the browser's, else French."""
    browser = request.headers.get("Accept-Language", "")[:2].lower()
    for candidate in (request.GET.get("lang", ""), preferred[:2], browser):
        if candidate in LANGUAGES:
            return candidate
    return "fr"


def money(cents: int, currency: str, language: str) -> str:
    """``1 234,56 €`` in French, ``€1,234.56`` in English."""
    sign = {"eur": "€", "usd": "$", "gbp": "£"}.get(currency, currency.upper())
    english = f"{cents // 100:,}.{cents % 100:02d}"
    if language == "en":
        return f"{sign}{english}"
    return english.replace(",", "\u202f").replace(".", ",") + f"\u00a0{sign}"
