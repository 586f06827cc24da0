/**
 * The pages beside the first five: where each is found, and who may see it.
 *
 * A page is an entry here, a word in `route.ts`, a folder with its component (the default export)
 * and its words (`words/index.ts` joins them; its name is `page.NAME`). Its code is loaded when it
 * is opened.
 */

import type { ComponentType } from "preact";
import type { PlainPage } from "./route";

export interface PageProps {
  /** What stands behind the page's word in the address, or null. */
  readonly part: string | null;
}

type Role = "viewer" | "operator" | "admin";

export interface DeskPage {
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>;
  /** Which group of the rail it stands in; null: it is reached from other pages. */
  readonly group: "work" | "city" | "records" | "care" | null;
  /** The least role that sees it. */
  readonly role: Role;
  /** The key after `G` that goes there. */
  readonly key?: string;
}

/** In the order of the rail. */
export const PAGES: Readonly<Record<PlainPage, DeskPage>> = {
  maintenance: {
    load: () => import("./maintenance/page"),
    group: "work",
    role: "viewer",
    key: "h",
  },
  silences: { load: () => import("./silences/page"), group: "work", role: "viewer", key: "s" },
  map: { load: () => import("./map/page"), group: "city", role: "viewer", key: "e" },
  uptime: { load: () => import("./uptime/page"), group: "records", role: "viewer", key: "k" },
  imports: { load: () => import("./imports/page"), group: "records", role: "operator", key: "r" },
  reports: { load: () => import("./reports/page"), group: "records", role: "viewer", key: "l" },
  indicators: { load: () => import("./indicators/page"), group: "records", role: "viewer" },
  quarantine: {
    load: () => import("./quarantine/page"),
    group: "city",
    role: "operator",
    key: "q",
  },
  alarms: { load: () => import("./alarmhealth/page"), group: "records", role: "viewer", key: "a" },
  health: { load: () => import("./health/page"), group: "care", role: "viewer", key: "d" },
  access: { load: () => import("./access/page"), group: "care", role: "admin" },
  register: { load: () => import("./register/page"), group: "records", role: "viewer" },
  audit: { load: () => import("./audit/page"), group: "care", role: "admin" },
  design: { load: () => import("./design/page"), group: null, role: "viewer" },
};

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Whether a role sees a page. */
export function sees(role: Role, page: PlainPage): boolean {
  return RANKS[role] >= RANKS[PAGES[page].role];
}
