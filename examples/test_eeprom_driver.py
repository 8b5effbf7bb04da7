# SPDX-License-Identifier: MIT
"""Tests of eeprom_driver.py on a virtual bus.  The fixture i2c_bus is of i2ctarget's pytest plugin.

    $ python3 -m pytest test_eeprom_driver.py

The second test fails: it finds the driver's bug.
"""

import os
import subprocess
import sys

import pytest
from i2ctarget.privatebus import PrivateBus

# The driver opens /dev/i2c-1, so it runs as a program of its own on the bus.
PROGRAM = """
from smbus2 import SMBus
from eeprom_driver import load, store

with SMBus(1) as bus:
    store(bus, 0x50, 0, bytes(range(16)))
    print(load(bus, 0x50, 0, 16).hex())
"""


def store_and_load(bus: PrivateBus) -> bytes:
    done = bus.run([sys.executable, "-c", PROGRAM], cwd=os.path.dirname(__file__))
    return bytes.fromhex(done.stdout)


@pytest.fixture
def eeprom(i2c_bus: PrivateBus) -> PrivateBus:
    i2c_bus.start(["i2ctarget", "device", "eeprom", "--type", "24c02"], wait=0x50)
    return i2c_bus


def test_what_is_stored_is_there(eeprom: PrivateBus) -> None:
    assert store_and_load(eeprom) == bytes(range(16))


def test_a_driver_that_gives_up_says_so(eeprom: PrivateBus) -> None:
    eeprom.fault("0x50 nack-after 3")  # data is refused, every time
    with pytest.raises(subprocess.CalledProcessError):
        store_and_load(eeprom)
