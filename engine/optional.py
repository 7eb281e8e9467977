"""Parts that are loaded by name when somebody asks for them: commands, and what only services of many machines need."""

import importlib
from types import ModuleType

from engine.errors import ConfigurationError


def load(module: str) -> ModuleType:
    """A module of ours. Raises ConfigurationError with the command that installs what it needs."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("engine"):
            raise
        raise ConfigurationError(f"{error.name} is not installed; install it with: pip install 'baton[scale]'") from error
