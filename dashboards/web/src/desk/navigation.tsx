/** Going from page to page without loading the document anew; the browser's history stays true. */

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useReducer } from "preact/hooks";

const listeners = new Set<() => void>();

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Go to an address of the desk; `replace`: without a step in the history (typing in a field). */
export function go(to: string, how: "push" | "replace" = "push"): void {
  if (to !== location.pathname + location.search) {
    if (how === "push") history.pushState(null, "", to);
    else history.replaceState(null, "", to);
    if (how === "push") window.scrollTo(0, 0);
  }
  for (const listener of listeners) listener();
}

/** Where we are; draws anew when that changes. */
export function usePlace(): Place {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => {
    const tell = (): void => redraw();
    listeners.add(tell);
    addEventListener("popstate", tell);
    return () => {
      listeners.delete(tell);
      removeEventListener("popstate", tell);
    };
  }, []);
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

export interface LinkProps {
  readonly to: string;
  readonly class?: string | undefined;
  readonly current?: boolean | undefined;
  readonly label?: string | undefined;
  readonly test?: string | undefined;
  /** Where its middle stands in what it lies in, in CSS pixels. */
  readonly place?: { readonly x: number; readonly y: number } | undefined;
  readonly state?: string | undefined;
  readonly children: ComponentChildren;
}

/** A link to a page of the desk; a new tab, a copied address and so on work as everywhere. */
export function Link(props: LinkProps): JSX.Element {
  const { to, class: name, current, label, test, place, state, children } = props;
  const follow = (event: MouseEvent): void => {
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (!plain || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a
      href={to}
      class={name}
      onClick={follow}
      aria-current={current === true ? "page" : undefined}
      aria-label={label}
      data-test={test}
      data-state={state}
      style={place === undefined ? undefined : { left: `${place.x}px`, top: `${place.y}px` }}
    >
      {children}
    </a>
  );
}
