from pathlib import Path

from api.commands.unread import Unread, recorded, unread
from collector.model import Metric, MetricGroup, Profile, Role, Table


def test_what_a_profile_leaves_unread_is_told_by_columns(tmp_path: Path) -> None:
    walk = tmp_path / "device.snmprec"
    walk.write_text(
        "1.3.6.1.2.1.1.3.0|67|42\n"
        "1.3.6.1.2.1.2.2.1.2.1|4|eth0\n"
        "1.3.6.1.2.1.2.2.1.8.1|2|1\n"
        "1.3.6.1.4.1.9.1.10|2|7\n"
        "1.3.6.1.4.1.9.1.9|4|a|b\n"
        "10.xx.1|4|broken\n",
        encoding="utf-8",
    )
    table = Table("t", (Metric("m", "1.3.6.1.2.1.2.2.1.8"),), {"name": ("1.3.6.1.2.1.2.2.1.2",)})
    uptime = Metric("sys_uptime_seconds", "1.3.6.1.2.1.1.3.0")
    groups = (MetricGroup("g", "snmp", Role.HEALTH, 60, (uptime,), (table,)),)
    profile = Profile("p", "P", ("switch",), groups)

    assert unread(profile, recorded(walk)) == [Unread("1.3.6.1.4.1.9.1", 2, "a|b")]
    assert len(unread(Profile("p", "P", ("switch",), ()), recorded(walk))) == 4
