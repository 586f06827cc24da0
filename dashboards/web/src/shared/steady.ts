/**
 * A clock that only goes forward and does not stand still while the machine sleeps.
 *
 * `performance.now()` does stand still then: a panel that wakes would believe that what it shows
 * was heard a moment ago. The wall clock tells how long it slept; that it was set (which looks the
 * same) costs no more than a stale frame until the stream is open again.
 */

/** A clock set further forward than this at once was not running. */
const LEAP_MS = 10_000;

/** To be asked every second or so. */
export function steadyClock(mono: () => number, wall: () => number): () => number {
  let slept = 0;
  let last = { mono: mono(), wall: wall() };
  return () => {
    const now = { mono: mono(), wall: wall() };
    const missing = now.wall - last.wall - (now.mono - last.mono);
    if (missing > LEAP_MS) slept += missing;
    last = now;
    return now.mono + slept;
  };
}
