"""`ntkscope serve`."""

import asyncio
import contextlib
import errno
import os
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn
from rich.console import Console

from ntkscope.api.app import create_app, favour_the_event_loop
from ntkscope.api.pages import BUILT
from ntkscope.api.security import is_loopback
from ntkscope.api.services import address, open_services
from ntkscope.cli.logs import start_logging
from ntkscope.cli.settings import read_settings, unknown_variables
from ntkscope.cli.tokens import with_tokens
from ntkscope.errors import Unavailable
from ntkscope.settings import Settings

SHUTDOWN_SECONDS = 2
LARGEST_ACKNOWLEDGEMENT = 4096  # bytes; viewers send nothing longer


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen at.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen at; 0: any that is free.")] = None,
    database_url: Annotated[
        str | None,
        typer.Option("--database", help="sqlite:///FILE or postgresql://..., also by NTKSCOPE_DATABASE_URL."),
    ] = None,
    base_path: Annotated[str | None, typer.Option(help="Sub-path behind a proxy, as /lab.")] = None,
    workers: Annotated[int | None, typer.Option(help="Runs that train at the same time.")] = None,
    token: Annotated[
        bool,
        typer.Option("--token", help="Ask for a token on this machine too; at any other address that is always so."),
    ] = False,
) -> None:
    """Serves the page and the API. Every other option can also be set as NTKSCOPE_<NAME>, such as NTKSCOPE_PORT."""
    for warning in unknown_variables(os.environ):
        typer.echo(warning, err=True)
    settings = read_settings(host=host, port=port, database_url=database_url, base_path=base_path, workers=workers)
    settings = with_tokens(settings, token)
    start_logging(settings.log_format, settings.log_level)
    with listen(settings) as listener:
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        with asyncio.Runner(loop_factory=uvicorn.Config("", loop="auto", log_config=None).get_loop_factory()) as runner:
            runner.run(_serve(settings, listener))


def listen(settings: Settings) -> socket.socket:
    """A socket at the settings' address.

    Raises:
        Unavailable: the port is taken, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # asyncio sets TCP_NODELAY only where the protocol is named; without it small answers wait for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(1024)  # two sockets may bind with REUSEADDR; only one may listen
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            other = settings.port + 1 if settings.port < 65535 else 8001
            raise Unavailable(
                expected="A port that no other program uses.",
                got=f"{settings.port}, which is taken",
                remedy=f"Stop the other program, or choose another port: make run PORT={other}, "
                f"or ntkscope serve --port {other}.",
                where="--port",
            ) from None
        raise Unavailable(
            expected="An address and a port of this machine that may be listened at.",
            got=f"{settings.host}:{settings.port}: {error.strerror or error}",
            remedy="Use --host 127.0.0.1 and a port above 1023.",
            where="--host",
        ) from None
    return listener


class _Server(uvicorn.Server):
    """Ends quietly on a signal; uvicorn's own raises it again before our workers are told.

    Args:
        config: Uvicorn's.
        retire: What is to be done first, while the server still answers; a second signal does not wait for it.
    """

    def __init__(self, config: uvicorn.Config, retire: Callable[[], Coroutine[Any, Any, None]]) -> None:
        super().__init__(config)
        self._retire = retire
        self._retiring: asyncio.Task[None] | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._retiring is None:
            self._retiring = asyncio.get_running_loop().create_task(self._end(sig, frame))
        else:
            super().handle_exit(sig, frame)

    async def _end(self, sig: int, frame: FrameType | None) -> None:
        try:
            await self._retire()
        finally:
            super().handle_exit(sig, frame)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)


async def _serve(settings: Settings, listener: socket.socket) -> None:
    async with open_services(settings) as services:
        server = _Server(
            uvicorn.Config(
                create_app(settings, services),
                ws="websockets-sansio",
                ws_per_message_deflate=False,
                ws_max_size=LARGEST_ACKNOWLEDGEMENT,
                log_config=None,  # its records go where ours go
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            ),
            retire=services.retire,
        )
        favour_the_event_loop()
        _greet(settings)
        await server.serve([listener])


def here(settings: Settings) -> str:
    """The server's address as a browser on this machine may use it."""
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    return address(settings.model_copy(update={"host": loopback.get(settings.host, settings.host)}))


def _greet(settings: Settings) -> None:
    console = Console(highlight=False, soft_wrap=True)
    if settings.token:
        # The link is what signs in, and is shown here only.
        link = here(settings)
        console.print(f"ntkscope is at {link}?token={settings.token}  (Ctrl-C stops it)", markup=False)
        console.print(f"To watch only: {link}?token={settings.viewer_token}", markup=False)
        if not is_loopback(settings.host):
            console.print("From another machine: the same, with this machine's name in the place of the address.")
    else:
        console.print(f"ntkscope is at [bold]{address(settings)}[/bold]  (Ctrl-C stops it)")
    if not (BUILT / "index.html").is_file():
        console.print("Its page is not built yet: make setup, or npm ci && npm run build in frontend/.")
