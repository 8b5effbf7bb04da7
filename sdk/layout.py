#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The library as Arduino, PlatformIO and ESP-IDF want it: one folder, made of this tree.

    layout.py DIRECTORY

makes DIRECTORY/i2ctarget, anew, and DIRECTORY/i2ctarget-VERSION.zip of it.  These tools compile every C file below src/ with src/ as the only
folder of headers; so the files lie below it by their folders here, and what only a certain chip can compile is between #if and #endif.
"""

import argparse
import os
import re
import shutil

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = f"{ROOT}/sdk/package"

# Folder of src/: where its files come from.
FOLDERS = {
    "i2ctarget": ["include/i2ctarget"],
    "i2ctarget/devices": ["include/i2ctarget/devices"],
    "core": ["src/core"],
    "line": ["src/line"],
    "smbus": ["src/smbus"],
    "devices": ["devices"],
    # A header finds its neighbours alone, so what the processor core needs lies beside both.
    "chip": ["ports/chip", "ports/cpu/cortexm", "ports/cpu/mmio"],
    "rp2040": ["ports/rp2040", "ports/cpu/cortexm", "ports/cpu/mmio"],
}
# The same for ESP-IDF, which is told what to compile: beside src/, because Arduino and PlatformIO compile all that is below it.
IDF_FOLDERS = {
    "chip": ["ports/chip"],
    "gpio": ["ports/gpio"],
    "esp32": ["ports/esp32"],
    "soc/esp32": ["ports/esp32/soc/esp32", "ports/cpu/xtensa", "ports/cpu/mmio"],
    "soc/esp32s2": ["ports/esp32/soc/esp32s2", "ports/cpu/esp32s2", "ports/cpu/xtensa", "ports/cpu/mmio"],
    "soc/esp32s3": ["ports/esp32/soc/esp32s3", "ports/cpu/esp32s3", "ports/cpu/xtensa", "ports/cpu/mmio"],
    "soc/esp32c3": ["ports/esp32/soc/esp32c3", "ports/cpu/riscv", "ports/cpu/mmio"],
}
# There the processor core and the clock are FreeRTOS's and a driver's: package/idf has them.
NOT_FOR_IDF = {"cpu.h", "timg.c", "systimer.c"}
# What takes an operating system, and what is for events that travel between processes.
LEFT_OUT = {"vcd.c", "vcd.h", "testbus.h", "bus.h", "interrupt.h", "commitment.c"}
ONLY_FOR = {"rp2040": "defined(ARDUINO_ARCH_RP2040) && !defined(PICO_RP2350)"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def version():
    return re.search(r'^#define I2CTARGET_VERSION "(.*)"$', read(f"{ROOT}/include/i2ctarget/i2ctarget.h"), re.M)[1]


def sources(folders):
    """Files of C in these folders, not below them: (name, text)."""
    for folder in folders:
        for name in sorted(os.listdir(f"{ROOT}/{folder}")):
            if name.endswith((".c", ".h")) and name not in LEFT_OUT:
                yield name, read(f"{ROOT}/{folder}/{name}")


def make(directory):
    library = f"{directory}/i2ctarget"
    shutil.rmtree(library, ignore_errors=True)
    for place, folders in FOLDERS.items():
        for name, text in sources(folders):
            condition = ONLY_FOR.get(place)
            if condition and name.endswith(".c"):
                text = f"#if {condition}\n{text}\n#endif\n"
            write(f"{library}/src/{place}/{name}", text)
    for place, folders in IDF_FOLDERS.items():
        for name, text in sources(folders):
            if name not in NOT_FOR_IDF:
                write(f"{library}/idf/{place}/{name}", text)
    for folder, _, names in os.walk(PACKAGE):
        for name in names:
            path = os.path.relpath(f"{folder}/{name}", PACKAGE)
            write(f"{library}/{'src/' if path == 'i2ctarget.h' else ''}{path}", read(f"{PACKAGE}/{path}").replace("@VERSION@", version()))
    shutil.copy(f"{ROOT}/LICENSE", library)
    shutil.make_archive(f"{directory}/i2ctarget-{version()}", "zip", directory, "i2ctarget")
    return library


def main():
    parser = argparse.ArgumentParser(description="Make the library for Arduino, PlatformIO and ESP-IDF.")
    parser.add_argument("directory")
    print(make(parser.parse_args().directory))


if __name__ == "__main__":
    main()
