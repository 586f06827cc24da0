"""The process that watches devices."""

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
        run_until_stopped(collector.run, following)


def _load_anew(config: Config) -> Plan:
    """Read configuration, profiles and inventory as they are by now. Raises ProblemsError."""
    return load_plan(load_config(config.file, os.environ))
