"""What no log, message or error may show: secrets that were read, and e-mail addresses."""

import re
from urllib.parse import unquote

HIDDEN = "***"
# shorter ones turn up in texts by chance
LEAST = 6
E_MAIL = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+\.\w+")
_secrets: set[str] = set()


def withhold(*secrets: str) -> None:
    """Keep these texts, and what they spell if they are quoted for an address, out of what is said from now on."""
    _secrets.update(text for secret in secrets for text in (secret, unquote(secret)) if len(text) >= LEAST)


def shown(text: str) -> str:
    """A text without what is withheld."""
    for secret in sorted(_secrets, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, HIDDEN)
    return E_MAIL.sub(HIDDEN, text) if "@" in text else text
