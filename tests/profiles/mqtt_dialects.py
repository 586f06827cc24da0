"""What devices of each MQTT dialect say, and the readings that must come of it.

Written by hand after the public descriptions of the formats; no device's recording. `AT` stands for
the moment at which a message is made, where the dialect says it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

AT = "2026-11-22T01:00:00.000000Z"

Labels = tuple[tuple[str, str], ...]
Expected = Mapping[tuple[str, Labels], float | int | str]


def one(metric: str, **labels: str) -> tuple[str, Labels]:
    """Name a reading by its metric and labels, in the order of the labels."""
    return metric, tuple(labels.items())


@dataclass(frozen=True)
class Message:
    """What a device publishes, and the readings that the listener must make of it."""

    topic: str
    payload: str
    readings: Expected = field(default_factory=dict)

    def made_at(self, moment: datetime) -> bytes:
        """Return the payload as it would be made at this moment."""
        text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return self.payload.replace(AT, text).encode()


@dataclass(frozen=True)
class Dialect:
    """A device of a profile: its words, if it has any, and its telemetry."""

    profile: str
    mqtt_topic: str
    telemetry: tuple[Message, ...]
    online: Message | None = None
    offline: Message | None = None
    says_when: bool = False

    def __str__(self) -> str:
        return self.profile


TASMOTA = Dialect(
    "tasmota",
    "lampu_7",
    (
        Message(
            "tele/lampu_7/STATE",
            json.dumps(
                {
                    "Time": "2026-11-22T09:00:00",
                    "UptimeSec": 93784,
                    "Heap": 24,
                    "POWER1": "ON",
                    "POWER2": "OFF",
                    "MqttCount": 2,
                    "Wifi": {"RSSI": 72, "Signal": -64, "LinkCount": 3},
                }
            ),
            {
                one("sys_uptime_seconds"): 93784,
                one("memory_free_bytes"): 24576,
                one("relay_state"): 1,
                one("relay_state", relay="2"): 0,
                one("mqtt_connects"): 2,
                one("wifi_quality_percent"): 72,
                one("wifi_signal_dbm"): -64,
                one("wifi_connects"): 3,
            },
        ),
        Message(
            "tele/lampu_7/SENSOR",
            json.dumps(
                {
                    "Time": "2026-11-22T09:00:00",
                    "ENERGY": {"Total": 12.5, "Power": [40, 2], "Voltage": 221},
                    "DS18B20-1": {"Id": "0316A2", "Temperature": 31.5},
                    "DS18B20-2": {"Id": "0316A3", "Temperature": 29.0},
                    "TempUnit": "C",
                }
            ),
            {
                one("energy_kilowatt_hours"): 12.5,
                one("power_watts", item="0"): 40,
                one("power_watts", item="1"): 2,
                one("voltage_volts"): 221,
                one("temperature_celsius", item="DS18B20-1"): 31.5,
                one("temperature_celsius", item="DS18B20-2"): 29.0,
            },
        ),
    ),
    Message("tele/lampu_7/LWT", "Online"),
    Message("tele/lampu_7/LWT", "Offline"),
)

ZIGBEE_DEVICE = Dialect(
    "zigbee2mqtt-device",
    "gudang/pintu",
    (
        Message(
            "zigbee2mqtt/gudang/pintu",
            json.dumps(
                {
                    "battery": 81,
                    "voltage": 2985,
                    "contact": False,
                    "linkquality": 96,
                    "temperature": 28.4,
                    "state": "UNLOCK",
                    "update": {"state": "idle"},
                    "last_seen": AT,
                }
            ),
            {
                one("battery_percent"): 81,
                one("battery_volts"): 2.985,
                one("contact_state"): 0,
                one("link_quality"): 96,
                one("temperature_celsius"): 28.4,
            },
        ),
    ),
    Message("zigbee2mqtt/gudang/pintu/availability", '{"state": "online"}'),
    Message("zigbee2mqtt/gudang/pintu/availability", '{"state": "offline"}'),
    says_when=True,
)

ZIGBEE_BRIDGE = Dialect(
    "zigbee2mqtt-bridge",
    "bridge",
    (
        Message(
            "zigbee2mqtt/bridge/health",
            json.dumps(
                {
                    "timestamp": "2026-11-22 09:00:00",
                    "response_time": "0x1f2e3d",
                    "os": {"load_average": [0.5, 0.25, 0.1], "memory_used_mb": 512},
                    "process": {"uptime_sec": 4000, "memory_used_mb": 96.5},
                    "mqtt": {"connected": True, "queued": 0, "published": 700, "received": 20},
                    "devices": {"gudang/pintu": {"messages": 7, "leave_count": 1}},
                }
            ),
            {
                one("load_average"): 0.5,
                one("memory_used_bytes"): 536870912,
                one("process_uptime_seconds"): 4000,
                one("process_memory_bytes"): 101187584,
                one("mqtt_queued_messages"): 0,
                one("mqtt_published_messages"): 700,
                one("mqtt_received_messages"): 20,
                one("mqtt_state"): 1,
                one("zigbee_messages", device="gudang/pintu"): 7,
                one("zigbee_leaves", device="gudang/pintu"): 1,
            },
        ),
        Message(
            "zigbee2mqtt/bridge/info",
            json.dumps({"version": "2.7.1", "permit_join": True}),
            {one("permit_join_state"): 1},
        ),
    ),
    Message("zigbee2mqtt/bridge/state", "online"),  # as old versions write it
    Message("zigbee2mqtt/bridge/state", '{"state": "offline"}'),
)

HOMIE_4 = Dialect(
    "homie-device",
    "pompa-1",
    (
        Message(
            "homie/pompa-1/motor/temperature",
            "61.5",
            {one("temperature_celsius", node="motor"): 61.5},
        ),
        Message(
            "homie/pompa-1/motor/running",
            "true",
            {one("homie_value", node="motor", property="running"): 1},
        ),
        Message("homie/pompa-1/motor/mode", "automatic"),
        Message("homie/pompa-1/$stats/uptime", "3600", {one("sys_uptime_seconds"): 3600}),
    ),
    Message("homie/pompa-1/$state", "ready", {one("homie_state"): "ready"}),
    Message("homie/pompa-1/$state", "lost", {one("homie_state"): "lost"}),
)

HOMIE_5 = Dialect(
    "homie-device",
    "pompa-2",
    (
        Message(
            "homie/5/pompa-2/tank/level",
            "0.75",
            {one("homie_value", node="tank", property="level"): 0.75},
        ),
        Message("homie/5/pompa-2/tank/battery", "55", {one("battery_percent", node="tank"): 55}),
    ),
    Message("homie/5/pompa-2/$state", "alert", {one("homie_state"): "alert"}),
    Message("homie/5/pompa-2/$state", "disconnected", {one("homie_state"): "disconnected"}),
)

ESPHOME = Dialect(
    "home-assistant-sensor",
    "esp-gudang",
    (
        Message(
            "esp-gudang/sensor/suhu/state",
            "30.25",
            {one("sensor_value", sensor="suhu"): 30.25},
        ),
        Message("esp-gudang/sensor/suhu/state", "nan"),
        Message("esp-gudang/sensor/wifi_signal/state", "-71", {one("wifi_signal_dbm"): -71}),
        Message(
            "esp-gudang/binary_sensor/pintu/state",
            "ON",
            {one("binary_sensor_state", sensor="pintu"): 1},
        ),
    ),
    Message("esp-gudang/status", "online"),
    Message("esp-gudang/status", "offline"),
)

TELTONIKA = Dialect(
    "teltonika-router",
    "1100000001",
    (
        Message("router/1100000001/uptime", "15248", {one("sys_uptime_seconds"): 15248}),
        Message("router/1100000001/signal", "-67", {one("mobile_signal_dbm"): -67}),
        Message("router/1100000001/temperature", "415", {one("modem_temperature_celsius"): 41.5}),
        Message("router/1100000001/network", "4G (LTE)", {one("mobile_network"): "4G (LTE)"}),
        Message("router/1100000001/digital1", "1", {one("digital_input", input="1"): 1}),
        Message("router/1100000001/wan", "192.0.2.7"),
    ),
)

TTN = Dialect(
    "ttn-uplink",
    "bin-12",
    (
        Message(
            "v3/kota@ttn/devices/bin-12/up",
            json.dumps(
                {
                    "end_device_ids": {"device_id": "bin-12"},
                    "received_at": AT,
                    "uplink_message": {
                        "f_port": 2,
                        "f_cnt": 41,
                        "frm_payload": "AQI=",
                        "decoded_payload": {"temperature": 29.5, "battery": 88, "lid": "open"},
                        "rx_metadata": [
                            {"gateway_ids": {"gateway_id": "menara"}, "rssi": -97, "snr": 6.5},
                            {"gateway_ids": {"gateway_id": "balai"}, "rssi": -111},
                        ],
                        "settings": {"data_rate": {"lora": {"spreading_factor": 9}}},
                    },
                }
            ),
            {
                one("lorawan_frames"): 41,
                one("lorawan_spreading_factor"): 9,
                one("radio_gateways"): 2,
                one("radio_best_rssi_dbm"): -97,
                one("battery_percent"): 88,
                one("temperature_celsius"): 29.5,
                one("decoded_value", item="temperature"): 29.5,
                one("decoded_value", item="battery"): 88,
                one("radio_rssi_dbm", gateway="menara"): -97,
                one("radio_rssi_dbm", gateway="balai"): -111,
                one("radio_snr_decibels", gateway="menara"): 6.5,
                one("radio_snr_decibels", gateway="balai"): 0,
            },
        ),
    ),
    says_when=True,
)

CHIRPSTACK = Dialect(
    "chirpstack-uplink",
    "0102030405060708",
    (
        Message(
            "application/17/device/0102030405060708/event/up",
            json.dumps(
                {
                    "deduplicationId": "57433366-50a6-4dc2-8145-2df1bbc70d9e",
                    "time": AT,
                    "deviceInfo": {"deviceName": "air-3", "devEui": "0102030405060708"},
                    "fPort": 1,
                    "data": "qg==",
                    "object": {"humidity": 61, "battery_level": 3.1},
                    "rxInfo": [{"gatewayId": "aa00000000000001", "rssi": -52, "snr": 13.75}],
                    "txInfo": {"modulation": {"lora": {"spreadingFactor": 7}}},
                }
            ),
            {
                one("lorawan_frames"): 0,
                one("lorawan_spreading_factor"): 7,
                one("radio_gateways"): 1,
                one("radio_best_rssi_dbm"): -52,
                one("battery_percent"): 3.1,
                one("humidity_percent"): 61,
                one("decoded_value", item="humidity"): 61,
                one("decoded_value", item="battery_level"): 3.1,
                one("radio_rssi_dbm", gateway="aa00000000000001"): -52,
                one("radio_snr_decibels", gateway="aa00000000000001"): 13.75,
            },
        ),
        Message(
            "application/17/device/0102030405060708/event/status",
            json.dumps({"time": AT, "margin": 7, "batteryLevel": 75.5}),
            {one("lorawan_battery_percent"): 75.5, one("lorawan_margin_decibels"): 7},
        ),
    ),
    says_when=True,
)

MILESIGHT = Dialect(
    "milesight-uplink",
    "1122334455667788",
    (
        Message(
            "milesight/1122334455667788/up",
            json.dumps(
                {
                    "applicationID": "1",
                    "devEUI": "1122334455667788",
                    "fCnt": 128,
                    "fPort": 85,
                    "time": AT,
                    "battery": 92,
                    "temperature": 27.1,
                    "rxInfo": [{"mac": "aa00000000000002", "loRaSNR": 13.8, "rssi": -51}],
                    "txInfo": {"dataRate": {"spreadFactor": 10}},
                }
            ),
            {
                one("lorawan_frames"): 128,
                one("lorawan_spreading_factor"): 10,
                one("radio_best_rssi_dbm"): -51,
                one("battery_percent"): 92,
                one("temperature_celsius"): 27.1,
                one("radio_rssi_dbm", gateway="aa00000000000002"): -51,
                one("radio_snr_decibels", gateway="aa00000000000002"): 13.8,
            },
        ),
    ),
    Message("milesight/1122334455667788/status", '{"status": "online"}'),
    Message("milesight/1122334455667788/status", '{"status": "offline"}'),
    says_when=True,
)

GENERIC = Dialect(
    "generic-json",
    "pintu-air-4",
    (
        Message(
            "pantau/pintu-air-4/telemetry",
            json.dumps({"time": AT, "temp": 30, "level_cm": 182, "battery": 64, "gate": "open"}),
            {
                one("temperature_celsius"): 30,
                one("battery_percent"): 64,
                one("value", item="temp"): 30,
                one("value", item="level_cm"): 182,
                one("value", item="battery"): 64,
            },
        ),
    ),
    Message("pantau/pintu-air-4/status", "online"),
    Message("pantau/pintu-air-4/status", '{"state": false}'),
    says_when=True,
)

DIALECTS = (
    TASMOTA,
    ZIGBEE_DEVICE,
    ZIGBEE_BRIDGE,
    HOMIE_4,
    HOMIE_5,
    ESPHOME,
    TELTONIKA,
    TTN,
    CHIRPSTACK,
    MILESIGHT,
    GENERIC,
)
