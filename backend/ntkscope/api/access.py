"""Who may do what: an owner's token, a viewer's, the cookies made of them, and how often one may be wrong."""

import hashlib
import hmac
import re
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

from ntkscope.errors import InvalidInput

Role = Literal["owner", "viewer"]
PERSON = re.compile(r"[A-Za-z0-9_-]{1,40}")
MOST_WRONG = 10  # tokens from one address
WITHIN = 60.0  # seconds
MOST_ADDRESSES = 10_000  # that are remembered; those that were wrong longest ago are forgotten first
MOST_COOKIES = 10_000
SHORTEST = 16  # characters of a token that somebody sets
TOKEN = re.compile(r"[!-~]+")  # ASCII without blanks


class Visitor(NamedTuple):
    """Who asks: what they may do, and their name, where their token is of a person; else it is empty."""

    role: Role
    name: str = ""


def people_of(text: str) -> dict[str, str]:
    """Names and tokens of NTKSCOPE_PEOPLE.

    Raises:
        InvalidInput: an entry is no name with a token, or a name is there twice.
    """
    found: dict[str, str] = {}
    for entry in filter(None, (part.strip() for part in re.split(r"[,\n]", text))):
        name, _, token = entry.partition(" ")
        token = token.strip()
        if not PERSON.fullmatch(name) or name in found or len(token) < SHORTEST or not TOKEN.fullmatch(token):
            what = "twice" if name in found else f"with a token of {len(token)} characters"
            raise InvalidInput(
                expected=f"Each person as NAME TOKEN: letters, digits, - and _, then {SHORTEST} characters or more.",
                got=f"'{name[:40]}' {what}",
                remedy="openssl rand -base64 24 draws a token; one line for each person.",
                where="NTKSCOPE_PEOPLE",
            )
        found[name] = token
    return found


def new_token() -> str:
    """192 random bits, as text that an address may hold."""
    return secrets.token_urlsafe(24)


@dataclass
class Attempts:
    """How often an address was wrong of late.

    Args:
        wrong: When, by address.
    """

    wrong: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def wait(self, address: str, now: float) -> float:
        """Seconds until this address is listened to again; 0 now."""
        times = self.wrong.get(address)
        while times and now - times[0] > WITHIN:
            times.popleft()
        return max(times[0] + WITHIN - now, 1.0) if times and len(times) >= MOST_WRONG else 0.0

    def note(self, address: str, now: float) -> None:
        """It was wrong."""
        self.wrong.setdefault(address, deque(maxlen=MOST_WRONG)).append(now)
        self.wrong.move_to_end(address)
        if len(self.wrong) > MOST_ADDRESSES:
            self.wrong.popitem(last=False)


class Access:
    """The server's tokens. A cookie holds none of them: it says who it is, signed with a key that only the tokens
    give, so that it outlives the server as long as those do.

    Args:
        owner: The token that may do everything; empty: everybody may.
        viewer: The one that may look; empty: there is none.
        people: Names of further owners and their tokens.
    """

    def __init__(self, owner: str, viewer: str = "", people: Mapping[str, str] = MappingProxyType({})) -> None:
        tokens = {Visitor("owner"): owner, Visitor("viewer"): viewer}
        tokens |= {Visitor("owner", name): token for name, token in people.items()}
        self._tokens = {visitor: token.encode() for visitor, token in tokens.items() if token}
        shared = f"{owner}\n{viewer}"
        self._keys = {
            visitor: hmac.digest(
                (f"{shared}\n{tokens[visitor]}" if visitor.name else shared).encode(), b"cookies of ntkscope", "sha256"
            )
            for visitor in tokens
        }
        self._attempts = Attempts()
        self._seen: OrderedDict[str, None] = OrderedDict()  # cookies that were right

    @property
    def open(self) -> bool:
        """Whether nobody is asked for anything."""
        return not self._tokens

    def wait(self, address: str, cookie: str = "") -> float:
        """Seconds until what this address brings is looked at again; 0 now.

        A cookie that was right before passes: in a class all have one address, and one of them guesses.
        """
        return 0.0 if cookie in self._seen else self._attempts.wait(address, time.monotonic())

    def of_token(self, token: str, address: str) -> Visitor | None:
        """Whose token this is, in a time that does not depend on it; a wrong one is noted."""
        given = token.encode("utf-8", "replace")
        equal = {visitor: hmac.compare_digest(own, given) for visitor, own in self._tokens.items()}
        found = next((visitor for visitor in self._tokens if equal[visitor]), None)
        if found is None:
            self._attempts.note(address, time.monotonic())
        return found

    def of_cookie(self, cookie: str, address: str) -> Visitor | None:
        """Whose cookie this is; a wrong one is noted."""
        label, _, rest = cookie.partition(".")
        role, _, name = label.partition("~")
        for visitor in self._keys:
            if visitor == (role, name) and hmac.compare_digest(
                cookie.encode("utf-8", "replace"), self._signed(visitor, rest.partition(".")[0])
            ):
                self._seen[cookie] = None
                if len(self._seen) > MOST_COOKIES:
                    self._seen.popitem(last=False)
                return visitor
        self._attempts.note(address, time.monotonic())
        return None

    def new_cookie(self, visitor: Visitor) -> str:
        """One for a browser that has shown its token."""
        return self._signed(visitor, secrets.token_hex(8)).decode()

    def _signed(self, visitor: Visitor, number: str) -> bytes:
        text = f"{visitor.role}{visitor.name and '~'}{visitor.name}.{number}"
        return f"{text}.{hmac.new(self._keys[visitor], text.encode(), hashlib.sha256).hexdigest()}".encode()
