# SPDX-License-Identifier: MIT
"""An SMBus device at address 0x21: bytes, words and blocks by command code.

    $ i2ctarget run --bus 1 -- python3 examples/smbus_block.py

    $ i2ctarget exec -- i2cset -y 1 0x21 0x05 0xaa                   write byte
    $ i2ctarget exec -- i2cget -y 1 0x21 0x05                        read byte: 0xaa
    $ i2ctarget exec -- i2cset -y 1 0x21 0x45 0xbeef w               write word
    $ i2ctarget exec -- i2cget -y 1 0x21 0x45 w                      read word: 0xbeef
    $ i2ctarget exec -- i2cset -y 1 0x21 0x85 1 2 3 s                write block
    $ i2ctarget exec -- i2cget -y 1 0x21 0x85 s                      read block: 0x01 0x02 0x03
    $ i2ctarget exec -- i2cget -y 1 0x21 0xc0                        no such command: not acknowledged

Commands 0x00-0x3f are bytes, 0x40-0x7f words (low byte first), 0x80-0xbf blocks of up to 32 bytes, after their count.  An unknown
command byte gets a NACK, and so does a byte too many.
"""

import board
from i2ctarget import I2CTarget, I2CTargetRequest

BLOCK_MAX = 32

# What a read of a command gives, by command: as it is on the wire.
registers: dict[int, bytes] = {}
command = 0  # the last one


def size_of(code: int) -> int | None:
    """Bytes of data behind a command; None: illegal; 0: the count comes first."""
    if code < 0x40:
        return 1
    if code < 0x80:
        return 2
    if code < 0xC0:
        return 0
    return None


def read_command(request: I2CTargetRequest) -> int | None:
    """The command byte, refused if there is none of that code."""
    global command
    first = request.read(1, ack=False)
    if not first:  # quick command
        return None
    if size_of(first[0]) is None:
        request.ack(False)
        return None
    command = first[0]
    return command


def read_data(request: I2CTargetRequest, code: int) -> bytes | bytearray:
    """The data of a write, as it is on the wire; empty: there was none, or not enough of it."""
    size = size_of(code)
    if size:
        data = request.read(size)  # acknowledges the command byte, too
        return data if len(data) == size else b""
    count = request.read(1, ack=False)
    if not count:
        return b""
    if not 1 <= count[0] <= BLOCK_MAX:
        request.ack(False)
        return b""
    data = request.read(count[0])
    return count + data if len(data) == count[0] else b""


def on_write(request: I2CTargetRequest) -> None:
    code = read_command(request)
    if code is None:
        return
    data = read_data(request, code)
    if data:
        registers[code] = bytes(data)


def on_read(request: I2CTargetRequest) -> None:
    """Behind a command and a repeated START: its data.  On its own (receive byte): the last command."""
    if not request.is_restart:
        request.write(bytes([command]))
        return
    size = size_of(command)
    request.write(registers.get(command, bytes(size) if size else b"\1\0"))


def main() -> None:
    with I2CTarget(board.SCL, board.SDA, (0x21,), smbus=True) as target:
        while True:
            with target.request(timeout=0) as request:
                (on_read if request.is_read else on_write)(request)


if __name__ == "__main__":
    main()
