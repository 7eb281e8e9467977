"""The root of every error that Baton raises on purpose."""


class BatonError(Exception):
    """Something Baton refuses or cannot do; its message says what and how to mend it."""
