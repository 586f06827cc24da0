/** `J`, `K` and the arrows go from row to row of a plain list; `Enter` is the link's own. */

import { useKeys } from "./keys";

/**
 * Rows are elements with `data-row`; the focus goes to the first link or button of each. Of several
 * lists on a page one has the keys: `on`.
 */
export function useRowKeys(list: { readonly current: HTMLElement | null }, on = true): void {
  const move = (by: 1 | -1): void => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
    rows[Math.min(rows.length - 1, Math.max(0, next))]
      ?.querySelector<HTMLElement>("a, button")
      ?.focus();
  };
  const [down, up] = [() => move(1), () => move(-1)];
  useKeys(on ? { j: down, k: up, ArrowDown: down, ArrowUp: up } : {});
}
