# SPDX-License-Identifier: MIT
"""tests/linux/protocol.py, in the process that started MicroPython."""

import host

_there = host.root("protocol")


def __getattr__(name):
    return getattr(_there, name)
