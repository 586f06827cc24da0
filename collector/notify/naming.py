"""What alerts.yaml names of the inventory, held against it."""

from collections.abc import Collection, Iterator, Mapping

from collector.config.alerts import LoadedAlerts
from collector.config.alerts.format import MatchShape
from collector.config.problems import Place, Problem, did_you_mean
from collector.inventory import Inventory


def unknown_names(loaded: LoadedAlerts, inventory: Inventory) -> Iterator[Problem]:
    """Yield the areas, sites, owners, devices and tags of the file that the inventory lacks."""
    file = loaded.sound
    if file is None:
        return
    owners = inventory.owners.keys()
    known: dict[str, Collection[str]] = {
        "area": {code for area in inventory.areas for code in areas_around(area)},
        "site": inventory.sites.keys(),
        "device": inventory.devices.keys(),
        "tag": {tag for device in inventory.devices.values() for tag in device.tags},
        "owner": owners,
        "link_owner": owners,
        "power_owner": owners,
    }
    for number, route in enumerate(file.routes):
        yield from _unknown(route.match, ("routes", number, "match"), known, loaded)
    for number, policy in enumerate(file.policies):
        yield from _unknown(policy.match, ("policies", number, "match"), known, loaded)


def areas_around(code: str) -> tuple[str, ...]:
    """Return an area's code and those of the areas it lies in, narrowest first."""
    parts = code.split(".")
    return tuple(".".join(parts[:count]) for count in range(len(parts), 0, -1))


def _unknown(
    match: MatchShape, place: Place, known: Mapping[str, Collection[str]], loaded: LoadedAlerts
) -> Iterator[Problem]:
    for key, names in known.items():
        what = key.removeprefix("link_").removeprefix("power_")
        for position, name in enumerate(getattr(match, key)):
            if name not in names:
                problem = f'the inventory has no {what} "{name}"'
                yield loaded.problem((*place, key, position), problem, did_you_mean(name, names))
