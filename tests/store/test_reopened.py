"""A database that its server has closed may be opened at once."""

from ntkscope.store.database import open_database


def test_the_lock_is_free_as_soon_as_it_is_released(url: str) -> None:
    for _ in range(20):
        open_database(url, "http://first/").close()
