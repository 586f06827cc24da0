"""`python -m api`: the `pantau` command, for processes that start each other."""

from api.cli import main

main()
