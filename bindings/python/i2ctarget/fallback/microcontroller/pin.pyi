# SPDX-License-Identifier: MIT
# Which names there are depends on the chip.
from microcontroller import Pin

def __getattr__(name: str) -> Pin: ...
