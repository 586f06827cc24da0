"""The catalogue of remarks about lists: code → language → (what is wrong, what to do)."""

from collections.abc import Mapping

from collector.register.remarks import Code

_Both = Mapping[str, tuple[str, str]]


def _words(problem_id: str, remedy_id: str, problem_en: str, remedy_en: str) -> _Both:
    return {"id": (problem_id, remedy_id), "en": (problem_en, remedy_en)}


_FILE: Mapping[Code, _Both] = {
    Code.FILE_TOO_LARGE: _words(
        "berkas berukuran {size} MB, paling besar {most} MB",
        "hapus gambar dan lembar lain, atau bagi menjadi beberapa berkas",
        "the file has {size} MB, at most {most} MB are taken",
        "remove pictures and other sheets, or split it",
    ),
    Code.FILE_EMPTY: _words(
        "berkas ini kosong",
        "periksa lembarnya; daftar harus berisi judul kolom dan baris",
        "the file is empty",
        "check the sheet; a list has headings and rows",
    ),
    Code.FORM_UNKNOWN: _words(
        "ini bukan daftar yang dapat dibaca",
        "kirim sebagai XLSX, CSV atau YAML",
        "this is no list that can be read",
        "send it as XLSX, CSV or YAML",
    ),
    Code.FORM_OLD: _words(
        "ini berkas Excel lama (.xls)",
        "buka, pilih Simpan Sebagai, lalu jenis Buku Kerja Excel (.xlsx)",
        "this is an old Excel file (.xls)",
        "open it and save it as Excel Workbook (.xlsx)",
    ),
    Code.FORM_OTHER: _words(
        "ini berkas {form}",
        "simpan sebagai XLSX atau CSV, lalu kirim lagi",
        "this is {form}",
        "save it as XLSX or CSV and send that",
    ),
    Code.PASSWORD: _words(
        "berkas dilindungi kata sandi",
        "buka di Excel, hapus kata sandinya (Berkas, Info, Proteksi Buku Kerja), lalu simpan",
        "the file is protected by a password",
        "open it in Excel, remove the password (File, Info, Protect Workbook), and save it",
    ),
    Code.MACROS: _words(
        "berkas berisi makro; makro tidak pernah dijalankan dan berkasnya tidak dibaca",
        "simpan sebagai Buku Kerja Excel tanpa makro (.xlsx), lalu kirim lagi",
        "the file holds macros; they are never run, and it is not read",
        "save it as a workbook without macros (.xlsx) and send that",
    ),
    Code.ZIP_BOMB: _words(
        "isi berkas lebih dari {most} MB setelah dibuka",
        "salin daftarnya ke buku kerja baru, lalu simpan",
        "unpacked, the file holds more than {most} MB",
        "copy the list into a new workbook and save that",
    ),
    Code.FILE_BROKEN: _words(
        "berkas rusak ({what})",
        "buka di Excel atau LibreOffice, lalu simpan lagi sebagai .xlsx",
        "the file is damaged ({what})",
        "open it in Excel or LibreOffice and save it as .xlsx again",
    ),
    Code.NO_SUCH_SHEET: _words(
        'tidak ada lembar "{sheet}"',
        "yang ada: {sheets}",
        'there is no sheet "{sheet}"',
        "there are: {sheets}",
    ),
    Code.NOT_TEXT: _words(
        "ada isi yang bukan teks",
        "simpan sebagai CSV UTF-8",
        "holds something that is no text",
        "save it as CSV UTF-8",
    ),
    Code.QUOTES: _words(
        "tanda kutip di baris ini tidak lengkap",
        "tulis dua tanda kutip di dalam teks berkutip, dan tutup setiap kutip",
        "the quotes of this row do not match",
        "close every quote, and write two where one stands within a quoted text",
    ),
    Code.YAML: _words(
        "YAML tidak terbaca: {problem}",
        "{remedy}",
        "the YAML cannot be read: {problem}",
        "{remedy}",
    ),
    Code.TOO_MANY_ROWS: _words(
        "daftar berisi lebih dari {most} baris",
        "bagi menjadi beberapa daftar, satu sumber untuk setiap daftar",
        "the list has more than {most} rows",
        "split it into several lists, each a source of its own",
    ),
    Code.TOO_MANY_COLUMNS: _words(
        "ada isi sampai kolom {column}, paling banyak {most} kolom",
        "hapus kolom yang tidak perlu",
        "there is something in column {column}, at most {most} columns are taken",
        "remove the columns that are not needed",
    ),
    Code.TOO_MANY_CELLS: _words(
        "daftar berisi lebih dari {most} sel",
        "hapus kolom yang tidak perlu, atau bagi daftarnya",
        "the list has more than {most} cells",
        "remove the columns that are not needed, or split it",
    ),
    Code.TAKES_TOO_LONG: _words(
        "membaca daftar ini terlalu lama atau memakan terlalu banyak memori",
        "bagi menjadi beberapa daftar",
        "reading this list takes too long or too much memory",
        "split it into several lists",
    ),
}
_TABLE: Mapping[Code, _Both] = {
    Code.NO_HEADINGS: _words(
        "judul kolom tidak ditemukan",
        "tulis judul seperti Kode Aset, Nama, Lintang, Bujur, Alamat IP di satu baris",
        "there are no headings",
        "write headings such as Asset code, Name, Latitude, Longitude, IP address into one row",
    ),
    Code.TWO_HEADINGS: _words(
        "judul kolom berada di dua baris ({first} dan {second})",
        "jadikan satu baris: judul lengkap di setiap kolom, tanpa sel gabungan",
        "the headings stand in two rows ({first} and {second})",
        "make them one row: a whole heading in each column, without merged cells",
    ),
    Code.NO_ROWS: _words(
        "tidak ada baris di bawah judul kolom",
        "periksa lembar yang dipilih",
        "there are no rows below the headings",
        "check which sheet it is",
    ),
    Code.MERGED: _words(
        "sel {range} digabungkan, jadi baris lainnya kosong",
        "pisahkan selnya dan isi setiap baris",
        "the cells {range} are merged, so that the other rows are empty",
        "split them and fill in every row",
    ),
    Code.ROW_TOO_LONG: _words(
        "baris berisi {cells} sel, judulnya {headings}",
        "nilai dengan koma ditulis dalam tanda kutip, atau pisahkan kolom dengan titik koma; "
        "kolom tanpa judul diberi judul",
        "the row has {cells} cells, there are {headings} headings",
        "put values with commas into quotes or part columns by semicolons; give every column "
        "a heading",
    ),
    Code.CELL_TOO_LONG: _words(
        "sel berisi {length} huruf, paling banyak {most}",
        "persingkat",
        "the cell holds {length} characters, at most {most} are taken",
        "shorten it",
    ),
    Code.FORMULA: _words(
        "sel berisi rumus tanpa hasil yang tersimpan",
        "salin kolomnya, tempel sebagai nilai, lalu simpan",
        "the cell holds a formula without a stored result",
        "copy the column, paste it as values, and save",
    ),
    Code.CELL_ERROR: _words(
        "sel berisi {value}, bukan nilai",
        "perbaiki rumusnya atau tulis nilainya",
        "the cell holds {value}, which is no value",
        "mend the formula or write the value",
    ),
    Code.DIGITS_LOST: _words(
        "Excel menyimpan hanya 15 angka pertama dari {value}",
        "ubah format kolom menjadi Teks, lalu tulis ulang nilainya",
        "of {value} Excel has kept the first 15 digits only",
        "format the column as Text and write the value again",
    ),
    Code.NO_KEY: _words(
        "tidak ada kolom yang membedakan perangkat",
        "tambahkan kolom Kode Aset",
        "no column tells devices apart",
        "add a column Asset code",
    ),
    Code.NO_NAME: _words(
        "tidak ada kolom nama perangkat",
        "beri judul Nama, atau tunjukkan kolomnya",
        "no column has the names of devices",
        "head it Name, or say which column it is",
    ),
    Code.FIELD_TWICE: _words(
        "kolom ini dan kolom {other} sama-sama {field}",
        "pilih salah satu",
        "this column and column {other} are both {field}",
        "choose one",
    ),
    Code.UNKNOWN_HEADING: _words(
        'daftar tidak memiliki kolom "{value}"',
        "{hint}",
        'the list has no column "{value}"',
        "{hint}",
    ),
    Code.UNKNOWN_FIELD: _words(
        '"{value}" bukan nama isian', "{hint}", '"{value}" is no field', "{hint}"
    ),
}
_VALUES: Mapping[Code, _Both] = {
    Code.KEY_MISSING: _words(
        "kosong; dengan isian ini perangkat dikenali",
        "isi; satu nilai untuk setiap perangkat, dan tidak diubah lagi",
        "is empty; by it a device is known",
        "fill it in: a value for each device, which then stays",
    ),
    Code.UNPRINTABLE: _words(
        'ada tanda yang tidak dapat dicetak di "{value}"',
        "tulis ulang tanpa tanda itu",
        'there are signs in "{value}" that cannot be printed',
        "write it again without them",
    ),
    Code.NOT_A_COORDINATE: _words(
        '"{value}" bukan koordinat',
        "tulis derajat, misalnya -5,147 atau 5°08'49\" LS",
        '"{value}" is no coordinate',
        "write degrees, such as -5.147 or 5°08'49\" S",
    ),
    Code.COORDINATE_POINT_LOST: _words(
        "{value} kehilangan tanda desimalnya",
        "ubah format kolom menjadi Teks dan tulis seperti -5,147123",
        "{value} has lost its decimal point",
        "format the column as Text and write it as -5.147123",
    ),
    Code.COORDINATE_OUTSIDE: _words(
        "{latitude}; {longitude} di luar Indonesia",
        "lintang antara -11 dan 6, bujur antara 95 dan 141",
        "{latitude}, {longitude} is not in Indonesia",
        "latitude goes from -11 to 6, longitude from 95 to 141",
    ),
    Code.COORDINATES_EXCHANGED: _words(
        "lintang dan bujur tertukar",
        "tulis lintang {longitude} dan bujur {latitude}",
        "latitude and longitude are exchanged",
        "write latitude {longitude} and longitude {latitude}",
    ),
    Code.COORDINATE_ALONE: _words(
        "lintang atau bujur tidak ada",
        "isi keduanya, atau kosongkan keduanya",
        "latitude or longitude is missing",
        "fill in both or neither",
    ),
    Code.NOT_AN_ADDRESS: _words(
        '"{value}" bukan alamat IP',
        "tulis hanya alamatnya, misalnya 10.20.3.4",
        '"{value}" is no IP address',
        "write the address alone, such as 10.20.3.4",
    ),
    Code.ADDRESS_NEEDLESS: _words(
        "{value} bukan alamat sebuah perangkat",
        "tulis alamat perangkatnya sendiri",
        "{value} is the address of no device",
        "write the device's own",
    ),
    Code.NOT_A_MAC: _words(
        '"{value}" bukan alamat MAC',
        "tulis dua belas angka heksadesimal, misalnya 00:1A:2B:3C:4D:5E",
        '"{value}" is no MAC address',
        "write twelve hexadecimal digits, such as 00:1A:2B:3C:4D:5E",
    ),
    Code.NOT_A_DATE: _words(
        '"{value}" bukan tanggal',
        "tulis 22/11/2026 (hari, bulan, tahun) atau tahunnya saja",
        '"{value}" is no date',
        "write 22/11/2026 (day, month, year) or the year alone",
    ),
    Code.DATE_AMBIGUOUS: _words(
        "{value} adalah hitungan hari milik Excel",
        "ubah format kolom menjadi Tanggal, lalu simpan",
        "{value} is a count of days as Excel keeps it",
        "format the column as Date and save",
    ),
    Code.NOT_A_PORT: _words(
        '"{value}" bukan nomor port',
        "tulis 1 sampai 65535",
        '"{value}" is no port',
        "write 1 to 65535",
    ),
    Code.NOT_AN_ID: _words(
        '"{value}" tidak dapat menjadi id',
        "paling banyak 64 huruf, angka, titik, tanda hubung dan garis bawah",
        '"{value}" is no id',
        "use up to 64 letters, digits, dots, dashes and underscores",
    ),
    Code.UNKNOWN_KIND: _words(
        'jenis "{value}" tidak dikenal',
        "tulis kamera, perekam, AP, switch, router, server, NAS, UPS atau sensor",
        'the kind "{value}" is not known',
        "write one of {kinds}",
    ),
    Code.KIND_MISSING: _words(
        "jenis perangkat {device} tidak diketahui",
        "tambahkan kolom Jenis, atau tentukan satu jenis untuk seluruh daftar",
        "the kind of {device} is not known",
        "add a column Kind, or set one for the whole list",
    ),
    Code.UNKNOWN_AREA: _words(
        'wilayah "{value}" tidak dikenal',
        "tambahkan ke inventaris, atau tulis kode Kemendagri di samping namanya; {hint}",
        'the area "{value}" is not known',
        "add it to the inventory, or write its Kemendagri code beside its name; {hint}",
    ),
    Code.AREA_AMBIGUOUS: _words(
        'ada beberapa wilayah bernama "{value}"',
        "tulis kodenya: {codes}",
        'several areas are called "{value}"',
        "write its code: {codes}",
    ),
    Code.AREA_MISSING: _words(
        "wilayah {device} tidak diketahui",
        "tambahkan kolom Kecamatan atau Kode Wilayah",
        "the area of {device} is not known",
        "add a column Area or Area code",
    ),
    Code.NOT_AN_AREA: _words(
        '"{value}" bukan kode wilayah Kemendagri',
        "tulis seperti 73.71.01 (kode BPS tidak sama)",
        '"{value}" is no Kemendagri code',
        "write it as 73.71.01 (codes of BPS are others)",
    ),
    Code.UNKNOWN_PROFILE: _words(
        'tidak ada profil "{value}"', "{hint}", 'there is no profile "{value}"', "{hint}"
    ),
    Code.PROFILE_NEEDS: _words(
        "profil {profile} memerlukan yang tidak ada untuk {device}: {needs}",
        "ping perlu alamat IP, SNMP perlu alamat IP dan kredensial, MQTT perlu topik dan profil",
        "the profile {profile} needs what {device} does not have: {needs}",
        "ping needs an address, SNMP an address and credentials, MQTT a topic and a profile",
    ),
    Code.UNKNOWN_CREDENTIAL: _words(
        'tidak ada kredensial "{value}" di pantau.yaml',
        "{hint}",
        'there is no credential "{value}" in pantau.yaml',
        "{hint}",
    ),
    Code.UNKNOWN_PARENT: _words(
        'perangkat induk "{value}" dari {device} tidak ada',
        "tulis id, kode aset, atau nama dari daftar yang sama; {hint}",
        'there is no parent "{value}" of {device}',
        "write an id, or a key or name of the same list; {hint}",
    ),
    Code.PARENTS_LOOP: _words(
        "perangkat induk berputar: {loop}",
        "hapus salah satunya",
        "the parents go round in a circle: {loop}",
        "remove one of these parents",
    ),
    Code.INVENTORY: _words(
        "inventaris menolak: {problem}",
        "{remedy}",
        "the inventory refuses it: {problem}",
        "{remedy}",
    ),
}
_DOUBTS: Mapping[Code, _Both] = {
    Code.KEY_TWICE: _words(
        "{key} sudah ada di baris {first} dengan isi lain",
        "perbaiki salah satunya, atau abaikan baris ini",
        "{key} stands in row {first} already and says something else",
        "mend one of them, or leave this row out",
    ),
    Code.SAME_AS: _words(
        "{field} sama dengan milik {device} ({name})",
        "katakan apakah ini perangkat yang sama atau perangkat baru",
        "has the {field} of {device} ({name})",
        "say whether it is that device or a new one",
    ),
    Code.RENAMED: _words(
        "{field} sama dengan milik {device} ({name}), yang kodenya hilang dari daftar",
        "katakan apakah kodenya diganti atau ini perangkat baru",
        "has the {field} of {device} ({name}), whose key is gone from the list",
        "say whether its key was changed or it is a new device",
    ),
    Code.TWICE_IN_LIST: _words(
        "{field} sama dengan milik baris {first}",
        "perbaiki, atau katakan bahwa ini perangkat lain, atau abaikan baris ini",
        "has the {field} of row {first}",
        "mend it, say that it is another device, or leave this row out",
    ),
    Code.MANY_GONE: _words(
        "{gone} dari {before} baris tidak ada lagi di daftar ini",
        "pastikan daftarnya lengkap (tanpa saringan); bila benar, katakan bahwa semuanya dihapus",
        "{gone} of {before} rows are gone from this list",
        "see that it is whole (no filter); if it is right, say that they are to be retired",
    ),
}
_NOTES: Mapping[Code, _Both] = {
    Code.ORDINAL: _words("hanya nomor urut", "", "only counts the rows", ""),
    Code.SECRET_COLUMN: _words(
        "kolom ini mungkin berisi kata sandi atau nama pengguna; isinya tidak dibaca",
        "hapus kolomnya sebelum daftar dikirim",
        "this column may hold passwords or names of users; it is not read",
        "remove it before the list is sent",
    ),
    Code.COLUMN_UNUSED: _words(
        "kolom ini belum dikenal dan tidak dipakai",
        "tunjukkan isinya bila diperlukan",
        "this column is not known and not used",
        "say what it is if it is wanted",
    ),
    Code.ROW_TWICE: _words(
        "{key} sama persis dengan baris {first}; dihitung sekali",
        "",
        "{key} is the same as in row {first}; it counts once",
        "",
    ),
    Code.HEADING_AGAIN: _words(
        "judul kolom berulang; dilewati", "", "the headings again; left out", ""
    ),
    Code.TOTAL_ROW: _words("baris jumlah; dilewati", "", "a sum; left out", ""),
    Code.NUMBER_ROW: _words("baris nomor kolom; dilewati", "", "numbers of columns; left out", ""),
    Code.HIDDEN_ROWS: _words(
        "{count} baris tersembunyi ikut dibaca", "", "{count} hidden rows were read as well", ""
    ),
    Code.OTHER_SHEETS: _words(
        'lembar "{sheet}" dibaca; lembar lain tidak: {others}',
        "",
        'the sheet "{sheet}" was read, others were not: {others}',
        "",
    ),
    Code.KIND_GUESSED: _words(
        "seluruh daftar dianggap berjenis {kind}, menurut judulnya",
        "",
        "all rows are taken for {kind}, as the list is headed so",
        "",
    ),
    Code.AREA_OF_CITY: _words(
        "{count} perangkat tanpa kecamatan; dicatat di wilayah kota",
        "tambahkan kolom Kecamatan",
        "{count} devices without an area; they go to the city's",
        "add a column Area",
    ),
    Code.HAND_WRITTEN: _words(
        "{count} perangkat ada di berkas inventaris lain dan tetap seperti di sana: {devices}",
        "",
        "{count} devices stand in other inventory files and stay as they are there: {devices}",
        "",
    ),
    Code.NO_ADDRESS: _words(
        "{count} perangkat tanpa alamat IP; dicatat, belum dipantau: {devices}",
        "isi alamatnya bila sudah ada",
        "{count} devices without an IP address; kept, not watched yet: {devices}",
        "fill it in when there is one",
    ),
    Code.KEYS_ARE: _words(
        "tanpa kolom kode aset, perangkat dikenali dari kolom ini",
        "bila isinya diubah, perangkatnya dianggap diganti kodenya",
        "without a column of asset codes, devices are known by this one",
        "changing it will look like a change of key",
    ),
}

WORDS: Mapping[Code, _Both] = {**_FILE, **_TABLE, **_VALUES, **_DOUBTS, **_NOTES}
