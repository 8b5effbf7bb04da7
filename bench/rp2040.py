#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How long does a 24C02 on an RP2040 take to answer?  usage: bench/rp2040.py [DIRECTORY]     (for the image and the emulator; default build/bench)

examples/eeprom.c is executed by the emulator of tests/chips/rp2040.  Its time is made of cycles, so the figures are the same on every machine, and
test_image.py holds them to the same goals.  Exit status: 0 when it could be measured, whether the goals are reached or not.
"""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
EMULATOR = ROOT / "tests/chips/rp2040/emulator"
CYCLES_MAX, LOW_US_MAX = 100, 1.28


def answers(build):
    """What image.js has measured at 400 kHz."""
    subprocess.run([ROOT / "scripts/emulator.sh", build / "emulator"], check=True)
    subprocess.run([ROOT / "scripts/firmware.sh", build / "firmware", "raspberry_pi_pico", "eeprom", "--quiet"], check=True,
                   env={**os.environ, "CHIP": "rp2040", "SCL": "GPIO5", "SDA": "GPIO4"})
    image = build / "firmware/rp2040/raspberry_pi_pico/eeprom.uf2"
    environment = {**os.environ, "NODE_PATH": str(build / "emulator/node_modules"), "MACHINE": str(build / "emulator/machine.wasm")}
    done = subprocess.run(["node", EMULATOR / "image.js", "answers", image, "400000"], check=True, capture_output=True, text=True, env=environment)
    return json.loads(done.stdout)


def row(what, value, unit, most=None):
    goal = "" if most is None else f" goal: at most {most:g}: {'reached' if value <= most else 'NOT reached'}"
    print(f"  {what:<56} {value:9.2f} {unit:<12}{goal}".rstrip())


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/bench").resolve()
    build.mkdir(parents=True, exist_ok=True)
    seen = answers(build)
    print("\nA 24C02 on an emulated RP2040, 400 kHz: at most, from the bit that decides to the engine's word")
    for what, kind, most in (("its address", "address", CYCLES_MAX), ("its address while it programs", "programming", None),
                             ("a byte written", "written", CYCLES_MAX), ("a byte read", "read", CYCLES_MAX)):
        row(what, seen["cycles"][kind][1], "cycles", most)
    row("low phase of SCL without a visible stretch", seen["lowNs"]["else"] / 1000, "us", LOW_US_MAX)
    row("low phase of SCL without one, while it programs", seen["lowNs"]["programming"] / 1000, "us", LOW_US_MAX)


if __name__ == "__main__":
    main()
