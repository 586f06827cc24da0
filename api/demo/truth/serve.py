"""The API of the truth scenario: the real server on a free port of loopback, on the day's clock."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from api.app import create_app
from api.demo.report import ApiClient
from api.listening import open_socket
from api.server import ApiServer
from api.settings import ApiSettings
from collector.clock import Clock
from collector.config import Config
from collector.sinks.sqlite import SqliteSink
from collector.store import Store, TokenRole

TOKEN_NAME = "petugas"  # noqa: S105 - its name


@contextmanager
def served(config: Config, clock: Clock) -> Iterator[ApiClient]:
    """Serve a store for as long as the context lasts; yield a client with an operator's token."""
    with ExitStack() as cleanup:
        sink = SqliteSink.open(config.readings_path)
        cleanup.callback(sink.close)
        store = cleanup.enter_context(Store.open(config.store_path))
        token = store.tokens.create(TOKEN_NAME, TokenRole.OPERATOR, None, clock.now())
        settings = ApiSettings(
            zone=config.zone,
            language=config.language,
            rule=config.rule,
            contracts=config.contracts,
            contract=config.contract,
        )
        app = create_app(store=store, sink=sink, clock=clock, settings=settings)
        listening = cleanup.enter_context(open_socket("127.0.0.1", 0))
        server = ApiServer(app)
        running = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listening])), name="API"
        )
        running.start()
        cleanup.callback(running.join)
        cleanup.callback(setattr, server, "should_exit", True)
        host, port = listening.getsockname()[:2]
        yield ApiClient(f"http://{host}:{port}", token)
