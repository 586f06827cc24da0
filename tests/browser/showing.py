"""What the wall's tests show: a city on the wall, and cities worth looking at."""

from datetime import timedelta

from tests.browser.city import DISTRICTS, NIGHT, City
from tests.browser.conftest import Browser
from tests.browser.wall_server import WallServer


def serve(server: WallServer, city: City) -> None:
    """Let the server say what the city is now to whoever asks next."""
    server.snapshot = city.snapshot()
    server.answers = city.answers()


def show(
    browser: Browser, server: WallServer, city: City, query: str = "", *, page: str = ""
) -> None:
    """Open the wall by its link and wait for the first picture with data."""
    serve(server, city)
    browser.open(server.link.replace("#", f"{page}{query}#"), city.at)
    browser.wait("[data-condition=live] [data-test=trust]")


def broken_city(city: City | None = None) -> City:
    """A dead switch that nobody has, a camera somebody has, a slow access point, silent islands."""
    city = city or City()
    long = timedelta(hours=1, minutes=12)
    switch, _ = city.kill_switch("Panakkukang", long)
    city.tell(switch, long, cause="power", cause_suspected=True)
    camera = city.in_area("Ujung Tanah", "camera")[0]
    city.set(camera, "down", timedelta(hours=5, minutes=46), reason="no_answer")
    more = {"cause": "device", "cause_rule": "neighbours_up", "acknowledged_by": "Piket 2"}
    city.tell(camera, timedelta(hours=5, minutes=46), **more)
    point = city.in_area("Biringkanaya", "access_point")[0]
    city.set(point, "degraded", timedelta(minutes=24), reason="threshold", detail="uplink 96 %")
    for device in city.in_area("Kepulauan Sangkarrang"):
        city.set(device, "unknown", timedelta(hours=2), reason="silent")
    return city


def stormy_city(city: City | None = None) -> City:
    """A feeder lost its power: two districts, one incident."""
    city = broken_city(city)
    ago = timedelta(minutes=7)
    hit = [one for name in ("Rappocini", "Manggala") for one in city.in_area(name)]
    for device in hit:
        city.set(device, "down", ago, reason="no_answer")
    place = {"device": None, "device_name": None, "site": None, "site_name": None}
    city.tell(
        hit[0], ago, group="feeder", group_key="Sungguminasa 3", down=len(hit), areas=2,
        cause="power", cause_rule="many_on_feeder", cause_suspected=True, responsible="PLN",
        **place,
    )  # fmt: skip
    return city


def picture_cities() -> dict[str, City]:
    """The conditions worth looking at."""
    busy = broken_city()
    switch, _ = busy.kill_switch("Rappocini", timedelta(minutes=3))
    busy.tell(switch, timedelta(minutes=3), cause="link", acknowledged_by="Piket 1")
    for name in ("Tamalate", "Tallo", "Manggala", "Wajo"):
        for camera in busy.in_area(name, "camera")[:3]:
            busy.set(camera, "degraded", timedelta(hours=2, minutes=39), reason="agent_error")
        dead = busy.in_area(name, "access_point")[0]
        busy.set(dead, "down", timedelta(minutes=41))
        busy.tell(dead, timedelta(minutes=41))
    crowded = City(devices=10_000, language="en")
    crowded.collectors = [("main", True), ("timur", False)]
    for number, name in enumerate(DISTRICTS):
        state = ("down", "degraded", "unknown", "unreachable", "maintenance")[number % 5]
        for device in crowded.in_area(name)[: 120 + number]:
            crowded.set(device, state, timedelta(days=number), reason="silent", flapping=True)
    return {
        "calm": City(),
        "broken": broken_city(),
        "wide": broken_city(City(devices=1500)),
        "busy": busy,
        "storm": stormy_city(),
        "crowded": crowded,
        "night": broken_city(City(NIGHT)),
    }
