"""OpenVINO itself, imported when it is first needed and without what only builders need."""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType

__all__ = ["has_bfloat16", "openvino"]

_CONVERTER = "openvino.tools.ovc"


@cache
def openvino() -> ModuleType:
    """The library without its converter, whose import takes as long as all the rest of it.

    openvino imports the converter where it is installed and does without where it is not. While
    it is imported, the converter is made to look as if it were not, which is what None in
    `sys.modules` means; afterwards it can be imported by its own name.
    """
    hide = _CONVERTER not in sys.modules
    if hide:
        sys.modules[_CONVERTER] = None  # type: ignore[assignment]  # the documented way
    try:
        import openvino as library  # type: ignore[import-untyped]  # it ships no types

        return library  # type: ignore[no-any-return]  # as above
    finally:
        if hide:
            del sys.modules[_CONVERTER]


@cache
def has_bfloat16() -> bool:
    """Whether OpenVINO says that this processor multiplies bfloat16 faster than float32."""
    return "BF16" in openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
