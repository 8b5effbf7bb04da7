# SPDX-License-Identifier: MIT
"""Sixteen registers at address 0x40 that answer by themselves.  The program only computes: a number in register 15 is squared.

    $ i2ctarget run --bus 1 -- python3 examples/memory.py

    $ i2ctarget exec -- i2cset -y 1 0x40 0x0f 0x0c       a number; it becomes 0 when the square is there
    $ i2ctarget exec -- i2cget -y 1 0x40 0x0f            0x00
    $ i2ctarget exec -- i2cget -y 1 0x40 0x00 w          0x0090, in two registers that controllers can not write

On a microcontroller the memory answers in an interrupt, without stretching SCL.  On Linux it answers while the program is in request().
"""

import board
from i2ctarget import I2CTarget, Memory

SQUARE, NUMBER = 0, 15

registers = bytearray(16)


def compute(begin: int, end: int) -> None:
    """A controller has written to registers[begin:end]."""
    if begin <= NUMBER < end:
        square = registers[NUMBER] ** 2
        memory.update(SQUARE, bytes([square & 0xFF, square >> 8]))  # no controller gets one byte of it, and one of the number before
        registers[NUMBER] = 0


memory = Memory(registers, read_only=range(2), on_write=compute)

with I2CTarget(board.SCL, board.SDA, (0x40,)) as target:
    target.attach(memory)
    target.request(timeout=0)  # waits for ever: all messages are the memory's
