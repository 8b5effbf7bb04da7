# SPDX-License-Identifier: MIT
"""A 24C02: 256 bytes at address 0x50, pages of 8, of which the upper half is protected.

    $ i2ctarget run --bus 1 -- python3 examples/eeprom.py

    $ i2ctarget exec -- i2ctransfer -y 1 w3@0x50 0x10 0xca 0xfe      write two bytes
    $ i2ctarget exec -- i2ctransfer -y 1 w1@0x50 0x10 r2             read them: random read
    $ i2ctarget exec -- i2ctransfer -y 1 r1@0x50                     the byte after them: current address read
    $ i2ctarget exec -- i2ctransfer -y 1 w2@0x50 0x80 0x01           protected: the data byte is not acknowledged

A write is the memory address, then up to a page of data.  The data wraps round inside its page, and the STOP programs it.  A write that
does not end with STOP is not programmed.
"""

import board
from i2ctarget import End, I2CTarget, I2CTargetRequest

BYTES = 256
PAGE_BYTES = 8
PROTECTED_FROM = 0x80  # the WP pin is high: writes to the upper half are refused

memory = bytearray(b"\xff" * BYTES)
address = 0  # of the next byte


def take_data(request: I2CTargetRequest) -> dict[int, int]:
    """The bytes of a page write: {place: value}, or none if they were refused."""
    global address
    page: dict[int, int] = {}
    while True:
        data = request.read(1, ack=False)  # SCL is held: this very byte can still be refused
        if not data:
            return page
        if address >= PROTECTED_FROM:
            request.ack(False)
            return {}
        request.ack()
        page[address] = data[0]
        address = address // PAGE_BYTES * PAGE_BYTES + (address + 1) % PAGE_BYTES


def on_write(request: I2CTargetRequest) -> None:
    global address
    first = request.read(1)
    if not first:  # the address alone: somebody looks whether we are there
        return
    address = first[0]
    page = take_data(request)
    if request.end is End.STOP:
        for place, value in page.items():
            memory[place] = value


def on_read(request: I2CTargetRequest) -> None:
    """From the address on, round at the end, for as long as the controller wants."""
    global address
    while not request.end:
        taken = request.write(memory[address:])
        address = (address + taken) % BYTES


def main() -> None:
    with I2CTarget(board.SCL, board.SDA, (0x50,)) as target:
        while True:
            with target.request(timeout=0) as request:
                (on_read if request.is_read else on_write)(request)


if __name__ == "__main__":
    main()
