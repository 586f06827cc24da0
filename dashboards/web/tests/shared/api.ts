/** Answers of the API for the tests, made from what a test cares about. */

import type { IncidentView } from "../../src/shared/api/schema";

/** An open incident of one camera that nobody has. */
export function incident(id: number, more: Partial<IncidentView> = {}): IncidentView {
  return {
    id,
    group: "device",
    group_key: `cam-${id}`,
    device: `cam-${id}`,
    device_name: `Kamera ${id}`,
    site: "losari-01",
    site_name: "Anjungan Losari",
    area: "73.71.01",
    area_name: "Mariso",
    cause: "unknown",
    cause_rule: null,
    cause_suspected: false,
    responsible: null,
    started_at: "2026-11-21T18:14:08Z",
    opened_at: "2026-11-21T18:15:08Z",
    recovered_at: null,
    acknowledged_at: null,
    acknowledged_by: null,
    resolved_at: null,
    resolved_by: null,
    resolution: null,
    merged_into: null,
    down: 1,
    unreachable: 0,
    devices: 1,
    sites: 1,
    areas: 1,
    outages: 1,
    duration_seconds: 60,
    ...more,
  };
}
