# SPDX-License-Identifier: MIT
"""Firmware images for tests: made by scripts/firmware.sh, read without any code of this project."""

import os
import re
import struct
import subprocess

SOURCE = os.environ["SOURCE_DIR"]
DIRECTORY = os.environ["BUILD_DIR"] + "/firmware"
SPARE_PINS = {"SCL": "GPIO5", "SDA": "GPIO4"}  # of the RP2040


def firmware(*words, pins=None, directory=DIRECTORY, chip="rp2040"):
    """Run scripts/firmware.sh DIRECTORY words…; chip "": without CHIP."""
    environment = {key: value for key, value in os.environ.items() if key not in ("SCL", "SDA", "CHIP", "SERCOM_ONLY", "CORE")}
    environment.update(pins or {}, CHIP=chip)
    return subprocess.run([SOURCE + "/scripts/firmware.sh", directory, *words], capture_output=True, text=True, timeout=240,
                          env=environment, cwd="/", check=False)


def build(board, example, pins=None, chip="rp2040"):
    """The image's path, without its extension.  `example`: its name, or a C file."""
    is_file = example.endswith(".c")
    done = firmware(board, f"--source={example}" if is_file else example, "--quiet", pins=pins, chip=chip)
    if done.returncode:
        raise AssertionError(f"firmware {board} {example}:\n{done.stdout}{done.stderr}")
    return f"{DIRECTORY}/{chip}/{board}/{os.path.basename(example).removesuffix('.c')}"


def read(path):
    with open(path, "rb") as file:
        return file.read()


# ---- UF2, read from its specification ------------------------------------------------------------


class Block:
    """One block of 512 bytes."""

    def __init__(self, data):
        (self.magic0, self.magic1, self.flags, self.address, self.size, self.number, self.count,
         self.family) = struct.unpack("<8I", data[:32])
        self.data = data[32:508]
        self.payload = self.data[: self.size]
        self.magic2, = struct.unpack("<I", data[508:])


def blocks_of(path):
    data = read(path)
    assert len(data) % 512 == 0, f"{path}: {len(data)} bytes"
    return [Block(data[at : at + 512]) for at in range(0, len(data), 512)]


# ---- ELF, as GNU's tools read it -----------------------------------------------------------------


def tool(name, *words):
    return subprocess.run(["arm-none-eabi-" + name, *words], capture_output=True, text=True, check=True).stdout


def assert_sizes_are_documented(test, readme, pattern, elf):
    """PATTERN finds in README how many KiB of flash the image takes, and how many bytes of zeroed RAM.  Compilers of one version differ a
    little: by a fiftieth at most."""
    found = re.search(pattern, read(f"{SOURCE}/{readme}").decode())
    test.assertIsNotNone(found, f"{readme} no longer says: {pattern}")
    text, data, bss = (int(word) for word in tool("size", elf).splitlines()[1].split()[:3])
    for said, size in (float(found[1]) * 1024, text + data), (int(found[2]), bss):
        test.assertLess(abs(said - size), size / 50, f"{readme}: {found[0]}; it is {size} bytes")


def symbols(elf):
    """name → (address, type letter)"""
    found = {}
    for line in tool("nm", "--format=posix", elf).splitlines():
        name, kind, *value = line.split()
        if value:
            found[name] = int(value[0], 16), kind
    return found
