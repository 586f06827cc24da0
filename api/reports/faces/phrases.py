"""What stands in the document beside figures: titles, introductions, method, definitions."""

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "id": {
        "title": "Laporan Ketersediaan Infrastruktur",
        "summary": "Ringkasan",
        "attention": "Yang perlu diperhatikan",
        "number": "Nomor",
        "period": "Periode",
        "scope": "Cakupan laporan",
        "page": "halaman",
        "of": "dari",
        "made": "dibuat",
        "tile.uptime": "waktu aktif layanan",
        "tile.device": "waktu aktif perangkat",
        "tile.contract": "menurut kontrak",
        "tile.outages": "gangguan",
        "tile.coverage": "cakupan {}",
        "tile.bounds": "antara {} dan {}",
        "tile.mttr": "rata-rata pulih {}",
        "tile.devices": "perangkat",
        "groups": "Ketersediaan",
        "groups.text": "Setiap angka adalah jumlah atas perangkatnya, tidak pernah rata-rata dari "
        "persentase. Batas bawah dan atas menghitung waktu yang tidak diketahui sebagai mati dan "
        "sebagai aktif.",
        "cities": "Menurut kota dan kabupaten",
        "areas": "Menurut wilayah",
        "kinds": "Menurut jenis perangkat",
        "owners": "Menurut pengampu",
        "contracts": "Menurut kontrak",
        "contracts.text": "Perangkat dan waktu yang sama, dihitung menurut aturan setiap kontrak.",
        "trend": "Perkembangan",
        "trend.chart": "Waktu aktif layanan per bulan. Garis tegak: batas bila waktu yang tidak "
        "diketahui dihitung mati atau aktif. Batang di bawah: cakupan.",
        "lost": "Waktu hilang dan penanggung jawabnya",
        "lost.chart": "Bagian waktu hilang menurut penyebab",
        "lost.text": "Waktu mati dan tidak terjangkau. Waktu di belakang perangkat hulu yang mati "
        "menjadi tanggungan penyebab gangguan di hulu itu.",
        "outages": "Gangguan terlama",
        "outages.text": "Ini {} yang terlama di dalam periode. Semuanya {}: {} gangguan yang "
        "dihitung, dan {} kali hanya tidak terjangkau atau mati dalam pemeliharaan. Daftarnya ada "
        "di lembar Gangguan dari berkas XLSX dan di outages.csv.",
        "worst": "Sepuluh perangkat dengan waktu aktif terendah",
        "handling": "Penanganan insiden",
        "handling.text": "Insiden yang dimulai dalam periode. Waktu sampai ditangani dihitung "
        "sejak insiden dipastikan, waktu sampai pulih sejak mulai.",
        "handling.all": "semua",
        "maintenance": "Pemeliharaan",
        "maintenance.text": "Waktunya tidak dihitung. Yang dicatat sesudah mulai ditandai.",
        "afterwards": "dicatat sesudahnya oleh {} pada {}",
        "corrections": "Koreksi penyebab",
        "corrections.text": "Penyebab diusulkan dari bukti; yang berlaku adalah kata terakhir "
        "petugas. Tidak ada yang dihapus.",
        "alarms": "Kesehatan alarm",
        "alarms.text": "Diukur menurut EEMUA 191 dan ISA-18.2.",
        "noisy": "Perangkat dengan peringatan terbanyak",
        "wifi": "Pemakaian WiFi",
        "wifi.text": "Jumlah pengguna serentak menurut rata-rata per jam. Hanya jumlah: perangkat "
        "milik warga tidak dicatat.",
        "wifi.all": "semua",
        "growth": "Jumlah perangkat",
        "growth.chart": "Jumlah perangkat pada akhir bulan",
        "capacity": "Kapasitas",
        "capacity.text": "Garis lurus melalui 90 hari terakhir, dengan keyakinan 95%. Di mana "
        "kenaikannya tidak pasti, tidak dikatakan kapan penuh.",
        "capacity.when": "perkiraan penuh",
        "more": "{} baris lagi ada di lembar {} dari berkas XLSX.",
        "none": "Tidak ada dalam periode ini.",
        "method": "Cara menghitung",
        "rules": "Aturan yang berlaku",
        "notes": "Catatan",
        "raw": "Angka dalam berkas PDF, XLSX, CSV, dan JSON dari laporan ini berasal dari satu "
        "kumpulan data dan sama sampai digit terakhir.",
        "sign.date": "{}, {}",
        "owner.none": "(tanpa pengampu)",
        "nobody": "(belum ditunjuk)",
        "still": "masih berlangsung",
        "until": "{} – {}",  # noqa: RUF001 - a dash
        "or_later": "{} atau lebih lambat",
    },
    "en": {
        "title": "Report on the Availability of Infrastructure",
        "summary": "Summary",
        "attention": "To be looked at",
        "number": "Number",
        "period": "Period",
        "scope": "What it is of",
        "page": "page",
        "of": "of",
        "made": "made",
        "tile.uptime": "service uptime",
        "tile.device": "device uptime",
        "tile.contract": "by the contract",
        "tile.outages": "outages",
        "tile.coverage": "coverage {}",
        "tile.bounds": "between {} and {}",
        "tile.mttr": "over after {} on average",
        "tile.devices": "devices",
        "groups": "Availability",
        "groups.text": "Every figure is the sum over its devices, never an average of percentages. "
        "The bounds take unknown time as down, and as up.",
        "cities": "By city",
        "areas": "By area",
        "kinds": "By kind of device",
        "owners": "By owner",
        "contracts": "By contract",
        "contracts.text": "The same devices and time, reckoned by the rules of each contract.",
        "trend": "Trend",
        "trend.chart": "Service uptime by month. Upright lines: the bounds with unknown time taken "
        "as down, and as up. Bars below: coverage.",
        "lost": "Lost time, and who answers for it",
        "lost.chart": "Shares of lost time by cause",
        "lost.text": "Time down and unreachable. Time behind a dead device upstream is booked to "
        "the cause of the outage there.",
        "outages": "Longest outages",
        "outages.text": "These are the {} longest within the period. In all there are {}: {} "
        "outages that count, and {} times only cut off, or down in maintenance. All are in the "
        "sheet Outages of the XLSX file and in outages.csv.",
        "worst": "The ten devices with the least uptime",
        "handling": "Incident handling",
        "handling.text": "Incidents that began in the period. The time until acknowledged runs "
        "from when the incident was sure, the time until recovered from its beginning.",
        "handling.all": "all",
        "maintenance": "Maintenance",
        "maintenance.text": "Maintenance is left out. What was entered after it began is marked.",
        "afterwards": "entered afterwards by {} on {}",
        "corrections": "Corrections of causes",
        "corrections.text": "Causes are proposed from evidence; in force is the last word of a "
        "person. Nothing is deleted.",
        "alarms": "Alarm health",
        "alarms.text": "Measured after EEMUA 191 and ISA-18.2.",
        "noisy": "Devices with the most alerts",
        "wifi": "WiFi use",
        "wifi.text": "Users at the same time, by hourly means. Counts only: nobody's device is "
        "recorded.",
        "wifi.all": "all",
        "growth": "Number of devices",
        "growth.chart": "Devices at the end of the month",
        "capacity": "Capacity",
        "capacity.text": "A straight line through the last 90 days, with 95% confidence. Where it "
        "does not rise for certain, nothing is said of when it is full.",
        "capacity.when": "when it is full",
        "more": "{} more rows are in the sheet {} of the XLSX file.",
        "none": "None in this period.",
        "method": "How it is reckoned",
        "rules": "Rules in force",
        "notes": "Notes",
        "raw": "The figures of the PDF, XLSX, CSV and JSON files of this report come from one data "
        "set and are equal to the last digit.",
        "sign.date": "{}, {}",
        "owner.none": "(no owner)",
        "nobody": "(nobody named)",
        "still": "still on",
        "until": "{} – {}",  # noqa: RUF001 - a dash
        "or_later": "{} or later",
    },
}

