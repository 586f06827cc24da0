"""The simulated city's traps, heard by a real receiver."""

import socket
import time

from collector.model import Credential
from simulators.agents import Agent, Agents
from simulators.city import Kind, build_city
from simulators.live import Live
from simulators.models import layout_of
from simulators.traps import COLD_START, UPS_ON_BATTERY
from tests.integration.trap_senders import Ear, device, plan_of

CITY = build_city(40, 1)


async def test_a_ups_of_the_city_says_that_it_runs_on_its_battery() -> None:
    ups = next(one for one in CITY.devices if one.kind is Kind.UPS)
    live, layout = Live(ups, 1, time.monotonic()), layout_of(ups)
    assert layout is not None
    assert ups.address is not None
    agents = Agents([Agent(live, layout)], "rahasia")
    agents.open(0)
    plan = plan_of(device(ups.id, ups.address, "kota", profile="ups-rfc1628"))
    try:
        async with Ear(plan, [Credential("kota", "2c", "rahasia")]) as ear:
            await ear.until_running()
            agents.trap(live, UPS_ON_BATTERY, ear.listener.port)
            await ear.until_asked(ups.id)
            live.powered = False
            agents.trap(live, COLD_START, ear.listener.port)  # the dead are silent
            live.powered = True
            agents.trap(live, COLD_START, ear.listener.port)
            await ear.until_asked(ups.id, 2)

            assert ear.asked_of(ups.id) == [("power",), None]
            assert (agents.traps, ear.listener.counters.unmapped) == (2, 0)
    finally:
        agents.close()


async def test_a_trap_for_which_nobody_listens_does_no_harm() -> None:
    ups = next(one for one in CITY.devices if one.kind is Kind.UPS)
    live, layout = Live(ups, 1, time.monotonic()), layout_of(ups)
    assert layout is not None
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    agents = Agents([Agent(live, layout)], "rahasia")
    agents.open(0)
    try:
        agents.trap(live, COLD_START, port)
        agents.trap(live, COLD_START, port)

        assert agents.traps == 2
    finally:
        agents.close()
