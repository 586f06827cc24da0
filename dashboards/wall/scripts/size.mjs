/** Prints what a panel downloads: each built file, raw and gzip, and the sum without fonts. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const LIMIT = 250 * 1024;
const dist = new URL("../dist/", import.meta.url).pathname;

let sum = 0;
for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" }).sort()) {
  if (!/\.(html|js|css|svg|woff2)$/u.test(name)) continue;
  const raw = readFileSync(join(dist, name));
  const isFont = name.endsWith(".woff2");
  const packed = isFont ? raw.length : gzipSync(raw).length;
  if (!isFont) sum += packed;
  console.log(`${name.padEnd(50)} ${String(raw.length).padStart(8)} ${String(packed).padStart(8)}`);
}
console.log(`gzip without fonts: ${(sum / 1024).toFixed(1)} KiB of ${LIMIT / 1024} KiB`);
process.exitCode = sum > LIMIT ? 1 : 0;
