"""Bahasa Indonesia."""

PANELS = {
    # --- boards --------------------------------------------------------------------------------
    "city": (
        "Pantau: kota hari ini",
        "Apa yang tidak beres di kota, di mana, sejak kapan, dan bolehkah halaman ini dipercaya.",
    ),
    "cctv": (
        "Pantau: CCTV",
        "Kamera dan perekam: mana yang mati, mana yang terganggu, mana yang kartunya penuh.",
    ),
    "wifi": (
        "Pantau: WiFi publik",
        "Berapa orang yang memakai WiFi, bagaimana mutu radionya, seberapa penuh uplink-nya.",
    ),
    "servers": (
        "Pantau: server dan daya",
        "Beban server, isi diska, UPS yang memakai baterai, dan pemakaian listrik.",
    ),
    "network": (
        "Pantau: mutu jaringan",
        "Paket hilang, latensi dan jitter; antarmuka yang sibuk, galat, atau putus.",
    ),
    "uptime": (
        "Pantau: ketersediaan dan SLA",
        "Ketersediaan per kecamatan, OPD, jenis, titik dan perangkat, selalu dengan cakupannya.",
    ),
    "device": (
        "Pantau: satu perangkat",
        "Semua yang diketahui tentang satu perangkat. Pilih perangkatnya di atas.",
    ),
    "alarm": (
        "Pantau: kesehatan alarm",
        "Seberapa banyak peringatan menuntut dari orang: yang muncul, diberitahukan, ditahan,"
        " banjir, berisik, dan kapan ditangani.",
    ),
    "pantau": (
        "Pantau: kesehatan Pantau",
        "Apakah Pantau sendiri sehat: pemeriksaan tepat waktu, data sampai ke InfluxDB.",
    ),
    # --- kota ----------------------------------------------------------------------------------
    "city.counts": (
        "Perangkat menurut keadaan",
        "Jumlah perangkat menurut keadaan sekarang. Yang dalam pemeliharaan hanya dihitung di sana."
        " Angka nol berarti nol; bila tidak ada data lima menit terakhir, tertulis tidak ada data.",
    ),
    "city.uptime": (
        "Ketersediaan 24 jam",
        "Ketersediaan layanan 24 jam terakhir dan cakupannya: bagian waktu yang benar-benar"
        " dipantau. Bila cakupan rendah, angka ketersediaan belum berarti banyak.",
    ),
    "city.answering": (
        "Menjawab ping",
        "Banyaknya perangkat yang menjawab ping dalam lima menit terakhir: bukti bahwa Pantau"
        " sedang melihat. Sensor MQTT tidak dihitung di sini.",
    ),
    "city.by_area": (
        "Menurut kecamatan",
        "Jumlah perangkat per kecamatan menurut keadaan sekarang; yang paling banyak mati di atas.",
    ),
    "city.by_kind": (
        "Menurut jenis",
        "Jumlah perangkat per jenis menurut keadaan sekarang; yang paling banyak mati di atas.",
    ),
    "city.over_time": (
        "Keadaan dari waktu ke waktu",
        "Jumlah perangkat menurut keadaan. Celah kosong berarti tidak ada data, bukan semua baik.",
    ),
    "city.devices": (
        "Semua perangkat, terburuk di atas",
        "Semua perangkat, juga yang aktif, supaya daftar kosong tidak terbaca sebagai semua baik."
        " Terakhir menjawab adalah ping terakhir yang dijawab dalam rentang waktu di atas."
        " Klik ID untuk membuka halamannya di meja petugas.",
    ),
    "city.transitions": (
        "Perubahan keadaan terakhir",
        "Kapan perangkat berubah keadaan, dari apa menjadi apa, dan mengapa (paling banyak 500).",
    ),
    "city.incidents": (
        "Insiden",
        "Insiden dalam rentang waktu di atas, yang terbaru di atas (paling banyak 200).",
    ),
    # --- CCTV ----------------------------------------------------------------------------------
    "cctv.counts": (
        "Kamera menurut keadaan",
        "Jumlah kamera menurut keadaan sekarang. Menjawab ping belum berarti gambarnya baik:"
        " kamera yang terganggu menjawab tetapi ada pemeriksaannya yang gagal.",
    ),
    "cctv.recorder_counts": (
        "Perekam menurut keadaan",
        "Jumlah perekam (NVR) menurut keadaan sekarang. Satu perekam mati dapat berarti belasan"
        " kamera tidak terekam.",
    ),
    "cctv.uptime": (
        "Ketersediaan kamera 24 jam",
        "Ketersediaan semua kamera yang dipilih dalam 24 jam terakhir, dengan cakupannya.",
    ),
    "cctv.over_time": (
        "Kamera dan perekam dari waktu ke waktu",
        "Jumlah kamera dan perekam menurut keadaan. Celah kosong berarti tidak ada data.",
    ),
    "cctv.cameras": (
        "Kamera, terburuk di atas",
        "Semua kamera yang dipilih. Kartu memori yang selalu penuh adalah biasa bila merekam"
        " berputar. Kolom kelabu: kamera itu tidak menyampaikan nilai tersebut.",
    ),
    "cctv.sites": (
        "Keadaan terburuk per titik",
        "Keadaan terburuk di antara kamera dan perekam setiap titik; gangguan sesingkat apa pun"
        " tampak. Celah kosong berarti tidak ada data.",
    ),
    "cctv.loss": (
        "Paket hilang ke kamera per titik",
        "Rata-rata paket hilang menuju kamera di setiap titik. Di atas garis (20%) gambar"
        " biasanya sudah putus-putus.",
    ),
    "cctv.recorders": (
        "Perekam, terburuk di atas",
        "Kanal video, jumlah diska dan isi penyimpanan, bila perekam menyampaikannya lewat SNMP."
        " Perekam yang hanya di-ping tidak punya nilai itu.",
    ),
    "cctv.uptime_by_device": (
        "Ketersediaan per kamera dan perekam",
        "Ketersediaan dalam rentang waktu di atas, terendah di atas. Ketersediaan perangkat tidak"
        " menghitung saat perangkat lain di depannya mati.",
    ),
    # --- WiFi ----------------------------------------------------------------------------------
    "wifi.counts": (
        "Titik akses menurut keadaan",
        "Jumlah titik akses (AP) menurut keadaan sekarang.",
    ),
    "wifi.clients_now": (
        "Pengguna sekarang",
        "Jumlah pengguna yang terhubung ke semua radio dalam lima menit terakhir. Jumlah"
        " perangkat, bukan jumlah orang.",
    ),
    "wifi.empty": (
        "AP tanpa pengguna",
        "AP yang melaporkan nol pengguna. Pada jam ramai, AP kosong patut dicurigai.",
    ),
    "wifi.uptime": (
        "Ketersediaan AP 24 jam",
        "Ketersediaan titik akses 24 jam terakhir, dengan cakupannya.",
    ),
    "wifi.clients": (
        "Pengguna dari waktu ke waktu",
        "Jumlah pengguna di semua AP yang dipilih. Celah kosong berarti tidak ada data.",
    ),
    "wifi.clients_by_site": (
        "Pengguna per titik",
        "Jumlah pengguna di setiap titik.",
    ),
    "wifi.access_points": (
        "Titik akses, terburuk di atas",
        "Pengguna, derau terburuk dan mutu sambungan (CCQ) terendah di antara radio setiap AP."
        " Lebih dari 60 pengguna per AP sudah ramai.",
    ),
    "wifi.noise": (
        "Derau per titik",
        "Derau terburuk per titik. Di atas -90 dBm radio mulai terganggu, di atas -80 dBm berat.",
    ),
    "wifi.quality": (
        "Mutu sambungan (CCQ) per titik",
        "CCQ terendah per titik: bagian kiriman yang sampai tanpa diulang. Di bawah 70% pengguna"
        " mulai merasakan lambat.",
    ),
    "wifi.uplink": (
        "Lalu lintas port kabel AP",
        "Jumlah lalu lintas semua port kabel AP yang dipilih. Masuk: dari internet ke pengguna.",
    ),
    "wifi.history": (
        "Riwayat keadaan AP",
        "Keadaan setiap AP; gangguan sesingkat apa pun tampak. Celah berarti tidak ada data.",
    ),
    "wifi.uptime_by_device": (
        "Ketersediaan per AP",
        "Ketersediaan dalam rentang waktu di atas, terendah di atas, dengan cakupannya.",
    ),
    # --- server dan daya -----------------------------------------------------------------------
    "servers.counts": (
        "Server menurut keadaan",
        "Jumlah server dan NAS menurut keadaan sekarang.",
    ),
    "servers.ups_counts": (
        "UPS menurut keadaan",
        "Jumlah UPS menurut keadaan sekarang.",
    ),
    "servers.on_battery": (
        "UPS memakai baterai",
        "UPS yang sekarang memakai baterai: listrik PLN di sana padam.",
    ),
    "servers.least_runtime": (
        "Sisa waktu terpendek",
        "Perkiraan sisa waktu UPS yang paling pendek, menurut UPS itu sendiri.",
    ),
    "servers.listing": (
        "Server dan NAS, terburuk di atas",
        "CPU, memori dan sistem berkas yang paling penuh. Hidup selama: sejak server dinyalakan.",
    ),
    "servers.cpu": ("CPU", "Beban CPU tertinggi dalam setiap selang waktu."),
    "servers.memory": (
        "Memori terpakai",
        "Memori terpakai tanpa cache. Di atas garis (95%) server akan mulai menolak pekerjaan.",
    ),
    "servers.storage": (
        "Sistem berkas terpakai",
        "Isi setiap sistem berkas. Garis pertama 90%, garis kedua 97%.",
    ),
    "servers.load": (
        "Beban (load) 5 menit",
        "Rata-rata antrean pekerjaan lima menit; wajar bila di bawah jumlah inti prosesor.",
    ),
    "servers.ups": (
        "UPS, terburuk di atas",
        "Sumber daya, isi baterai, perkiraan sisa waktu, beban dan tegangan masuk. Nilai terakhir"
        " menyebut kapan UPS terakhir menyampaikan sumber dayanya.",
    ),
    "servers.mains": (
        "Tegangan PLN",
        "Tegangan masuk terendah setiap UPS; 0 V berarti padam. PLN: 220 V, paling rendah 198 V.",
    ),
    "servers.charge": ("Isi baterai", "Isi baterai terendah dalam setiap selang waktu."),
    "servers.temperature": (
        "Suhu baterai UPS",
        "Suhu baterai. Setiap 10 °C di atas 25 °C memperpendek umur baterai kira-kira separuh.",
    ),
    "servers.meters": (
        "Daya pada meter",
        "Daya yang diukur sensor listrik (MQTT) di titik-titik.",
    ),
    "servers.uptime_by_device": (
        "Ketersediaan per server, UPS dan sensor",
        "Ketersediaan dalam rentang waktu di atas, terendah di atas, dengan cakupannya.",
    ),
    # --- jaringan ------------------------------------------------------------------------------
    "network.loss_now": (
        "Paket hilang sekarang",
        "Rata-rata paket hilang pada ping terakhir semua perangkat yang dipilih.",
    ),
    "network.rtt_now": (
        "Latensi sekarang",
        "Nilai tengah (median) latensi: separuh perangkat lebih cepat, separuh lebih lambat.",
    ),
    "network.jitter_now": (
        "Jitter sekarang",
        "Nilai tengah (median) beda antara dua latensi berturut-turut.",
    ),
    "network.counts": (
        "Perangkat menurut keadaan",
        "Jumlah perangkat yang dipilih menurut keadaan sekarang.",
    ),
    "network.rtt": (
        "Sebaran latensi",
        "Makin tebal warnanya makin banyak perangkat dengan latensi itu. Pita yang naik serentak"
        " berarti uplink bersama, bukan satu perangkat. Skala tegak logaritmik.",
    ),
    "network.jitter": (
        "Sebaran jitter",
        "Makin tebal warnanya makin banyak perangkat dengan jitter itu. Skala tegak logaritmik.",
    ),
    "network.loss": (
        "Paket hilang per titik",
        "Rata-rata paket hilang setiap titik. Satu gema hilang dari tiga adalah 33%, maka nilai"
        " sesaat belum berarti; lihat yang bertahan.",
    ),
    "network.worst": (
        "Jalur terburuk",
        "Rata-rata dalam rentang waktu di atas; paket hilang terbanyak di atas.",
    ),
    "network.traffic": (
        "Lalu lintas semua antarmuka",
        "Jumlah laju semua antarmuka yang dipilih, tanpa lo dan bridge. Satu data melewati"
        " beberapa perangkat dan terhitung di setiap perangkat itu. Titik pertama di tepi kiri"
        " belum lengkap.",
    ),
    "network.busiest": (
        "Antarmuka tersibuk",
        "20 antarmuka yang paling penuh dalam rentang waktu di atas, arah yang lebih penuh, dan"
        " kapan itu terjadi.",
    ),
    "network.errors": (
        "Galat dan buangan",
        "20 antarmuka dengan galat dan paket terbuang terbanyak dalam rentang waktu di atas."
        " Galat yang terus bertambah: periksa kabel, konektor, duplex.",
    ),
    "network.ports": (
        "Port putus",
        "Port yang dinyalakan (admin up) tetapi tidak tersambung, per switch dan router. Port"
        " kosong tanpa kabel juga tampak di sini; matikan port yang tidak dipakai.",
    ),
    "network.history": (
        "Riwayat switch dan router",
        "Keadaan setiap switch dan router; gangguan sesingkat apa pun tampak.",
    ),
    # --- ketersediaan --------------------------------------------------------------------------
    "uptime.note": (
        "Cara membaca",
        "**Ketersediaan** menghitung waktu layanan dapat dipakai. **Cakupan** adalah bagian waktu"
        " yang benar-benar dipantau; saat Pantau sendiri buta tidak dihitung sebagai mati maupun"
        " aktif. **Terendah** dan **tertinggi** adalah batas bila waktu buta itu dihitung mati"
        " atau aktif. Angka dibulatkan ke bawah dan sama dengan laporan di meja petugas untuk"
        " jam-jam penuh. Pemeliharaan terencana tidak dihitung.",
    ),
    "uptime.total": (
        "Ketersediaan seluruhnya",
        "Semua perangkat yang dipilih, dalam rentang waktu di atas. Bukan rata-rata persentase:"
        " waktu dijumlahkan dahulu, baru dibagi.",
    ),
    "uptime.daily": (
        "Ketersediaan per hari",
        "Ketersediaan dan cakupan setiap hari menurut zona waktu yang dipilih di atas.",
    ),
    "uptime.by_area": (
        "Per kecamatan",
        "Ketersediaan per kecamatan, terendah di atas, dengan cakupan dan batasnya.",
    ),
    "uptime.by_owner": (
        "Per OPD pengampu",
        "Ketersediaan per OPD, terendah di atas. Perangkat tanpa pengampu ada di baris kosong.",
    ),
    "uptime.by_kind": ("Per jenis", "Ketersediaan per jenis perangkat, terendah di atas."),
    "uptime.by_site": ("Per titik", "Ketersediaan per titik, terendah di atas."),
    "uptime.contract": (
        "Menurut kontrak, per OPD",
        "Dihitung menurut aturan kontrak yang berlaku (misalnya jam layanan, gangguan pendek,"
        " sebab listrik). Kosong bila tidak ada kontrak dalam pantau.yaml.",
    ),
    "uptime.by_device": (
        "Per perangkat",
        "Ketersediaan per perangkat, terendah di atas. Ketersediaan perangkat tidak menghitung"
        " saat perangkat lain di depannya mati.",
    ),
    # --- perangkat -----------------------------------------------------------------------------
    "device.state": ("Keadaan", "Keadaan sekarang (paling lama lima menit yang lalu)."),
    "device.who": ("Siapa", "Nama, titik, kecamatan, OPD pengampu, alamat dan profil."),
    "device.last_answer": (
        "Terakhir menjawab",
        "Ping terakhir yang dijawab dalam rentang waktu di atas.",
    ),
    "device.rtt_now": ("Latensi sekarang", "Latensi ping terakhir (paling lama lima menit lalu)."),
    "device.uptime": (
        "Ketersediaan 24 jam",
        "Ketersediaan dan cakupan 24 jam terakhir.",
    ),
    "device.history": (
        "Riwayat keadaan",
        "Keadaan dalam rentang waktu di atas; gangguan sesingkat apa pun tampak.",
    ),
    "device.rtt": (
        "Latensi dan jitter",
        "Latensi terendah, rata-rata dan tertinggi dari tiga gema, dan jitter.",
    ),
    "device.loss": ("Paket hilang", "Paket hilang tertinggi dalam setiap selang waktu."),
    "device.host": ("CPU dan memori", "Bila perangkat menyampaikannya lewat SNMP."),
    "device.storage": ("Penyimpanan", "Isi setiap sistem berkas atau diska."),
    "device.in": ("Lalu lintas masuk", "Laju masuk setiap antarmuka."),
    "device.out": ("Lalu lintas keluar", "Laju keluar setiap antarmuka."),
    "device.clients": ("Pengguna WiFi", "Pengguna per jaringan (SSID), bila ada radionya."),
    "device.temperature": ("Suhu", "Suhu setiap sensor, bila ada."),
    "device.ups": ("Baterai dan beban UPS", "Bila perangkat ini UPS."),
    "device.transitions": (
        "Perubahan keadaan",
        "Kapan perangkat berubah keadaan, dari apa menjadi apa, dan mengapa (paling banyak 500).",
    ),
    # --- Pantau --------------------------------------------------------------------------------
    "pantau.alive": (
        "Kolektor hidup",
        "Kolektor yang masih memberi kabar. Nol: tidak ada yang melihat, semua angka lain usang.",
    ),
    "pantau.heartbeat": (
        "Kabar terakhir kolektor",
        "Umur kabar terakhir dari kolektor yang paling lama diam. Lebih dari 12 detik: hilang.",
    ),
    "pantau.waiting": (
        "Baris menunggu",
        "Baris yang sudah tersimpan di diska dan menunggu InfluxDB. Beberapa ribu adalah biasa.",
    ),
    "pantau.oldest": (
        "Umur baris tertua",
        "Umur baris tertua yang menunggu. Selama InfluxDB mati, angka ini pun tidak sampai:"
        " tulisan tidak ada data di sini adalah tanda bahaya; jalankan pantau spool.",
    ),
    "pantau.dropped": (
        "Baris terbuang",
        "Baris yang dibuang karena antrean di diska penuh atau terlalu tua, sejak semula.",
    ),
    "pantau.dead": (
        "Baris ditolak",
        "Baris yang ditolak InfluxDB dan disimpan untuk diperiksa: pantau spool dead.",
    ),
    "pantau.flow": (
        "Bacaan masuk, baris tersimpan",
        "Bacaan yang diterima kolektor dan baris yang diterima InfluxDB, per detik. Satu baris"
        " memuat beberapa bacaan; yang penting keduanya tidak berhenti.",
    ),
    "pantau.spool": (
        "Antrean di diska",
        "Baris yang menunggu InfluxDB. Naik saat InfluxDB mati, turun sesudahnya: tidak hilang.",
    ),
    "pantau.checks": ("Pemeriksaan selesai", "Pemeriksaan yang selesai per detik, per kolektor."),
    "pantau.late": (
        "Keterlambatan pemeriksaan",
        "Satu dari seratus pemeriksaan mulai lebih lambat daripada ini. Di atas 5 detik kolektor"
        " kewalahan.",
    ),
    "pantau.lag": (
        "Kelambatan terburuk",
        "Kelambatan terburuk putaran kerja kolektor. Jawaban yang datang saat itu tidak dipercaya.",
    ),
    "pantau.undone": (
        "Pemeriksaan bermasalah",
        "Giliran yang lewat selagi pemeriksaannya masih berjalan, jawaban yang hilang karena"
        " kelambatan sendiri, galat sendiri, dan giliran yang terlewat karena mesin terlalu sibuk,"
        " per detik. Semuanya seharusnya nol.",
    ),
    "pantau.trouble": (
        "Kegagalan penyimpanan",
        "Kegagalan menulis ke basis data keadaan, ke antrean, dan kiriman yang diulang, per detik.",
    ),
    "device.model": ("Model", "Model, pembuat, firmware dan nomor seri, menurut perangkat itu."),
    "device.up_for": (
        "Hidup selama",
        "Sejak agen perangkat dinyalakan; mulai dari nol lagi setelah restart.",
    ),
    "device.power": ("Daya", "Daya pada meter, dan daya keluar UPS, bila ada."),
    "network.cpu": ("CPU switch dan router", "Beban CPU, bila perangkat menyampaikannya."),
    "network.connections": (
        "Sambungan terlacak",
        "Banyaknya sambungan yang dilacak router; lonjakan tiba-tiba patut dicurigai.",
    ),
    "network.dhcp": (
        "Sewa DHCP",
        "Alamat yang sedang disewa. Bila kolamnya habis, perangkat baru tak mendapat alamat.",
    ),
    "servers.meter_list": (
        "Meter listrik",
        "Daya sekarang, energi dalam rentang waktu di atas, dan tegangan, per meter.",
    ),
    "servers.climate": (
        "Suhu dan kelembapan",
        "Nilai terakhir sensor di titik-titik, dan sinyal WiFi sensor itu. Yang terpanas di atas.",
    ),
    "alarm.raised": (
        "Peringatan muncul",
        "Semua peringatan dalam waktu di atas, diberitahukan atau ditahan.",
    ),
    "alarm.told": (
        "Pesan",
        "Pesan yang sampai ke orang. Penerima dengan lebih dari 150 sehari berhenti membaca.",
    ),
    "alarm.held": (
        "Ditahan",
        "Peringatan yang tidak ada dalam pesan: di balik induk yang mati, dalam pemeliharaan,"
        " disenyapkan …",
    ),
    "alarm.flood": (
        "Waktu kebanjiran",
        "Bagian waktu ketika penerima tersibuk mendapat lebih dari 10 pesan dalam sepuluh menit,"
        " sampai kurang dari 5. Baik: di bawah 1 %.",
    ),
    "alarm.stale": (
        "Lebih dari sehari",
        "Peringatan yang sudah lebih dari sehari: rencanakan pekerjaan, atau keluarkan"
        " perangkatnya.",
    ),
    "alarm.dead": (
        "Gagal terkirim",
        "Pesan yang tidak sampai ke siapa pun: pantau alert messages --dead.",
    ),
    "alarm.raised_and_told": (
        "Muncul dan diberitahukan",
        "Peringatan yang muncul dan pesan yang sampai ke orang, per jam.",
    ),
    "alarm.peak": (
        "Terbanyak dalam sepuluh menit",
        "Pesan terbanyak ke penerima tersibuk dalam sepuluh menit. Di atas 10 berarti banjir.",
    ),
    "alarm.held_by": (
        "Ditahan, menurut alasan",
        "Mengapa peringatan tidak ada dalam pesan. Tanpa rute: tidak akan ada yang diberi tahu.",
    ),
    "alarm.severities": (
        "Menurut tingkat",
        "Peringatan perangkat itu sendiri, menurut tingkat. Sasaran: 5 % kritis, 15 % waspada, 80"
        " % info.",
    ),
    "alarm.noise": (
        "Sekejap dan berulang",
        "Peringatan yang pulih dalam lima menit, dan perangkat dengan tiga peringatan dalam"
        " sepuluh menit: naikkan confirm-nya.",
    ),
    "alarm.stale_over_time": (
        "Lebih dari sehari, dari waktu ke waktu",
        "Peringatan yang lebih lama dari sehari di akhir tiap jam. Baik: kurang dari 5.",
    ),
    "alarm.acknowledged_after": (
        "Waktu sampai ditangani",
        "Dari pesan pertama sampai ada yang menangani insidennya, median. Baik: di bawah 10 menit.",
    ),
    "pantau.ping": ("Ping", "Gema yang dikirim dan yang dijawab, per detik."),
    "pantau.snmp": ("SNMP", "Pertanyaan, jawaban, dan yang tak terjawab, per detik."),
    "pantau.mqtt": (
        "MQTT",
        "Pesan yang diterima, dan yang masuk karantina karena perangkatnya belum terdaftar.",
    ),
}

