"""What every connector keeps to: it is called with a stable key, and says whether trying again can help."""

from engine.errors import BatonError


class ConnectorError(BatonError):
    """A call to a partner failed. `permanent`: trying again cannot help. `code`: the BPMN error that the drawing may catch."""

    def __init__(self, message: str, permanent: bool = False, code: str = "UNAVAILABLE") -> None:
        super().__init__(message)
        self.permanent = permanent
        self.code = code
