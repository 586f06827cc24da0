"""English."""

PANELS = {
    # --- boards --------------------------------------------------------------------------------
    "city": (
        "Pantau: the city today",
        "What is wrong in the city, where, since when, and whether this page may be believed.",
    ),
    "cctv": (
        "Pantau: CCTV",
        "Cameras and recorders: which are down, which are degraded, whose cards are full.",
    ),
    "wifi": (
        "Pantau: public WiFi",
        "How many use the WiFi, how good the air is, how full the uplinks are.",
    ),
    "servers": (
        "Pantau: servers and power",
        "Load of servers, full disks, UPSes on battery, and the power that is used.",
    ),
    "network": (
        "Pantau: network quality",
        "Packet loss, latency and jitter; interfaces that are busy, faulty or cut off.",
    ),
    "uptime": (
        "Pantau: uptime and SLA",
        "Uptime by district, owner, kind, site and device, always with its coverage.",
    ),
    "device": (
        "Pantau: one device",
        "All that is known about one device. Choose the device above.",
    ),
    "alarm": (
        "Pantau: the health of alarms",
        "How much alerts ask of people: raised, told, held, floods, noise, and who took them when.",
    ),
    "pantau": (
        "Pantau: Pantau's own health",
        "Is Pantau itself well: checks on time, data reaching InfluxDB.",
    ),
    # --- the city ------------------------------------------------------------------------------
    "city.counts": (
        "Devices by state",
        "Number of devices by their state now. Those in maintenance count there alone."
        " A zero means zero; without data of the last five minutes it says no data.",
    ),
    "city.uptime": (
        "Uptime, 24 hours",
        "Service uptime of the last 24 hours and its coverage: the part of the time in which"
        " somebody really looked. With a low coverage the uptime says little.",
    ),
    "city.answering": (
        "Answer pings",
        "Devices that answered a ping within the last five minutes: proof that Pantau is looking."
        " Sensors on MQTT do not count here.",
    ),
    "city.by_area": (
        "By district",
        "Number of devices in each district by their state now; most of them down on top.",
    ),
    "city.by_kind": (
        "By kind",
        "Number of devices of each kind by their state now; most of them down on top.",
    ),
    "city.over_time": (
        "States over time",
        "Number of devices by state. A gap means no data, not that all was well.",
    ),
    "city.devices": (
        "All devices, the worst on top",
        "All devices, also those that are up, so that an empty list is not read as all well."
        " Last answer is the last ping that was answered within the time chosen above."
        " Click an ID to open its page at the desk.",
    ),
    "city.transitions": (
        "Last changes of state",
        "When a device changed its state, from what to what, and why (at most 500).",
    ),
    "city.incidents": (
        "Incidents",
        "Incidents within the time chosen above, the newest on top (at most 200).",
    ),
    # --- CCTV ----------------------------------------------------------------------------------
    "cctv.counts": (
        "Cameras by state",
        "Number of cameras by their state now. That it answers a ping does not mean that its"
        " picture is good: a degraded camera answers, but one of its checks fails.",
    ),
    "cctv.recorder_counts": (
        "Recorders by state",
        "Number of recorders (NVR) by their state now. One recorder down may mean a dozen cameras"
        " that are not recorded.",
    ),
    "cctv.uptime": (
        "Uptime of cameras, 24 hours",
        "Uptime of all chosen cameras in the last 24 hours, with its coverage.",
    ),
    "cctv.over_time": (
        "Cameras and recorders over time",
        "Number of cameras and recorders by state. A gap means no data.",
    ),
    "cctv.cameras": (
        "Cameras, the worst on top",
        "All chosen cameras. A card that is always full is usual where recording goes in a ring."
        " Grey: the camera does not tell this value.",
    ),
    "cctv.sites": (
        "Worst state at each site",
        "The worst state among the cameras and recorders of each site; even the shortest outage"
        " shows. A gap means no data.",
    ),
    "cctv.loss": (
        "Packet loss to cameras by site",
        "Mean packet loss to the cameras of each site. Above the line (20%) pictures usually"
        " break up.",
    ),
    "cctv.recorders": (
        "Recorders, the worst on top",
        "Video channels, number of disks and used storage, where the recorder tells them by SNMP."
        " A recorder that is only pinged has none of these values.",
    ),
    "cctv.uptime_by_device": (
        "Uptime by camera and recorder",
        "Uptime within the time chosen above, the lowest on top. Device uptime leaves out the time"
        " in which another device in front of it was down.",
    ),
    # --- WiFi ----------------------------------------------------------------------------------
    "wifi.counts": (
        "Access points by state",
        "Number of access points by their state now.",
    ),
    "wifi.clients_now": (
        "Clients now",
        "Clients connected to all radios within the last five minutes. Devices, not people.",
    ),
    "wifi.empty": (
        "APs without clients",
        "Access points that report no client. In a busy hour, an empty one is suspicious.",
    ),
    "wifi.uptime": (
        "Uptime of APs, 24 hours",
        "Uptime of the access points in the last 24 hours, with its coverage.",
    ),
    "wifi.clients": (
        "Clients over time",
        "Clients of all chosen access points. A gap means no data.",
    ),
    "wifi.clients_by_site": (
        "Clients by site",
        "Clients at each site.",
    ),
    "wifi.access_points": (
        "Access points, the worst on top",
        "Clients, the worst noise and the lowest connection quality (CCQ) among the radios of each."
        " More than 60 clients on one access point is crowded.",
    ),
    "wifi.noise": (
        "Noise by site",
        "Worst noise at each site. Above -90 dBm radios begin to suffer, above -80 dBm badly.",
    ),
    "wifi.quality": (
        "Connection quality (CCQ) by site",
        "Lowest CCQ at each site: the part of what is sent that arrives at the first try. Below 70%"
        " people begin to feel it.",
    ),
    "wifi.uplink": (
        "Traffic of the APs' wired ports",
        "Sum over all wired ports of the chosen access points. In: from the internet to people.",
    ),
    "wifi.history": (
        "History of the APs' states",
        "State of each access point; even the shortest outage shows. A gap means no data.",
    ),
    "wifi.uptime_by_device": (
        "Uptime by access point",
        "Uptime within the time chosen above, the lowest on top, with its coverage.",
    ),
    # --- servers and power ---------------------------------------------------------------------
    "servers.counts": (
        "Servers by state",
        "Number of servers and NAS by their state now.",
    ),
    "servers.ups_counts": (
        "UPSes by state",
        "Number of UPSes by their state now.",
    ),
    "servers.on_battery": (
        "UPSes on battery",
        "UPSes that run on their battery now: the mains are gone there.",
    ),
    "servers.least_runtime": (
        "Shortest time left",
        "The shortest time that any UPS could still carry its load, as it says itself.",
    ),
    "servers.listing": (
        "Servers and NAS, the worst on top",
        "CPU, memory and the fullest file system. Up for: since the server was started.",
    ),
    "servers.cpu": ("CPU", "Highest CPU load within each interval."),
    "servers.memory": (
        "Memory used",
        "Memory used without caches. Above the line (95%) a server begins to refuse work.",
    ),
    "servers.storage": (
        "File systems",
        "How full each file system is. First line 90%, second line 97%.",
    ),
    "servers.load": (
        "Load over 5 minutes",
        "Mean queue of work over five minutes; fine while below the number of processor cores.",
    ),
    "servers.ups": (
        "UPSes, the worst on top",
        "Source of power, charge, estimated time left, load and input voltage. Last value says when"
        " the UPS last told its source.",
    ),
    "servers.mains": (
        "Mains voltage",
        "Lowest input voltage of each UPS; 0 V is a power cut. PLN: 220 V, at most 10% lower.",
    ),
    "servers.charge": ("Battery charge", "Lowest charge within each interval."),
    "servers.temperature": (
        "Temperature of UPS batteries",
        "Each 10 °C above 25 °C about halves the life of a battery.",
    ),
    "servers.meters": (
        "Power at the meters",
        "Power that meters (MQTT) measure at the sites.",
    ),
    "servers.uptime_by_device": (
        "Uptime by server, UPS and sensor",
        "Uptime within the time chosen above, the lowest on top, with its coverage.",
    ),
    # --- network -------------------------------------------------------------------------------
    "network.loss_now": (
        "Packet loss now",
        "Mean loss of the last ping of all chosen devices.",
    ),
    "network.rtt_now": (
        "Latency now",
        "Median latency: half of the devices are faster, half are slower.",
    ),
    "network.jitter_now": (
        "Jitter now",
        "Median difference between two latencies in a row.",
    ),
    "network.counts": (
        "Devices by state",
        "Number of chosen devices by their state now.",
    ),
    "network.rtt": (
        "Spread of latency",
        "The stronger the colour, the more devices have this latency. A band that rises as one is"
        " a shared uplink, not a device. Logarithmic scale.",
    ),
    "network.jitter": (
        "Spread of jitter",
        "The stronger the colour, the more devices have this jitter. Logarithmic scale.",
    ),
    "network.loss": (
        "Packet loss by site",
        "Mean loss at each site. One echo lost of three is 33%, so a moment says little; look for"
        " what lasts.",
    ),
    "network.worst": (
        "Worst lines",
        "Means over the time chosen above; the most loss on top.",
    ),
    "network.traffic": (
        "Traffic of all interfaces",
        "Sum of the rates of all chosen interfaces, without lo and bridge. What passes several"
        " devices counts at each. The first point at the left edge is not whole.",
    ),
    "network.busiest": (
        "Busiest interfaces",
        "The 20 interfaces that were fullest within the time chosen above, by the fuller direction,"
        " and when that was.",
    ),
    "network.errors": (
        "Errors and discards",
        "The 20 interfaces with the most errors and discards within the time chosen above."
        " Errors that keep growing: look at cable, connector, duplex.",
    ),
    "network.ports": (
        "Ports cut off",
        "Ports that are switched on but not connected, by switch and router. Empty ports without a"
        " cable show here too; switch off what is not used.",
    ),
    "network.history": (
        "History of switches and routers",
        "State of each switch and router; even the shortest outage shows.",
    ),
    # --- uptime --------------------------------------------------------------------------------
    "uptime.note": (
        "How to read this",
        "**Uptime** counts the time in which the service could be used. **Coverage** is the part of"
        " the time in which somebody looked; while Pantau itself was blind, it counts neither as"
        " down nor as up. **Lowest** and **highest** are the bounds if that time counted as down or"
        " as up. Figures are rounded down and the same as in the reports of the desk for full"
        " hours. Planned maintenance does not count.",
    ),
    "uptime.total": (
        "Uptime of all",
        "All chosen devices within the time chosen above. No mean of percentages: times are added"
        " first, then divided.",
    ),
    "uptime.daily": (
        "Uptime by day",
        "Uptime and coverage of each day of the zone chosen above.",
    ),
    "uptime.by_area": (
        "By district",
        "Uptime by district, the lowest on top, with coverage and bounds.",
    ),
    "uptime.by_owner": (
        "By owner",
        "Uptime by owner, the lowest on top. Devices without an owner are in the empty row.",
    ),
    "uptime.by_kind": ("By kind", "Uptime by kind of device, the lowest on top."),
    "uptime.by_site": ("By site", "Uptime by site, the lowest on top."),
    "uptime.contract": (
        "By contract, by owner",
        "By the rules of the contract in force (such as service hours, short outages, power as a"
        " cause). Empty without a contract in pantau.yaml.",
    ),
    "uptime.by_device": (
        "By device",
        "Uptime by device, the lowest on top. Device uptime leaves out the time in which another"
        " device in front of it was down.",
    ),
    # --- device --------------------------------------------------------------------------------
    "device.state": ("State", "State now (at most five minutes ago)."),
    "device.who": ("Who", "Name, site, district, owner, address and profile."),
    "device.last_answer": (
        "Last answer",
        "The last ping that was answered within the time chosen above.",
    ),
    "device.rtt_now": ("Latency now", "Latency of the last ping (at most five minutes ago)."),
    "device.uptime": (
        "Uptime, 24 hours",
        "Uptime and coverage of the last 24 hours.",
    ),
    "device.history": (
        "History of states",
        "States within the time chosen above; even the shortest outage shows.",
    ),
    "device.rtt": (
        "Latency and jitter",
        "Lowest, mean and highest latency of three echoes, and jitter.",
    ),
    "device.loss": ("Packet loss", "Highest loss within each interval."),
    "device.host": ("CPU and memory", "Where the device tells them by SNMP."),
    "device.storage": ("Storage", "How full each file system or disk is."),
    "device.in": ("Traffic in", "Rate inwards of each interface."),
    "device.out": ("Traffic out", "Rate outwards of each interface."),
    "device.clients": ("WiFi clients", "Clients of each network (SSID), where there is a radio."),
    "device.temperature": ("Temperature", "Temperature at each sensor, where there is one."),
    "device.ups": ("Battery and load of a UPS", "Where this device is a UPS."),
    "device.transitions": (
        "Changes of state",
        "When the device changed its state, from what to what, and why (at most 500).",
    ),
    # --- Pantau --------------------------------------------------------------------------------
    "pantau.alive": (
        "Collectors alive",
        "Collectors that are heard of. Zero: nobody looks, all other figures are stale.",
    ),
    "pantau.heartbeat": (
        "Last word of a collector",
        "Age of the last word of the collector that has been silent longest. Over 12 s: gone.",
    ),
    "pantau.waiting": (
        "Lines waiting",
        "Lines that are on disk and wait for InfluxDB. Some thousands are usual.",
    ),
    "pantau.oldest": (
        "Age of the oldest line",
        "Age of the oldest line that waits. While InfluxDB is down, this does not arrive either: no"
        " data here is a warning; run pantau spool.",
    ),
    "pantau.dropped": (
        "Lines dropped",
        "Lines dropped because the queue on disk was full or they were too old, ever.",
    ),
    "pantau.dead": (
        "Lines refused",
        "Lines that InfluxDB refused and that are kept to be looked at: pantau spool dead.",
    ),
    "pantau.flow": (
        "Readings in, lines stored",
        "Readings that collectors took and lines that InfluxDB took, per second. A line holds"
        " several readings; what counts is that neither stops.",
    ),
    "pantau.spool": (
        "Queue on disk",
        "Lines that wait for InfluxDB. It grows while InfluxDB is down, and shrinks after.",
    ),
    "pantau.checks": ("Checks done", "Checks done per second, by collector."),
    "pantau.late": (
        "How late checks are",
        "One check in a hundred begins later than this. Above 5 seconds the collector is"
        " overwhelmed.",
    ),
    "pantau.lag": (
        "Worst lag",
        "Worst lag of a collector's own loop. Answers that come meanwhile are not believed.",
    ),
    "pantau.undone": (
        "Checks in trouble",
        "Turns that passed while the check still ran, answers lost to our own lag, our own errors,"
        " and turns missed because the machine was too busy, per second. All should be zero.",
    ),
    "pantau.trouble": (
        "Failures to store",
        "Failures to write to the store and to the queue, and requests sent again, per second.",
    ),
    "device.model": ("Model", "Model, maker, firmware and serial number, as the device says."),
    "device.up_for": (
        "Up for",
        "Since the device's agent was started; a restart begins it anew.",
    ),
    "device.power": ("Power", "Power at the meter, and output of a UPS, where there is one."),
    "network.cpu": ("CPU of switches and routers", "CPU load, where the device tells it."),
    "network.connections": (
        "Tracked connections",
        "Connections that a router keeps track of; a sudden rise is suspicious.",
    ),
    "network.dhcp": (
        "DHCP leases",
        "Addresses in use. Near the size of the pool, new devices get none.",
    ),
    "servers.meter_list": (
        "Meters",
        "Power now, energy within the time chosen above, and voltage, by meter.",
    ),
    "servers.climate": (
        "Temperature and humidity",
        "Last values of sensors at the sites, and the WiFi signal of the sensor. Hottest on top.",
    ),
    "alarm.raised": (
        "Alerts raised",
        "Every alert of the time chosen above, told or held.",
    ),
    "alarm.told": (
        "Messages",
        "Messages that people got. A receiver that gets more than 150 a day stops reading.",
    ),
    "alarm.held": (
        "Held",
        "Alerts that were in no message: behind a dead parent, in maintenance, silenced …",
    ),
    "alarm.flood": (
        "Time in flood",
        "Share of the time in which the busiest receiver got more than 10 messages in ten"
        " minutes, until fewer than 5 came. Good: below 1 %.",
    ),
    "alarm.stale": (
        "Older than a day",
        "Alerts that have been firing for more than a day: plan the work, or retire the device.",
    ),
    "alarm.dead": (
        "Given up",
        "Messages that reached nobody: pantau alert messages --dead.",
    ),
    "alarm.raised_and_told": (
        "Raised and told",
        "Alerts that were raised and messages that people got, by hour.",
    ),
    "alarm.peak": (
        "Most in ten minutes",
        "The most messages to the busiest receiver within ten minutes. Above 10 is a flood.",
    ),
    "alarm.held_by": (
        "Held, by reason",
        "Why alerts were in no message. No route: nobody would ever be told.",
    ),
    "alarm.severities": (
        "By severity",
        "Alerts of devices themselves, by severity. To aim at: 5 % critical, 15 % warning, 80 %"
        " info.",
    ),
    "alarm.noise": (
        "Fleeting and chattering",
        "Alerts that were over within five minutes, and devices with three alerts within ten:"
        " raise their confirm.",
    ),
    "alarm.stale_over_time": (
        "Older than a day, over time",
        "Alerts older than a day at the end of each hour. Good: fewer than 5.",
    ),
    "alarm.acknowledged_after": (
        "Time to acknowledge",
        "From the first message until somebody has the incident in hand, the median. Good: below"
        " 10 minutes.",
    ),
    "pantau.ping": ("Ping", "Echoes sent and answered, per second."),
    "pantau.snmp": ("SNMP", "Questions, answers, and those without one, per second."),
    "pantau.mqtt": (
        "MQTT",
        "Messages received, and those put into quarantine because nobody knows the device.",
    ),
}

