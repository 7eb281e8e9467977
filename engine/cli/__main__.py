"""`python -m engine.cli` is `baton`."""

from engine.cli import main

main()
