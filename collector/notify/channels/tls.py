"""TLS that all channels speak alike: whom we trust, and what a failed connection means."""

import ssl
from pathlib import Path

MOST_CAUSES = 6  # looked through: libraries wrap the reason of a failed connection several times


def trusting(ca_file: Path | None) -> ssl.SSLContext:
    """Trust the system's authorities and this one. OSError when the file cannot be read."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def why_not_connected(host: str, error: BaseException) -> str | None:
    """Say why a connection did not come about, with the remedy; None: it cannot be told."""
    cause: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if cause is None:
            break
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"the certificate of {host} is not trusted ({cause.verify_message}): is the clock"
                " right? For an in-house authority give its ca_file"
            )
        if isinstance(cause, ssl.SSLError):
            return f"{host} speaks no TLS that we know ({cause.reason or 'handshake failed'})"
        if isinstance(cause, ConnectionRefusedError):
            return f"{host} refuses the connection: does it run?"
        cause = cause.__cause__ or cause.__context__
    return None
