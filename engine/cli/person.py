"""Who gives a command at the terminal."""

import getpass

from engine.actors import Actor


def operator() -> Actor:
    """The operating system's user, as an operator."""
    login = getpass.getuser()
    return Actor("staff", login, login, frozenset({"operator"}))
