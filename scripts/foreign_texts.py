"""Texts of the libraries that people read here, in the product's words: English source to (French, English).

A library's own French says "courriel" where ours says "e-mail", and asks "merci de" where ours says what to
do. The catalogues of the product come before theirs.
"""

from __future__ import annotations

FOREIGN: dict[str, tuple[str, str]] = {
    # Django's forms.
    "Email": ("E-mail", "E-mail"),
    "Email address": ("Adresse e-mail", "E-mail address"),
    "email address": ("adresse e-mail", "e-mail address"),
    "Enter a number.": ("Indiquez un nombre.", "Enter a number."),
    "Enter a valid URL.": (
        "Indiquez une adresse complète, par exemple https://exemple.fr.",
        "Enter a full address, for example https://example.com.",
    ),
    "Enter a valid date.": (
        "Indiquez une date, par exemple 25/11/2026.",
        "Enter a date, for example 25/11/2026.",
    ),
    "Enter a valid email address.": (
        "Indiquez une adresse e-mail complète, par exemple nom@exemple.fr.",
        "Enter a full e-mail address, for example name@example.com.",
    ),
    "Enter a whole number.": ("Indiquez un nombre entier.", "Enter a whole number."),
    "Ensure this value is greater than or equal to %(limit_value)s.": (
        "Indiquez au moins %(limit_value)s.",
        "Enter at least %(limit_value)s.",
    ),
    "Ensure this value is less than or equal to %(limit_value)s.": (
        "Indiquez au plus %(limit_value)s.",
        "Enter at most %(limit_value)s.",
    ),
    # allauth's accounts.
    "A user is already registered with this email address.": (
        "Cette adresse a déjà un compte.",
        "This address already has an account.",
    ),
    "Be patient, you are sending too many requests.": (
        "Attendez un peu avant de recommencer.",
        "Wait a little before you try again.",
    ),
    "Current Password": ("Mot de passe actuel", "Current password"),
    "Incorrect code.": (
        "Ce code n’est pas le bon. Vérifiez-le, ou demandez-en un autre.",
        "This is not the right code. Check it, or ask for another.",
    ),
    "Incorrect password.": (
        "Ce mot de passe n’est pas le bon.",
        "This is not the right password.",
    ),
    "New Password": ("Nouveau mot de passe", "New password"),
    "Please type your current password.": (
        "Indiquez votre mot de passe actuel.",
        "Enter your current password.",
    ),
    "The email address and/or password you specified are not correct.": (
        "L’adresse e-mail ou le mot de passe n’est pas le bon. Vérifiez les deux.",
        "The e-mail address or the password is not right. Check both.",
    ),
    "The email address is not assigned to any user account.": (
        "Aucun compte n’existe à cette adresse.",
        "No account exists at this address.",
    ),
    "The new value must be different from the current one.": (
        "Indiquez une autre adresse que l’actuelle.",
        "Enter another address than the present one.",
    ),
    "This email address is already associated with this account.": (
        "Cette adresse est déjà une des vôtres.",
        "This address is already one of yours.",
    ),
    "Too many failed login attempts. Try again later.": (
        "Trop d’essais. Attendez quelques minutes avant de recommencer.",
        "Too many attempts. Wait a few minutes before you try again.",
    ),
    "Use authenticator app or code": (
        "Utiliser l’application d’authentification ou un code de secours",
        "Use the authenticator app or a recovery code",
    ),
    "Use your password": ("Utiliser votre mot de passe", "Use your password"),
    # allauth's two-factor authentication.
    "Authenticator code": ("Code de l’application", "Code from the application"),
    "You cannot activate two-factor authentication until you have verified your email address.": (
        "Confirmez d’abord votre adresse e-mail, puis activez la double authentification.",
        "Confirm your e-mail address first, then activate two-factor authentication.",
    ),
    "You cannot add an email address to an account protected by two-factor authentication.": (
        "Désactivez la double authentification avant d’ajouter une adresse e-mail.",
        "Deactivate two-factor authentication before you add an e-mail address.",
    ),
    "You cannot deactivate two-factor authentication.": (
        "La double authentification ne peut pas être désactivée ici.",
        "Two-factor authentication cannot be deactivated here.",
    ),
    "You cannot generate recovery codes without having two-factor authentication enabled.": (
        "Activez la double authentification avant de créer des codes de secours.",
        "Activate two-factor authentication before you create recovery codes.",
    ),
}
