/** Names of places, as short as a place that all know can be called. */

/** Names of areas as tiles carry them: the words every neighbour shares are left out. */
export function shortName(name: string): string {
  return name
    .replace(/^(Kecamatan|Kelurahan|Desa|Kepulauan) /u, "")
    .replace(/^Ujung /u, "Uj. ")
    .replace(/^Tanjung /u, "Tj. ")
    .replace(/^Kabupaten /u, "Kab. ");
}
