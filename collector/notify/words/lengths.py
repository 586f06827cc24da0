"""Words as short as a channel wants them. Pure."""

from collections.abc import Callable

from collector.notify.words.catalogue import SMALL


def in_bytes(text: str) -> int:
    """Return how long a text is in UTF-8, for channels that count bytes."""
    return len(text.encode())


def fit(
    text: str,
    longest: int | None,
    *,
    keep: int = 0,
    language: str = "id",
    size: Callable[[str], int] = len,
) -> str:
    """Return `text` in at most `longest`, cut at a line's end, never within a line.

    Lines go from the end; the last `keep` lines (links) stay, and a line says how many are
    missing. What is still too long without anything between loses the kept lines, last one first,
    then ends in "…". `size` measures: code points, or bytes (`in_bytes`).
    """
    if longest is None or size(text) <= longest:
        return text
    lines = text.split("\n")
    keep = min(keep, len(lines) - 1)
    head, tail = lines[: len(lines) - keep], lines[len(lines) - keep :]
    while True:
        for held in range(len(head) - 1, 0, -1):
            missing = SMALL[language]["more"].format(len(lines) - held - len(tail))
            short = "\n".join([*head[:held], missing, *tail])
            if size(short) <= longest:
                return short
        if size("\n".join([lines[0], *tail])) <= longest:
            return "\n".join([lines[0], *tail])
        if not tail:
            break
        tail = tail[:-1]
    return _shortened(lines[0], longest, size)


def _shortened(line: str, longest: int, size: Callable[[str], int]) -> str:
    """Return a line's beginning with "…", by halving: it may be long."""
    if size(line) <= longest:
        return line
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(line[:middle] + "…") <= longest else (low, middle - 1)
    return line[:low].rstrip() + "…" if low or size("…") <= longest else ""
