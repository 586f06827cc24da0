"""What may be wrong with Pantau itself, in words for people: what it is, and what to do about it.

`{who}` is a collector, a channel; `{n}` a count. No word names an address, a path or a secret:
anybody who may look at the city reads them.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Said(NamedTuple):
    """A trouble in both languages, each with its remedy."""

    id: str
    id_remedy: str
    en: str
    en_remedy: str


WORDS: Mapping[str, Said] = {
    "store_unreadable": Said(
        "Penyimpanan keadaan tidak dapat dibaca",
        "Periksa ruang disk dan pemilik berkasnya: pantau doctor",
        "The store of states cannot be read",
        "Look at the disk's space and the owner of the file: pantau doctor",
    ),
    "never_collected": Said(
        "Belum pernah ada kolektor yang melapor",
        "Jalankan kolektor: pantau run",
        "No collector has ever reported",
        "Start a collector: pantau run",
    ),
    "blind": Said(
        "Pantau tidak melihat: tidak ada kolektor yang melapor",
        "Periksa mesin kolektor, lalu jaringan ruang server; lognya menyebut sebabnya",
        "Pantau does not see: no collector reports",
        "Look at the collector's machine, then the server room's network; its log says why",
    ),
    "collector_gone": Said(
        "Kolektor {who} tidak melapor",
        "Periksa mesinnya, lalu jaringannya; perangkatnya tidak diperiksa siapa pun",
        "Collector {who} does not report",
        "Look at its machine, then its network; nobody checks its devices",
    ),
    "clock_ahead": Said(
        "Jam kolektor {who} lebih cepat daripada jam server ini",
        "Samakan jam kedua mesin (NTP)",
        "The clock of collector {who} is ahead of this server's",
        "Set both machines' clocks by NTP",
    ),
    "same_name_twice": Said(
        "Dua kolektor memakai nama {who}",
        "Beri masing-masing collector_id sendiri",
        "Two collectors call themselves {who}",
        "Give each its own collector_id",
    ),
    "checks_late": Said(
        "Pemeriksaan kolektor {who} terlambat {n} detik",
        "Mesinnya terlalu sibuk: pantau doctor menyebut pemakaiannya. Hentikan pekerjaan lain di "
        "mesin itu, perpanjang interval, atau bagi perangkat ke mesin kedua",
        "Checks of collector {who} are late by {n} s",
        "Its machine is too busy: pantau doctor says what it is used at. End other work there, "
        "check less often, or share the devices with a second machine",
    ),
    "mqtt_disconnected": Said(
        "Kolektor {who} tidak tersambung ke broker MQTT",
        "Periksa broker dan kredensialnya; yang dikirim perangkat lewat MQTT tidak terdengar",
        "Collector {who} is not connected to the MQTT broker",
        "Look at the broker and its credentials; what devices send by MQTT is not heard",
    ),
    "traps_deaf": Said(
        "Kolektor {who} tidak mendengar trap SNMP",
        "Periksa apakah porta itu dipakai program lain; polling tetap berjalan",
        "Collector {who} hears no SNMP traps",
        "See whether another program has the port; polling goes on",
    ),
    "readings_unreadable": Said(
        "Penyimpanan pembacaan tidak dapat dibaca",
        "Jalankan pantau doctor; keadaan dan ketersediaan tetap benar",
        "The storage of readings cannot be read",
        "Run pantau doctor; states and uptime stay right",
    ),
    "readings_lost": Said(
        "Terlalu banyak yang menunggu InfluxDB: {n} baris tertua sudah hilang",
        "Hidupkan kembali InfluxDB; setelan spool_megabytes menentukan berapa yang ditahan",
        "Too much waits for InfluxDB: the {n} oldest lines are lost",
        "Bring InfluxDB back; the setting spool_megabytes says how much is kept",
    ),
    "courier_gone": Said(
        "Tidak ada yang membawa pembacaan ke InfluxDB: kurir tidak berjalan",
        "Jalankan pantau run --role courier; semuanya ditahan di disk sampai saat itu",
        "Nothing carries readings to InfluxDB: the courier is not running",
        "Start pantau run --role courier; everything is kept on disk until then",
    ),
    "influxdb_refuses": Said(
        "InfluxDB menolak pembacaan",
        "Token, hak, organisasi atau bucket tidak cocok: pantau doctor menyebut yang mana",
        "InfluxDB refuses readings",
        "Token, rights, organisation or bucket do not fit: pantau doctor says which",
    ),
    "readings_wait": Said(
        "InfluxDB tidak menerima pembacaan",
        "Periksa InfluxDB dan jaringan ke sana; semuanya ditahan di disk",
        "InfluxDB does not take readings",
        "Look at InfluxDB and the network to it; everything is kept on disk",
    ),
    "readings_late": Said(
        "Pembacaan sampai di InfluxDB lebih dari {n} menit terlambat",
        "InfluxDB terlalu sibuk, atau sedang mengejar; tidak ada yang hilang",
        "Readings reach InfluxDB more than {n} min late",
        "InfluxDB is too busy, or catching up; nothing is lost",
    ),
    "dead_letters": Said(
        "{n} baris pembacaan ditolak InfluxDB untuk selamanya",
        "Lihat sebabnya di bawah, perbaiki, lalu coba lagi",
        "InfluxDB will never take {n} lines of readings",
        "See below why, mend it, then try again",
    ),
    "roll_ups_trouble": Said(
        "Ringkasan per jam tidak dibuat",
        "Log kurir menyebut sebabnya; grafik bulan lalu tertinggal sampai itu diperbaiki",
        "Roll-ups of hours are not made",
        "The courier's log says why; charts of past months lag until it is mended",
    ),
    "alerts_never": Said(
        "Proses peringatan belum pernah melapor: tidak ada yang diberi tahu apa pun",
        "Jalankan pantau run --role alerts",
        "The process of alerts has never reported: nobody is told of anything",
        "Start pantau run --role alerts",
    ),
    "alerts_silent": Said(
        "Proses peringatan tidak melapor: tidak ada yang diberi tahu apa pun",
        "Periksa prosesnya dan lognya, lalu jalankan lagi",
        "The process of alerts does not report: nobody is told of anything",
        "Look at the process and its log, then start it again",
    ),
    "alerts_stand_still": Said(
        "Peringatan berhenti dibuat",
        "Log proses peringatan menyebut sebabnya",
        "Alerts are not being made",
        "The log of the process of alerts says why",
    ),
    "channel_waits": Said(
        "{n} pesan menunggu saluran {who}",
        "Periksa layanan saluran itu: pantau alert messages menyebut jawabannya",
        "{n} messages wait for channel {who}",
        "Look at that channel's service: pantau alert messages says what it answered",
    ),
    "channel_gave_up": Said(
        "Saluran {who} menyerah mengirim pesan dalam satu jam terakhir",
        "pantau alert messages --dead menyebut sebabnya; lalu pantau alert retry",
        "Channel {who} has given messages up within the last hour",
        "pantau alert messages --dead says why; then pantau alert retry",
    ),
    "live_stopped": Said(
        "Layar tidak menerima perubahan: siaran langsung berhenti",
        "Muat ulang tidak menolong; log API menyebut sebabnya",
        "Screens get no changes: the live stream stands still",
        "Reloading does not help; the API's log says why",
    ),
    "disk_low": Said(
        "Ruang disk hampir habis: sisa {n} MB",
        "Kosongkan sedikitnya 1 GB, atau pindahkan data_directory",
        "The disk is nearly full: {n} MB left",
        "Free at least 1 GB, or move the data_directory",
    ),
}
