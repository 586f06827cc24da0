"""A UPS of the city from its inventory to the verdict: its profile, our engine, real sockets."""

import time
from datetime import UTC, datetime
from pathlib import Path

from collector.clock import SystemClock
from collector.config import load_config
from collector.evaluate import evaluate, thresholds_of
from collector.inventory import build_plan, load_inventory
from collector.model import CheckResult, Outcome, Reason, Verdict
from collector.probes.snmp.engine import SnmpEngine
from collector.probes.snmp.probe import SnmpProbe
from collector.profiles import load_profiles
from simulators.agents import Agent, Agents
from simulators.city import Kind, build_city
from simulators.inventory import inventory, to_yaml
from simulators.live import Live
from simulators.models import layout_of

AT = datetime(2026, 11, 22, 1, 15, 30, tzinfo=UTC)


async def test_a_ups_on_its_battery_warns_with_the_evidence_and_is_well_again(
    tmp_path: Path,
) -> None:
    city = build_city(40, 1)
    ups = next(device for device in city.devices if device.kind is Kind.UPS)
    live, layout = Live(ups, 1, time.monotonic()), layout_of(ups)
    assert layout is not None
    agents = Agents([Agent(live, layout)], "rahasia")
    port = agents.open(0)
    path = tmp_path / "kota.yaml"
    path.write_text(to_yaml(inventory(city, 10.0)), encoding="utf-8")
    settings = {
        "PANTAU__CREDENTIALS__KOTA__COMMUNITY": "rahasia",
        "PANTAU__SNMP__PORT": str(port),
    }
    plan = build_plan(load_config(None, settings), load_inventory([path]), load_profiles())
    checks = {check.id: check for check in plan.checks}
    engine = await SnmpEngine.open()
    probe = SnmpProbe(engine, SystemClock())
    check = checks[f"{ups.id}/power"]

    async def ask() -> tuple[CheckResult, Verdict, Reason, dict[str, object]]:
        result = await probe.run(check, AT)
        found = evaluate(result, thresholds_of(check.group), check.role)
        values = {reading.metric: reading.value for reading in result.readings}
        return result, found.verdict, found.reason, dict(values)

    try:
        result, verdict, reason, values = await ask()
        assert (result.outcome, verdict) == (Outcome.ANSWERED, Verdict.OK)
        assert reason is Reason.OK
        assert (values["ups_output_source"], values["ups_on_battery_seconds"]) == (3, 0)

        live.on_battery_since = time.monotonic() - 45
        result, verdict, reason, values = await ask()
        assert (result.outcome, verdict) == (Outcome.ANSWERED, Verdict.WARNING)
        assert reason is Reason.ON_BATTERY
        assert values["ups_output_source"] == 5
        assert values["ups_on_battery_seconds"] in range(45, 75)

        live.on_battery_since = None
        assert (await ask())[1] is Verdict.OK
        for name in ("status", "interfaces"):
            assert (await probe.run(checks[f"{ups.id}/{name}"], AT)).outcome is Outcome.ANSWERED
    finally:
        await engine.close()
        agents.close()
