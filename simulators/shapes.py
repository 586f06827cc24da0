"""Cities made for one kind of failure, out of the parts of the usual one (`city`).

    usual      core ── area switches ── site switches ── everything else
    backbone   core ── one switch ── site switches ── everything else: one death takes all along
    feeder     core ── site switches ── everything else; all sites of an area on one power feeder,
               every fourth of them with a UPS that carries it
    storm      devices by themselves, one a site: what fails there has no common cause

A city is the same for the same shape, number and seed.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

from simulators import places
from simulators.city import (
    LARGEST,
    LEAVES,
    SMALLEST,
    City,
    Device,
    Kind,
    Leaf,
    Register,
    Site,
    build_city,
    choose_areas,
    deal,
    draw_leaves,
    make_sites,
)

STRUCK, WORN = "mati-mendadak", "sinyal-lemah"
"""Tags of a storm: what will die (every fifth device of an area), and all that only suffers."""

_FIFTH = 5  # fewer than a quarter of an area: nobody could suspect a power cut
_FOURTH = 4  # one site in so many has a UPS


class Shape(StrEnum):
    """What a city is made for."""

    USUAL = "usual"
    BACKBONE = "backbone"
    FEEDER = "feeder"
    STORM = "storm"


def build(shape: Shape, devices: int, seed: int) -> City:
    """Return a city of a shape. In `backbone` so many devices are *behind* the switch.

    Raises ValueError when `devices` is outside SMALLEST…LARGEST.
    """
    if not SMALLEST <= devices <= LARGEST:
        raise ValueError(f"a city has {SMALLEST} to {LARGEST} devices, not {devices}")
    return _BUILDERS[shape](devices, seed)


def _backbone(devices: int, seed: int) -> City:
    draw = _draw(Shape.BACKBONE, seed)
    areas = choose_areas(draw, max(3, min(len(places.DISTRICTS), devices // 13)))
    sites = make_sites(draw, areas, 2 + max(2, devices // 20))
    register = Register()
    core = register.add("core", Kind.ROUTER, sites[0], "mikrotik-routeros", "Router Inti Kota")
    trunk = register.add(
        "sw",
        Kind.SWITCH,
        sites[1],
        "generic-snmp",
        "Switch Tulang Punggung",
        [core.id],
        link_owner="serat-nusa",
        tags=("prioritas",),
    )
    behind = [_site_switch(register, site, [trunk.id]) for site in sites[2:]]
    leaves = draw_leaves(draw, devices - len(behind))
    for number, (leaf, place) in enumerate(deal(leaves, len(behind))):
        register.add_leaf(leaf, number, sites[2 + place], [behind[place].id])
    return City(seed, areas, sites, tuple(register.devices))


def _feeder(devices: int, seed: int) -> City:
    draw = _draw(Shape.FEEDER, seed)
    areas = choose_areas(draw, 3 if devices >= 60 else 2)
    sites = make_sites(draw, areas, max(4 * len(areas), devices // 8))
    names = {area.code: f"{area.name} 1" for area in areas}
    register = Register()
    core = register.add("core", Kind.ROUTER, sites[0], "mikrotik-routeros", "Router Inti Kota")
    switches = [_site_switch(register, site, [core.id], names[site.area]) for site in sites]
    ups = next(leaf for leaf in LEAVES if leaf.kind is Kind.UPS)
    for number, site in enumerate(sites):
        if _has_ups(number, len(areas)):
            parents = [switches[number].id]
            register.add_leaf(ups, number, site, parents, power_feeder=names[site.area])
    for number, (leaf, place) in enumerate(deal(_without_ups(draw, register, devices), len(sites))):
        site = sites[place]
        parents = [switches[place].id]
        register.add_leaf(leaf, number, site, parents, power_feeder=names[site.area])
    return City(seed, areas, sites, tuple(register.devices))


def _has_ups(number: int, areas: int) -> bool:
    """Say whether a site has a UPS: sites are dealt to the areas in turn."""
    return number // areas % _FOURTH == _FOURTH - 1


def _without_ups(draw: random.Random, register: Register, devices: int) -> list[Leaf]:
    """Return what is left to hang, a camera in the place of each UPS."""
    camera = next(leaf for leaf in LEAVES if leaf.kind is Kind.CAMERA)
    leaves = draw_leaves(draw, devices - len(register.devices))
    return [camera if leaf.kind is Kind.UPS else leaf for leaf in leaves]


def _storm(devices: int, seed: int) -> City:
    draw = _draw(Shape.STORM, seed)
    areas = choose_areas(draw, max(3, min(len(places.DISTRICTS), devices // 13)))
    sites = make_sites(draw, areas, devices)
    register = Register()
    alone = [leaf for leaf in LEAVES if leaf.kind in (Kind.CAMERA, Kind.ACCESS_POINT)]
    made = []
    for number, site in enumerate(sites):
        leaf = alone[number % 3 == 2]  # two cameras, one access point
        in_its_area = number // len(areas)
        device = register.add_leaf(replace(leaf, profiles=("generic-ping",)), number, site)
        made.append(replace(device, tags=(STRUCK if in_its_area % _FIFTH == 4 else WORN,)))
    return City(seed, areas, sites, tuple(made))


def _draw(shape: Shape, seed: int) -> random.Random:
    return random.Random(f"{shape} {seed}")  # noqa: S311 - a repeatable city, not a secret


def _site_switch(
    register: Register, site: Site, parents: list[str], power_feeder: str | None = None
) -> Device:
    name = f"Switch {site.name}"
    return register.add(
        "sw", Kind.SWITCH, site, "generic-snmp", name, parents, power_feeder=power_feeder
    )


_BUILDERS: Mapping[Shape, Callable[[int, int], City]] = {
    Shape.USUAL: build_city,
    Shape.BACKBONE: _backbone,
    Shape.FEEDER: _feeder,
    Shape.STORM: _storm,
}
