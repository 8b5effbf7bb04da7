#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Hardware in the loop: does a board with one of our examples do what it should, as seen from a Linux machine's I2C adapter?

    hil.py --bus 1                  the board is on /dev/i2c-1 (README.md: what to wire)
    hil.py --dry-run [--build DIR]  no hardware: the same checks with the same examples on a virtual bus

The address that answers shows which example runs: `registers` at 0x40 and 0x41, `eeprom` at 0x50.  It prints one line for each check.
Exit status: 0 when all passed, 1 when one failed or there was no answer, 2 for wrong arguments.  It uses only the standard library and
Linux' i2c-dev.
"""

import argparse
import ctypes
import errno
import fcntl
import os
import random
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))

# Linux, include/uapi/linux/i2c-dev.h and i2c.h.
I2C_FUNCS, I2C_RDWR, I2C_TIMEOUT = 0x0705, 0x0707, 0x0702
I2C_M_RD = 0x0001
FUNC_I2C, FUNC_SMBUS_QUICK = 0x00000001, 0x00010000
# What adapters' drivers return when there is no acknowledge (Documentation/i2c/fault-codes.rst; not all follow it).
NACK_ERRORS = {errno.ENXIO, errno.EREMOTEIO, errno.EIO, errno.ENODEV}

REGISTERS, COMMAND, RESET, REGISTER_COUNT = 0x40, 0x41, 0xDE, 16
EEPROM, EEPROM_BYTES, PAGE_BYTES, WRITE_S = 0x50, 256, 8, 0.005


class Message(ctypes.Structure):
    _fields_ = [("address", ctypes.c_uint16), ("flags", ctypes.c_uint16), ("length", ctypes.c_uint16),
                ("buffer", ctypes.POINTER(ctypes.c_uint8))]


class Transfer(ctypes.Structure):
    _fields_ = [("messages", ctypes.POINTER(Message)), ("count", ctypes.c_uint32)]


class Nack(Exception):
    """The address or a byte was not acknowledged."""


class Failure(Exception):
    """A check found something wrong."""


class Adapter:
    """/dev/i2c-N"""

    def __init__(self, bus):
        self.file = os.open(f"/dev/i2c-{bus}", os.O_RDWR)
        functions = ctypes.c_ulong()
        fcntl.ioctl(self.file, I2C_FUNCS, functions)
        if not functions.value & FUNC_I2C:
            raise OSError(errno.EOPNOTSUPP, "the adapter can not do plain I2C transfers")
        self.can_probe = bool(functions.value & FUNC_SMBUS_QUICK)

    def transfer(self, *messages):
        """One transfer.  Each message is (address, bytes to write) or (address, how many to read).  Returns what was
        read."""
        buffers = [(ctypes.c_uint8 * max(1, what if isinstance(what, int) else len(what)))() for _, what in messages]
        array = (Message * len(messages))()
        for i, (address, what) in enumerate(messages):
            is_read = isinstance(what, int)
            if not is_read:
                buffers[i][: len(what)] = what
            array[i] = Message(address, I2C_M_RD if is_read else 0, what if is_read else len(what), buffers[i])
        try:
            fcntl.ioctl(self.file, I2C_RDWR, Transfer(array, len(messages)))
        except OSError as error:
            if error.errno in NACK_ERRORS:
                raise Nack from None
            raise Failure(f"the adapter says: {error.strerror}") from None
        return b"".join(bytes(buffers[i][: what]) for i, (_, what) in enumerate(messages) if isinstance(what, int))

    def is_there(self, address):
        """Is this address acknowledged?"""
        try:
            self.transfer((address, b"") if self.can_probe else (address, 1))
        except Nack:
            return False
        return True


def expect(what, got, wanted):
    if got == wanted:
        return
    if isinstance(got, bytes) and len(got) > 16:
        at = next(i for i, (one, other) in enumerate(zip(got, wanted)) if one != other)
        raise Failure(f"{what}: byte {at} is {got[at]:02x} instead of {wanted[at]:02x}")
    show = [value.hex(" ") if isinstance(value, bytes) else str(value) for value in (got, wanted)]
    raise Failure(f"{what}: {show[0]} instead of {show[1]}")


def expect_nack(what, adapter, *messages):
    try:
        adapter.transfer(*messages)
    except Nack:
        return
    raise Failure(f"{what} was acknowledged")


# ---- registers: sixteen registers at 0x40, a command at 0x41 ---------------------------------------


def get(adapter, register, count=1):
    return adapter.transfer((REGISTERS, bytes([register])), (REGISTERS, count))


def put(adapter, register, value):
    adapter.transfer((REGISTERS, bytes([register, value])))


def reset(adapter):
    adapter.transfer((COMMAND, bytes([RESET])))


def both_addresses_and_no_other(adapter):
    for address in range(REGISTERS - 2, COMMAND + 3):
        expect(f"somebody at {address:#x}", adapter.is_there(address), address in (REGISTERS, COMMAND))


def reset_clears_all_registers(adapter):
    for register in range(REGISTER_COUNT):
        put(adapter, register, 0x5A)
    reset(adapter)
    for register in range(REGISTER_COUNT):
        expect(f"register {register}", get(adapter, register), b"\0")


def what_was_written_is_read(adapter):
    for value in (0x00, 0xFF, 0x55, 0xAA, 0x80, 0x01):
        for register in range(REGISTER_COUNT):
            put(adapter, register, value ^ register)
        for register in range(REGISTER_COUNT):
            expect(f"register {register}", get(adapter, register), bytes([value ^ register]))


def one_byte_a_read_then_ones(adapter):
    put(adapter, 3, 0x12)
    expect("a read of five bytes", get(adapter, 3, 5), b"\x12\xff\xff\xff\xff")


def a_read_without_a_number_is_ones(adapter):
    put(adapter, 3, 0x12)
    expect("a read after STOP", adapter.transfer((REGISTERS, 1)), b"\xff")


def numbers_beyond_the_last_are_refused(adapter):
    put(adapter, 15, 0x77)
    expect_nack("a value for register 16", adapter, (REGISTERS, b"\x10\x55"))
    expect("register 15", get(adapter, 15), b"\x77")


def a_third_byte_is_refused(adapter):
    expect_nack("a third byte", adapter, (REGISTERS, b"\x02\x34\x56"))
    expect("register 2", get(adapter, 2), b"\x34")


def a_probe_changes_nothing(adapter):
    put(adapter, 1, 0x99)
    adapter.is_there(REGISTERS)
    adapter.is_there(COMMAND)
    expect("register 1", get(adapter, 1), b"\x99")


def other_commands_do_nothing(adapter):
    put(adapter, 4, 0x44)
    adapter.transfer((COMMAND, b"\x00"))
    expect("register 4", get(adapter, 4), b"\x44")


def messages_joined_by_repeated_start(adapter):
    got = adapter.transfer((REGISTERS, b"\x05\x15"), (REGISTERS, b"\x06\x16"), (REGISTERS, b"\x05"), (REGISTERS, 1),
                           (COMMAND, b"\x00"), (REGISTERS, b"\x06"), (REGISTERS, 1))
    expect("seven messages", got, b"\x15\x16")


def a_long_random_run(adapter):
    chance, values = random.Random(7), [0] * REGISTER_COUNT
    reset(adapter)
    began = time.monotonic()
    for _ in range(500):
        register, value = chance.randrange(REGISTER_COUNT), chance.randrange(256)
        put(adapter, register, value)
        values[register] = value
        other = chance.randrange(REGISTER_COUNT)
        expect(f"register {other}", get(adapter, other), bytes([values[other]]))
    return f"{1000 / (time.monotonic() - began):.0f} transfers a second"


# ---- eeprom: a 24C02 at 0x50 ----------------------------------------------------------------------


def wait_until_written(adapter):
    """Acknowledge polling."""
    end = time.monotonic() + 100 * WRITE_S
    while not adapter.is_there(EEPROM):
        if time.monotonic() > end:
            raise Failure("still busy long after a write")


def program(adapter, at, data):
    adapter.transfer((EEPROM, bytes([at]) + data))
    wait_until_written(adapter)


def dump(adapter, at, count):
    return adapter.transfer((EEPROM, bytes([at])), (EEPROM, count))


def its_address_and_no_other(adapter):
    for address in range(EEPROM - 2, EEPROM + 3):
        expect(f"somebody at {address:#x}", adapter.is_there(address), address == EEPROM)


def every_byte_keeps_its_value(adapter):
    for seed in (1, 2):
        data = random.Random(seed).randbytes(EEPROM_BYTES)
        for at in range(0, EEPROM_BYTES, PAGE_BYTES):
            program(adapter, at, data[at : at + PAGE_BYTES])
        expect("all of it", dump(adapter, 0, EEPROM_BYTES), data)


def a_write_wraps_inside_its_page(adapter):
    program(adapter, 0x20, bytes(PAGE_BYTES))
    program(adapter, 0x28, bytes(PAGE_BYTES))
    program(adapter, 0x26, b"\x01\x02\x03")
    expect("the page and the next", dump(adapter, 0x20, 16), b"\x03" + bytes(5) + b"\x01\x02" + bytes(8))


def it_is_busy_after_a_write(adapter):
    """A machine that is slower than the write time, for a moment or always, can not see this."""
    for _ in range(50):
        began = time.monotonic()
        adapter.transfer((EEPROM, b"\x30\xca\xfe"))
        is_there = adapter.is_there(EEPROM)
        is_judged = time.monotonic() - began < WRITE_S
        if is_judged:
            expect("an acknowledge at once after a write", is_there, False)
        wait_until_written(adapter)
        if is_judged:
            break
    expect("what was written", dump(adapter, 0x30, 2), b"\xca\xfe")
    return None if is_judged else "this adapter is slower than a write, so it could not be seen busy"


def a_read_goes_on_where_the_last_one_ended(adapter):
    program(adapter, 0x40, b"abcdefgh")
    expect("two bytes", dump(adapter, 0x40, 2), b"ab")
    expect("the next three", adapter.transfer((EEPROM, 3)), b"cde")
    expect("one more", adapter.transfer((EEPROM, 1)), b"f")


def a_read_goes_round_at_the_end(adapter):
    program(adapter, 0xF8, b"ijklmnop")
    program(adapter, 0x00, b"qrstuvwx")
    expect("across the end", dump(adapter, 0xFE, 4), b"opqr")


def a_write_cut_by_repeated_start_is_forgotten(adapter):
    program(adapter, 0x50, b"\x11\x22")
    got = adapter.transfer((EEPROM, b"\x50\x99\x99"), (EEPROM, b"\x50"), (EEPROM, 2))
    expect("what was there before", got, b"\x11\x22")


EXAMPLES = {
    "registers": (REGISTERS, [
        both_addresses_and_no_other, reset_clears_all_registers, what_was_written_is_read, one_byte_a_read_then_ones,
        a_read_without_a_number_is_ones, numbers_beyond_the_last_are_refused, a_third_byte_is_refused, a_probe_changes_nothing,
        other_commands_do_nothing, messages_joined_by_repeated_start, a_long_random_run]),
    "eeprom": (EEPROM, [
        its_address_and_no_other, every_byte_keeps_its_value, a_write_wraps_inside_its_page, it_is_busy_after_a_write,
        a_read_goes_on_where_the_last_one_ended, a_read_goes_round_at_the_end, a_write_cut_by_repeated_start_is_forgotten]),
}


# ---- running them ---------------------------------------------------------------------------------


def run_check(adapter, check):
    """True: passed."""
    name = check.__name__.replace("_", " ")
    try:
        note = check(adapter)
    except Nack:
        note, passed = "not acknowledged", False
    except Failure as failure:
        note, passed = str(failure), False
    else:
        passed = True
    print(f"  {'ok    ' if passed else 'FAILED'}  {name}{': ' + note if note else ''}", flush=True)
    return passed


def run(bus):
    try:
        adapter = Adapter(bus)
        present = [name for name, (address, _) in EXAMPLES.items() if adapter.is_there(address)]
    except (OSError, Failure) as error:
        print(f"hil: /dev/i2c-{bus}: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
        return 1
    if not present:
        print(f"hil: nobody answers on /dev/i2c-{bus}, neither at {REGISTERS:#x} (registers) nor at {EEPROM:#x} (eeprom): "
              "is the board powered, and are SCL, SDA and GND wired?", file=sys.stderr)
        return 1
    results = []
    for name in present:
        print(f"{name} on /dev/i2c-{bus}")
        results += [run_check(adapter, check) for check in EXAMPLES[name][1]]
    print(f"{sum(results)} of {len(results)} checks passed")
    return 0 if all(results) else 1


# Runs the examples as programs, one after the other, each on its own bus.
DRY_RUN = '"$0/examples/$1" & "$0/i2ctarget" exec --wait "$2" -- /usr/bin/python3 "$3" --bus 1; status=$?; kill $!; exit $status'


def dry_run(build):
    command = os.path.join(build, "i2ctarget")
    if not os.path.exists(command):
        print(f"hil: there is no {command}: make build, or say --build DIRECTORY", file=sys.stderr)
        return 2
    status = 0
    for name, (address, _) in EXAMPLES.items():
        with tempfile.TemporaryDirectory(prefix="i2ctarget-hil-") as directory:
            environment = dict(os.environ, I2CTARGET_DIR=directory, I2CTARGET_BUS="1")
            done = subprocess.run([command, "run", "--", "sh", "-c", DRY_RUN, build, name, hex(address), os.path.abspath(__file__)],
                                  env=environment, check=False)
            status |= done.returncode
    return 1 if status else 0


def main():
    parser = argparse.ArgumentParser(description="Check a board that runs an example, through a Linux I2C adapter.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--bus", type=int, metavar="N", help="the adapter: /dev/i2c-N")
    which.add_argument("--dry-run", action="store_true", help="no hardware: the examples on a virtual bus")
    parser.add_argument("--build", default=os.path.join(HERE, "..", "..", "build", "gcc"), metavar="DIRECTORY",
                        help="where i2ctarget was built (default: build/gcc), for --dry-run")
    options = parser.parse_args()
    return dry_run(os.path.abspath(options.build)) if options.dry_run else run(options.bus)


if __name__ == "__main__":
    sys.exit(main())
