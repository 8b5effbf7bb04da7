# SPDX-License-Identifier: MIT
"""A driver for a 24C02, with smbus2.  It has a bug, which a healthy EEPROM does not show: test_eeprom_driver.py finds it."""

import time

from smbus2 import SMBus, i2c_msg

PAGE_BYTES, ATTEMPTS, WRITE_TIME_S = 8, 3, 0.005


def transfer(bus: SMBus, *messages: i2c_msg) -> None:
    """While the EEPROM writes a page it does not acknowledge, so try again."""
    for _ in range(ATTEMPTS):
        try:
            bus.i2c_rdwr(*messages)
            break
        except OSError:
            time.sleep(WRITE_TIME_S)


def load(bus: SMBus, address: int, offset: int, count: int) -> bytes:
    data = i2c_msg.read(address, count)
    transfer(bus, i2c_msg.write(address, [offset]), data)
    return bytes(data)


def store(bus: SMBus, address: int, offset: int, data: bytes) -> None:
    """Write page by page."""
    while data:
        page = data[: PAGE_BYTES - offset % PAGE_BYTES]
        transfer(bus, i2c_msg.write(address, [offset, *page]))
        offset += len(page)
        data = data[len(page) :]
