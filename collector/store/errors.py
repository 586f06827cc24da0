"""How the store says no."""


class StoreError(Exception):
    """The store could not do it; the transaction was undone as a whole.

    `permanent` says that trying again will not help (a row that breaks a rule of the schema, a
    schema of another version); otherwise the cause may pass (disk full, locked, I/O error).
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
