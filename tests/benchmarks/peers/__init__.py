"""Other monitoring systems on the fleet that `pantau bench fleet` watches, side by side with it.

    targets     the devices, read from what the fleet wrote about itself
    place       a folder and a network namespace in which a peer's processes run, on one core
    trees       what processes and all their children cost
    peer        what a peer must be able to do and to say
    prometheus  Prometheus, snmp_exporter, blackbox_exporter, Alertmanager
    zabbix      Zabbix server (its configuration: zabbix_rows) and a PostgreSQL of its own
    icinga      Icinga 2 with the monitoring plugins
    play        the same phases for each: cold start, warm up, steady, death, return
    words       what is printed, and the table side by side

Opt-in, root, never in CI: `python -m tests.benchmarks.peers --help`. Everything that a peer writes
is in a temporary folder; nothing is started by the system, nothing below /etc is changed.
"""