WORDS = {
    "all": "All",
    "no_data": "no data",
    "still": "still going on",
    "state.up": "Up",
    "state.degraded": "Degraded",
    "state.down": "Down",
    "state.unreachable": "Unreachable",
    "state.unknown": "Unknown",
    "state.maintenance": "Maintenance",
    "source.other": "Other",
    "source.none": "None",
    "source.normal": "Mains",
    "source.bypass": "Bypass",
    "source.battery": "Battery",
    "source.booster": "Booster",
    "source.reducer": "Reducer",
    "annotation.grafana": "Notes of Grafana",
    "annotation.incident": "Incidents",
    "annotation.maintenance": "Maintenance",
    "link.boards": "Dashboards of Pantau",
    "link.desk": "Open at the desk",
    "link.device": "Open the device's dashboard",
    "row.devices": "Devices",
    "row.events": "Events",
    "row.recorders": "Recorders",
    "row.uptime": "Uptime",
    "row.air": "Air",
    "row.uplink": "Uplinks and history",
    "row.servers": "Servers and NAS",
    "row.power": "Power",
    "row.quality": "Quality of lines",
    "row.interfaces": "Interfaces",
    "row.contract": "Contract",
    "row.load": "Load",
    "variable.datasource": "Data source",
    "variable.datasource.text": "The InfluxDB data source (InfluxQL) that Pantau writes to.",
    "variable.area": "District",
    "variable.area.text": "District (the ministry's code of areas).",
    "variable.site": "Site",
    "variable.site.text": "Site, within the chosen districts.",
    "variable.owner": "Owner",
    "variable.owner.text": "Agency that answers for the devices.",
    "variable.kind": "Kind",
    "variable.kind.text": "Kind of device.",
    "variable.device": "Device",
    "variable.device.text": "Device, within what is chosen to the left.",
    "variable.collector": "Collector",
    "variable.collector.text": "Collector of Pantau.",
    "variable.zone": "Zone",
    "variable.zone.text": "The zone whose midnight begins a day.",
    "variable.bucket_1h": "Bucket by hour",
    "variable.bucket_1h.text": "The bucket of roll-ups by hour: Pantau's bucket with _1h.",
    "variable.desk_url": "Address of Pantau",
    "variable.desk_url.text": "Address of the desk, for links from a device's ID.",
    "column.device": "ID",
    "column.name": "Name",
    "column.site": "Site",
    "column.site_name": "Name of the site",
    "column.area": "District",
    "column.area_code": "Code",
    "column.area_name": "Name of the district",
    "column.owner": "Owner",
    "column.owner_name": "Name of the owner",
    "column.kind": "Kind",
    "column.address": "Address",
    "column.profile": "Profile",
    "column.state": "State",
    "column.maintenance": "Maintenance",
    "column.last_answer": "Last answer",
    "column.last_value": "Last value",
    "column.rtt": "Latency",
    "column.rtt_min": "Lowest latency",
    "column.rtt_max": "Highest latency",
    "column.jitter": "Jitter",
    "column.loss": "Packet loss",
    "column.cpu": "CPU",
    "column.memory": "Memory",
    "column.card": "Card used",
    "column.channels": "Channels",
    "column.disks": "Disks",
    "column.storage": "Storage",
    "column.fullest": "Fullest disk",
    "column.up_for": "Up for",
    "column.clients": "Clients",
    "column.noise": "Noise",
    "column.ccq": "CCQ",
    "column.in": "In",
    "column.out": "Out",
    "column.source": "Source",
    "column.charge": "Charge",
    "column.runtime": "Time left",
    "column.load": "Load",
    "column.mains": "Input voltage",
    "column.battery_temperature": "Battery temperature",
    "column.alarms": "Alarms",
    "column.interface": "Interface",
    "column.use": "Use",
    "column.lost": "Errors and discards",
    "column.ports_on": "Ports on",
    "column.ports_dead": "Cut off",
    "column.ports_off": "Switched off",
    "column.uptime": "Uptime",
    "column.device_uptime": "Device uptime",
    "column.coverage": "Coverage",
    "column.low": "Lowest",
    "column.high": "Highest",
    "column.when": "Time",
    "column.until": "Until",
    "column.old": "From",
    "column.new": "To",
    "column.reason": "Reason",
    "column.cause": "Cause",
    "column.detail": "Details",
    "column.incident": "Incident",
    "reason.ok": "checks succeed",
    "over": "over",
    "row.data": "Data",
    "row.checks": "Checks",
    "column.readings": "Readings in",
    "column.lines": "Lines stored",
    "column.waiting": "Waiting",
    "column.overrun": "Still running",
    "column.missed": "Missed",
    "column.blind": "Lost to lag",
    "column.errors": "Own errors",
    "column.store_failures": "Store",
    "column.sink_failures": "Queue",
    "column.retries": "Sent again",
    "column.devices": "Devices",
    "column.open": "Status",
    "column.raised": "Raised",
    "column.told": "Messages",
    "column.held_parent_down": "Parent down",
    "column.held_power": "No power",
    "column.held_in_maintenance": "Maintenance",
    "column.held_silenced": "Silenced",
    "column.held_flapping": "Flapping",
    "column.held_not_wanted": "Not wanted",
    "column.held_no_route": "No route",
    "column.held_stale": "Over before",
    "column.critical": "Critical",
    "column.warning": "Warning",
    "column.info": "Info",
    "column.fleeting": "Fleeting",
    "column.chattering": "Chattering devices",
    "column.stale": "Older than a day",
    "column.acknowledged_after": "Median",
    "row.sensors": "Sensors",
    "row.protocols": "Protocols",
    "battery.unknown": "Unknown",
    "battery.normal": "Normal",
    "battery.low": "Low",
    "battery.depleted": "Depleted",
    "column.model_name": "Model",
    "column.manufacturer": "Maker",
    "column.firmware_version": "Firmware",
    "column.serial_number": "Serial number",
    "column.power": "Power",
    "column.output_power": "Output",
    "column.dhcp": "DHCP leases",
    "column.swap": "Swap",
    "column.processes": "Processes",
    "column.battery": "Battery",
    "column.energy": "Energy",
    "column.voltage": "Voltage",
    "column.temperature": "Temperature",
    "column.humidity": "Humidity",
    "column.signal": "Signal",
    "column.sent": "Sent",
    "column.answered": "Answered",
    "column.timeouts": "Unanswered",
    "column.messages": "Messages",
    "column.quarantined": "Quarantined",
}
