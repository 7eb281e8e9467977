"""Names in layers."""

from collections import ChainMap
from collections.abc import Mapping
from typing import Any


def layered(*layers: Mapping[str, Any]) -> Mapping[str, Any]:
    """One mapping of several: the first layer that has a name gives it. Nothing is copied; what changes in a layer is seen."""
    return ChainMap(*layers)  # type: ignore[arg-type]
