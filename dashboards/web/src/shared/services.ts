/** What a city has devices for: the groups that people speak of. */

/** What the kinds of devices are for, in the order of every page. */
export const SERVICES = ["cctv", "wifi", "server", "network", "power", "sensor"] as const;
export type Service = (typeof SERVICES)[number];

const SERVICE_OF_KIND: Readonly<Record<string, Service>> = {
  camera: "cctv",
  recorder: "cctv",
  access_point: "wifi",
  switch: "network",
  router: "network",
  server: "server",
  nas: "server",
  ups: "power",
  sensor: "sensor",
};

/** A kind this page does not know is counted with the sensors, not lost. */
export function serviceOf(kind: string): Service {
  return SERVICE_OF_KIND[kind] ?? "sensor";
}
