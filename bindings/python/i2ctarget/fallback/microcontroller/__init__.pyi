# SPDX-License-Identifier: MIT
from microcontroller import pin as pin

class Pin:
    @property
    def id(self) -> int | str: ...
