# SPDX-License-Identifier: MIT
"""MicroPython's modules board and microcontroller are always ours; CPython's give way to others of that name."""


def give_way(name):
    return False
