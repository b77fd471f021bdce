"""How long a server's /api/health takes: run as a process of its own, which shares no interpreter lock with anybody.

usage: watch_health.py HOST:PORT. Says "watching" after the first answer; once its standard input ends, the longest
time in seconds.
"""

import http.client
import select
import sys
import time


def ask(connection: http.client.HTTPConnection) -> float:
    """Seconds until the answer, which must be 200."""
    begin = time.perf_counter()
    connection.request("GET", "/api/health")
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    return time.perf_counter() - begin


def watch(address: str) -> None:
    connection = http.client.HTTPConnection(address, timeout=60)
    ask(connection)
    print("watching", flush=True)
    longest = 0.0
    while not longest or not select.select([sys.stdin], [], [], 0.01)[0]:
        longest = max(longest, ask(connection))
    print(longest)


if __name__ == "__main__":
    watch(sys.argv[1])