WORDS = {
    "all": "Semua",
    "no_data": "tidak ada data",
    "still": "masih berlangsung",
    "state.up": "Aktif",
    "state.degraded": "Terganggu",
    "state.down": "Mati",
    "state.unreachable": "Tidak terjangkau",
    "state.unknown": "Tidak diketahui",
    "state.maintenance": "Pemeliharaan",
    "source.other": "Lain",
    "source.none": "Tidak ada",
    "source.normal": "PLN",
    "source.bypass": "Bypass",
    "source.battery": "Baterai",
    "source.booster": "Penaik tegangan",
    "source.reducer": "Penurun tegangan",
    "annotation.grafana": "Catatan Grafana",
    "annotation.incident": "Insiden",
    "annotation.maintenance": "Pemeliharaan",
    "link.boards": "Dasbor Pantau",
    "link.desk": "Buka di meja petugas",
    "link.device": "Buka dasbor perangkat",
    "row.devices": "Perangkat",
    "row.events": "Peristiwa",
    "row.recorders": "Perekam",
    "row.uptime": "Ketersediaan",
    "row.air": "Radio",
    "row.uplink": "Uplink dan riwayat",
    "row.servers": "Server dan NAS",
    "row.power": "Daya",
    "row.quality": "Mutu jalur",
    "row.interfaces": "Antarmuka",
    "row.contract": "Kontrak",
    "row.load": "Beban",
    "variable.datasource": "Sumber data",
    "variable.datasource.text": "Sumber data InfluxDB (InfluxQL) tempat Pantau menulis.",
    "variable.area": "Kecamatan",
    "variable.area.text": "Kecamatan (kode wilayah Kemendagri).",
    "variable.site": "Titik",
    "variable.site.text": "Titik atau lokasi, di dalam kecamatan yang dipilih.",
    "variable.owner": "OPD",
    "variable.owner.text": "OPD pengampu perangkat.",
    "variable.kind": "Jenis",
    "variable.kind.text": "Jenis perangkat.",
    "variable.device": "Perangkat",
    "variable.device.text": "Perangkat, sesuai dengan pilihan di kirinya.",
    "variable.collector": "Kolektor",
    "variable.collector.text": "Kolektor Pantau.",
    "variable.zone": "Zona waktu",
    "variable.zone.text": "Zona yang tengah malamnya memulai hari.",
    "variable.bucket_1h": "Bucket per jam",
    "variable.bucket_1h.text": "Bucket rangkuman per jam: nama bucket Pantau dengan _1h.",
    "variable.desk_url": "Alamat Pantau",
    "variable.desk_url.text": "Alamat meja petugas, untuk tautan dari ID perangkat.",
    "column.device": "ID",
    "column.name": "Nama",
    "column.site": "Titik",
    "column.site_name": "Nama titik",
    "column.area": "Kecamatan",
    "column.area_code": "Kode",
    "column.area_name": "Nama kecamatan",
    "column.owner": "OPD",
    "column.owner_name": "Nama OPD",
    "column.kind": "Jenis",
    "column.address": "Alamat",
    "column.profile": "Profil",
    "column.state": "Keadaan",
    "column.maintenance": "Pemeliharaan",
    "column.last_answer": "Terakhir menjawab",
    "column.last_value": "Nilai terakhir",
    "column.rtt": "Latensi",
    "column.rtt_min": "Latensi terendah",
    "column.rtt_max": "Latensi tertinggi",
    "column.jitter": "Jitter",
    "column.loss": "Paket hilang",
    "column.cpu": "CPU",
    "column.memory": "Memori",
    "column.card": "Kartu terpakai",
    "column.channels": "Kanal",
    "column.disks": "Diska",
    "column.storage": "Penyimpanan",
    "column.fullest": "Diska terpenuh",
    "column.up_for": "Hidup selama",
    "column.clients": "Pengguna",
    "column.noise": "Derau",
    "column.ccq": "CCQ",
    "column.in": "Masuk",
    "column.out": "Keluar",
    "column.source": "Sumber daya",
    "column.charge": "Isi baterai",
    "column.runtime": "Sisa waktu",
    "column.load": "Beban",
    "column.mains": "Tegangan masuk",
    "column.battery_temperature": "Suhu baterai",
    "column.alarms": "Alarm",
    "column.interface": "Antarmuka",
    "column.use": "Pemakaian",
    "column.lost": "Galat dan buangan",
    "column.ports_on": "Port nyala",
    "column.ports_dead": "Putus",
    "column.ports_off": "Dimatikan",
    "column.uptime": "Ketersediaan",
    "column.device_uptime": "Ketersediaan perangkat",
    "column.coverage": "Cakupan",
    "column.low": "Terendah",
    "column.high": "Tertinggi",
    "column.when": "Waktu",
    "column.until": "Sampai",
    "column.old": "Dari",
    "column.new": "Menjadi",
    "column.reason": "Alasan",
    "column.cause": "Sebab",
    "column.detail": "Keterangan",
    "column.incident": "Insiden",
    "reason.ok": "pemeriksaan berhasil",
    "over": "selesai",
    "row.data": "Data",
    "row.checks": "Pemeriksaan",
    "column.readings": "Bacaan masuk",
    "column.lines": "Baris tersimpan",
    "column.waiting": "Menunggu",
    "column.overrun": "Masih berjalan",
    "column.missed": "Terlewat",
    "column.blind": "Hilang karena lambat",
    "column.errors": "Galat sendiri",
    "column.store_failures": "Basis data keadaan",
    "column.sink_failures": "Antrean",
    "column.retries": "Kiriman diulang",
    "column.devices": "Perangkat",
    "column.open": "Status",
    "column.raised": "Muncul",
    "column.told": "Pesan",
    "column.held_parent_down": "Induk mati",
    "column.held_power": "Listrik padam",
    "column.held_in_maintenance": "Pemeliharaan",
    "column.held_silenced": "Disenyapkan",
    "column.held_flapping": "Berubah-ubah",
    "column.held_not_wanted": "Tidak diminta",
    "column.held_no_route": "Tanpa rute",
    "column.held_stale": "Keburu pulih",
    "column.critical": "Kritis",
    "column.warning": "Waspada",
    "column.info": "Info",
    "column.fleeting": "Sekejap",
    "column.chattering": "Perangkat berulang",
    "column.stale": "Lebih dari sehari",
    "column.acknowledged_after": "Median",
    "row.sensors": "Sensor",
    "row.protocols": "Protokol",
    "battery.unknown": "Tidak diketahui",
    "battery.normal": "Normal",
    "battery.low": "Lemah",
    "battery.depleted": "Habis",
    "column.model_name": "Model",
    "column.manufacturer": "Pembuat",
    "column.firmware_version": "Firmware",
    "column.serial_number": "Nomor seri",
    "column.power": "Daya",
    "column.output_power": "Daya keluar",
    "column.dhcp": "Sewa DHCP",
    "column.swap": "Swap",
    "column.processes": "Proses",
    "column.battery": "Baterai",
    "column.energy": "Energi",
    "column.voltage": "Tegangan",
    "column.temperature": "Suhu",
    "column.humidity": "Kelembapan",
    "column.signal": "Sinyal",
    "column.sent": "Dikirim",
    "column.answered": "Dijawab",
    "column.timeouts": "Tak terjawab",
    "column.messages": "Pesan",
    "column.quarantined": "Karantina",
}
