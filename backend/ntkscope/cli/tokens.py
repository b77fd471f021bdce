"""Which tokens a server asks for: those that are set, those that a file holds, or new ones where it must have some."""

from pathlib import Path

from ntkscope.api.access import SHORTEST, new_token, people_of
from ntkscope.api.security import is_loopback
from ntkscope.errors import InvalidInput, Unavailable
from ntkscope.settings import Settings


def with_tokens(settings: Settings, ask: bool) -> Settings:
    """The settings with both tokens; with none for a server on loopback that is to be open.

    Args:
        settings: As they were given.
        ask: Whether a token is asked for on loopback too.

    Raises:
        Unavailable: a file that should hold a token cannot be read.
        InvalidInput: a token is too short, or both are the same.
    """
    owner = _set("TOKEN", settings.token, settings.token_file)
    viewer = _set("VIEWER_TOKEN", settings.viewer_token, settings.viewer_token_file)
    people = settings.people or (_text("PEOPLE", settings.people_file) if settings.people_file else "")
    named = people_of(people)
    if not (owner or viewer or named or ask or not is_loopback(settings.host)):
        return settings
    owner, viewer = owner or new_token(), viewer or new_token()
    if len({owner, viewer, *named.values()}) < 2 + len(named):
        raise InvalidInput(
            expected="Different tokens: who has the viewers' may change nothing, and every person has their own.",
            got="the same twice",
            remedy="Set another NTKSCOPE_VIEWER_TOKEN, or none: one is drawn then.",
            where="NTKSCOPE_VIEWER_TOKEN",
        )
    return settings.model_copy(update={"token": owner, "viewer_token": viewer, "people": people})


def _set(name: str, token: str, file: str) -> str:
    """The token that is set, if there is one."""
    where = f"NTKSCOPE_{name}"
    if file and not token:
        token = _text(name, file)
    if token and (len(token) < SHORTEST or not (token.isascii() and token.isprintable()) or " " in token):
        raise InvalidInput(
            expected=f"A token of at least {SHORTEST} letters, digits and signs of ASCII, without blanks.",
            got=f"one of {len(token)} characters" if len(token) < SHORTEST else "one with others",
            remedy="openssl rand -base64 24 draws one.",
            where=where,
        )
    return token


def _text(name: str, file: str) -> str:
    """What a file of tokens holds."""
    where = f"NTKSCOPE_{name}"
    try:
        text = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise Unavailable(
            expected="A file that holds the token, as text.",
            got=f"'{file}', which cannot be read ({type(error).__name__})",
            remedy=f"Mend the file, or set {where} itself.",
            where=f"{where}_FILE",
        ) from None
    if not text:
        raise InvalidInput("A file that holds a token.", f"'{file}', which is empty", "Write one.", f"{where}_FILE")
    return text
