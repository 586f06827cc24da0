"""The process that answers: the API, live events, the wall."""

import logging
import os
import socket
from pathlib import Path

from api.adoption import Adopter
from api.app import create_app
from api.health import files_of
from api.importing.running import ListDesk
from api.register.apart import Reconciler, arguments_of
from api.reports.jobs import Jobs, schedule_of
from api.server import run_api
from api.sessions import load_session_key
from api.settings import ApiSettings
from api.waiting import Waiting
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.sinks.opening import open_for_reading
from collector.store import Store

logger = logging.getLogger(__name__)

PAGES = Path(__file__).resolve().parents[2] / "dashboards" / "web" / "dist"


def run_web(config: Config, descriptor: int | None = None) -> None:
    """Answer until told to stop, on an open socket or that of the settings. Raises StoreError."""
    sock = None if descriptor is None else socket.socket(fileno=descriptor)
    clock = SystemClock()
    with Store.open(config.store_path) as store:
        sink = open_for_reading(config, clock)
        waiting = Waiting.of(config)
        settings = ApiSettings(
            zone=config.zone,
            language=config.language,
            rule=config.rule,
            contracts=config.contracts,
            contract=config.contract,
            exports=config.exports,
            indicators=config.indicators,
            data_directory=config.data_directory,
            web_directory=PAGES,
            public_status=config.api.public_status,
            alerts=config.alerts is not None,
            files=files_of(config),
            session_key=load_session_key(config.data_directory / "session.key"),
        )
        adopter = Adopter(store, clock, lambda: load_config(config.file, os.environ))
        reports = Jobs(config.reports_path, _settings_file(config), clock, schedule_of(config))
        lists = ListDesk(config.file, config.data_directory, clock)
        _sweep(reports, lists)
        app = create_app(
            store=store,
            sink=sink,
            clock=clock,
            settings=settings,
            adopter=adopter,
            waiting=waiting,
            reports_kept=reports,
            lists=lists,
            reconciler=Reconciler(
                store, clock, arguments_of(config.file), lambda: lists.ask("rewrite")
            ),
        )
        try:
            run_api(app, sock=sock, host=config.api.host, port=config.api.port)
        finally:
            sink.close()
            reports.close()
            if waiting is not None:
                waiting.close()


def _sweep(reports: Jobs, lists: ListDesk) -> None:
    """Remove what processes left that were stopped; a disk that refuses it stops nobody."""
    for sweep in (reports.sweep, lists.sweep):
        try:
            sweep()
        except OSError as error:
            logger.warning("what was left half done is not removed: %s", error)


def _settings_file(config: Config) -> list[str]:
    return [] if config.file is None else ["--config", str(config.file.resolve())]
