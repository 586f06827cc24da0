/** Prints what each page downloads: its files, raw and gzip, and their sum without fonts. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT = 250 * 1024;
const dist = new URL("../dist/", import.meta.url).pathname;
const read = (path) => readFileSync(join(dist, path));

/** A page's script, style sheet and icon, and the pieces that its script cannot start without. */
function filesOf(page) {
  const html = read(page).toString();
  return [page, ...[...html.matchAll(/(?:src|href)="\/([^"]+)"/gu)].map((found) => found[1])];
}

const pages = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".html"),
);
for (const page of pages.sort()) {
  let sum = 0;
  for (const path of filesOf(page)) {
    const raw = read(path);
    const packed = gzipSync(raw).length;
    sum += packed;
    console.log(`${path.padEnd(50)} ${String(raw.length).padStart(8)} ${String(packed).padStart(8)}`);
  }
  console.log(`gzip without fonts: ${(sum / 1024).toFixed(1)} KiB of ${LIMIT / 1024} KiB\n`);
  if (sum > LIMIT) process.exitCode = 1;
}
