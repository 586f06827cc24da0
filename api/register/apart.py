"""Reconciles in a process of its own: seconds of pure computing must not hold the API up.

One at a time. It is started when lists changed since the last one, when somebody asks, and once a
day, because ghosts and what the network says need no new list.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from collector.clock import Clock
from collector.store import Store, StoreError

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0
_LONGEST_SECONDS = 300.0
_AT_LEAST_EVERY = timedelta(days=1)


class Reconciler:
    """Starts reconciliations for the API."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        arguments: Sequence[str],
        rewrite: Callable[[], Awaitable[Mapping[str, object]]] | None = None,
    ) -> None:
        """`arguments` are those of the command that reconciles, with the settings it needs.

        `rewrite` lets the register's file say what was decided; what it returns has `refused` where
        it could not.
        """
        self._store = store
        self._clock = clock
        self._arguments = tuple(arguments)
        self._rewrite = rewrite
        self._written: int | None = None  # the decision up to which the file says everything
        self._running: asyncio.Task[bool] | None = None

    async def run(self) -> bool:
        """Reconcile, or wait for the one that is under way; say whether it was done."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._reconcile(), name="reconciliation")
        return await asyncio.shield(self._running)

    async def keep(self) -> None:
        """Reconcile whenever it is due, until cancelled."""
        while True:
            try:
                await self._write_decided()
                if await asyncio.to_thread(self._is_due):
                    await self.run()
            except StoreError as error:
                _LOG.warning("lists are not looked at: %s", error)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _write_decided(self) -> None:
        """Write what was decided since the last time, by whomever, into the register's file.

        The first time also what lists say: an import may have been cut short before the file was
        in place.
        """
        last = await asyncio.to_thread(self._store.reconciliation.last_ruling_id)
        if self._rewrite is None or last == self._written:
            return
        if last == 0 and await asyncio.to_thread(self._store.lists.last_import) == 0:
            self._written = last
            return
        answer = await self._rewrite()
        self._written = last  # also when refused: the next import or decision tries again
        if "refused" in answer:
            _LOG.error("decisions are not in register.yaml yet: %s", answer.get("detail"))

    def _is_due(self) -> bool:
        import_id = self._store.lists.last_import()
        if import_id == 0:
            return False
        last = self._store.reconciliation.last()
        if last is None or last.import_id != import_id:
            return True
        return self._clock.now() - last.at >= _AT_LEAST_EVERY

    async def _reconcile(self) -> bool:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "api",
            *self._arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                _, told = await process.communicate()
        except TimeoutError:
            _LOG.error("lists could not be reconciled within %g s", _LONGEST_SECONDS)
            return False
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            lines = told.decode(errors="replace").strip().splitlines()
            _LOG.error("lists could not be reconciled: %s", lines[-1] if lines else "no reason")
        return process.returncode == 0


def arguments_of(config_file: Path | None) -> tuple[str, ...]:
    """Return the arguments of the command that reconciles with these settings."""
    settings = () if config_file is None else ("--config", str(config_file))
    return ("register", "reconcile", *settings)