METHOD: Mapping[str, tuple[tuple[str, str], ...]] = {
    "id": (
        (
            "Waktu aktif layanan",
            "Waktu aktif dibagi waktu yang diketahui: aktif ÷ (aktif + mati + tidak terjangkau). "
            "Terganggu (bekerja, tetapi tidak sempurna) dihitung aktif. Tidak terjangkau berarti "
            "perangkat hulunya mati: layanan tidak dapat dipakai, maka dihitung.",
        ),
        (
            "Waktu aktif perangkat",
            "Sama, tanpa waktu tidak terjangkau: yang menjadi tanggungan pemilik perangkat.",
        ),
        (
            "Tidak diketahui",
            "Waktu ketika tidak ada yang memantau. Tidak pernah dihitung aktif dan tidak pernah "
            "dihitung mati.",
        ),
        (
            "Cakupan",
            "Bagian waktu yang diketahui dari seluruh waktu yang dihitung. Persentase tanpa "
            "cakupan tidak berarti apa-apa.",
        ),
        (
            "Batas",
            "Batas bawah menghitung waktu yang tidak diketahui sebagai mati, batas atas sebagai "
            "aktif. Angka yang sebenarnya ada di antaranya.",
        ),
        (
            "Gangguan",
            "Perangkat mati sejak kegagalan pertama sampai terlihat bekerja kembali. Tabel "
            "ketersediaan menghitung gangguan yang dihitung waktunya; daftar gangguan memuat "
            "semuanya, juga yang selama pemeliharaan dan yang tidak terjangkau.",
        ),
        (
            "MTTR dan MTBF",
            "Waktu mati, dan waktu aktif, dibagi jumlah gangguan yang menyentuh periode.",
        ),
        (
            "Pembulatan",
            "Persentase dipotong pada tiga desimal dan waktu pada detik penuh, tidak pernah "
            "dibulatkan ke atas: 99,9999% ditulis 99,999%.",
        ),
        (
            "Kontrak",
            "Angka kontrak dihitung dari waktu yang sama dengan aturan kontrak: penyebab, gangguan "
            "singkat, dan jam yang tidak dihitung dikeluarkan, dan cakupannya disebut.",
        ),
    ),
    "en": (
        (
            "Service uptime",
            "Up time divided by known time: up ÷ (up + down + unreachable). Degraded (it works, "
            "but not well) counts as up. Unreachable means that a device upstream is dead: the "
            "service cannot be used, so it counts.",
        ),
        (
            "Device uptime",
            "The same without unreachable time: what the owner of the device answers for.",
        ),
        ("Unknown", "Time in which nobody looked. It never counts as up, and never as down."),
        (
            "Coverage",
            "The share of the time that counts of which the state is known. A percentage without "
            "its coverage means nothing.",
        ),
        (
            "Bounds",
            "The lower one takes unknown time as down, the upper one as up. The true figure is "
            "between them.",
        ),
        (
            "Outage",
            "A device is down from the first failure until it is seen working again. The tables of "
            "availability count outages whose time counts; the list of outages has all of them, "
            "also those in maintenance and those cut off.",
        ),
        (
            "MTTR and MTBF",
            "Down time, and up time, divided by the number of outages that touch the period.",
        ),
        (
            "Rounding",
            "Percentages are cut after three decimals and times after whole seconds, never rounded "
            "up: 99.9999% is written 99.999%.",
        ),
        (
            "Contract",
            "The contract's figure is reckoned from the same time by its rules: causes, short "
            "outages and hours that do not count are left out, and its coverage is given.",
        ),
    ),
}
"""Definitions, each a word and what it means."""
