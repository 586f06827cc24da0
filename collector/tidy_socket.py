"""A TLS socket for paho-mqtt that leaves nothing open when the handshake fails."""

import ssl


class TidySocket(ssl.SSLSocket):
    """Closes itself when the handshake fails: paho forgets it then, and it would leak.

    Given to a context as its `sslsocket_class`.
    """

    def do_handshake(self, block: bool = False) -> None:
        """Shake hands as `ssl.SSLSocket` does, and raise what it raises."""
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise
