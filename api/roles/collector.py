"""The process that watches devices."""

import gc
import os
from functools import partial

from api.commands.output import say
from api.replanning import keep_following, marks_of
from api.roles.stopping import run_until_stopped
from collector.app import Collector
from collector.clock import SystemClock
from collector.config import Config, load_config
from collector.inventory import Plan, load_plan
from collector.store import Store

_YOUNG_OBJECTS, _YOUNG_ROUNDS, _OLD_ROUNDS = 20_000, 20, 50
"""When garbage is looked for. A round through as many young objects takes some milliseconds."""


def run_collector(config: Config) -> None:
    """Watch until told to stop. Raises ProblemsError, StoreError and SinkError."""
    clock = SystemClock()
    seen = marks_of(config)
    plan = load_plan(config)
    with Store.open(config.store_path) as store:
        now = clock.now()
        changed = store.apply_inventory(plan, now)
        store.apply_checks(plan.checks, now)
        say(
            f"collector {config.collector_id}: {len(plan.devices)} devices, "
            f"{len(plan.checks)} checks ({len(changed.created)} new, "
            f"{len(changed.changed)} changed, {len(changed.retired)} retired)"
        )
        collector = Collector(config, plan, store, clock)
        following = partial(keep_following, collector, partial(_load_anew, config), config, seen)
        _bound_pauses()
        run_until_stopped(collector.run, following)


def _bound_pauses() -> None:
    """Keep what lives as long as we do out of the collector of garbage's way.

    It would look through a plan of ten thousand devices for a third of a second, again and again,
    and meanwhile no answer is heard.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, _YOUNG_ROUNDS, _OLD_ROUNDS)


def _load_anew(config: Config) -> Plan:
    """Read configuration, profiles and inventory as they are by now. Raises ProblemsError."""
    return load_plan(load_config(config.file, os.environ))
