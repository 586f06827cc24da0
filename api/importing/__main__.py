"""`python -m api.importing`: the process that answers one request about a list (`worker`)."""

import gc

gc.disable()  # one answer, then it ends: looking for garbage would take a fifth of the time

from api.importing.worker import main  # noqa: E402 - nothing of it is looked through either

main()
