"""Who may do what: an owner's token, a viewer's, the cookies made of them, and how often one may be wrong."""

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["owner", "viewer"]
ROLES: tuple[Role, ...] = ("owner", "viewer")
MOST_WRONG = 10  # tokens from one address
WITHIN = 60.0  # seconds
MOST_ADDRESSES = 10_000  # that are remembered; those that were wrong longest ago are forgotten first
MOST_COOKIES = 10_000
SHORTEST = 16  # characters of a token that somebody sets


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
    """The server's tokens. A cookie holds none of them: it says the role, signed with a key that only the owner's
    token gives, so that it outlives the server as long as that token does.

    Args:
        owner: The token that may do everything; empty: everybody may.
        viewer: The one that may look; empty: there is none.
    """

    def __init__(self, owner: str, viewer: str = "") -> None:
        self._tokens: dict[Role, bytes] = {
            role: token.encode() for role, token in zip(ROLES, (owner, viewer), strict=True) if token
        }
        self._key = hmac.digest(f"{owner}\n{viewer}".encode(), b"cookies of ntkscope", "sha256")
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

    def of_token(self, token: str, address: str) -> Role | None:
        """Whose token this is, in a time that does not depend on it; a wrong one is noted."""
        equal = {role: hmac.compare_digest(own, token.encode("utf-8", "replace")) for role, own in self._tokens.items()}
        role = next((role for role in ROLES if equal.get(role)), None)
        if role is None:
            self._attempts.note(address, time.monotonic())
        return role

    def of_cookie(self, cookie: str, address: str) -> Role | None:
        """Whose cookie this is; a wrong one is noted."""
        name, _, rest = cookie.partition(".")
        for role in ROLES:
            if name == role and hmac.compare_digest(
                cookie.encode("utf-8", "replace"), self._signed(role, rest.partition(".")[0])
            ):
                self._seen[cookie] = None
                if len(self._seen) > MOST_COOKIES:
                    self._seen.popitem(last=False)
                return role
        self._attempts.note(address, time.monotonic())
        return None

    def new_cookie(self, role: Role) -> str:
        """One for a browser that has shown its token."""
        return self._signed(role, secrets.token_hex(8)).decode()

    def _signed(self, role: Role, number: str) -> bytes:
        text = f"{role}.{number}"
        return f"{text}.{hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()}".encode()
