# SPDX-License-Identifier: MIT
"""Programs (programs.py) made into images, and executed by QEMU and by our interpreter, state by state (execute.c)."""

import json
import os
import subprocess

BUILD = os.environ["BUILD_DIR"] + "/tests/emulator/xtensa"
COMPILE = ["xtensa-lx106-elf-gcc", "-nostdlib", "-mlongcalls", "-Wa,--text-section-literals", "-Wl,-Ttext=0x50000000", "-x", "assembler"]


def run(words, text=""):
    done = subprocess.run(words, input=text, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(words)}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def build(name, text):
    """Returns the path of the image, without .elf and .bin."""
    image = f"{BUILD}/images/{name}"
    os.makedirs(os.path.dirname(image), exist_ok=True)
    with open(image + ".s", "w", encoding="ascii") as file:
        file.write(text)
    run([*COMPILE, image + ".s", "-o", image + ".elf"])
    run(["xtensa-lx106-elf-objcopy", "-O", "binary", image + ".elf", image + ".bin"])
    return image


def opcodes_of(configuration):
    return run([f"{BUILD}/xtensa_decode", configuration, "all"]).split()


def address_of(image, symbol):
    for line in run(["xtensa-lx106-elf-nm", image + ".elf"]).splitlines():
        address, _, name = line.split()
        if name == symbol:
            return address
    raise AssertionError(f"{image}: no {symbol}")


def compare(core, image):
    """What was compared; an AssertionError with the first difference."""
    return compare_with(core, image, "_start", [])


def compare_end(core, image):
    """Compares from the label `done` on.  QEMU's time is that of instructions there: a busy host makes no difference.

    (With that, QEMU says the state before a fault twice, so it is of no use for other programs.)"""
    return compare_with(core, image, "done", ["-icount", "shift=6,sleep=off", "-dfilter", f"0x{address_of(image, 'done')}+64"])


def compare_with(core, image, begin, options):
    qemu = ["qemu-system-xtensa", "-M", "sim", "-cpu", core, "-nographic", "-monitor", "none", "-serial", "none", "-semihosting",
            "-singlestep", "-d", "cpu,nochain", "-D", "/dev/stderr", *options, "-kernel", image + ".elf"]
    with subprocess.Popen(qemu, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as judge:
        try:
            done = subprocess.run([f"{BUILD}/xtensa_execute", core, image + ".bin", address_of(image, begin)], stdin=judge.stderr,
                                  capture_output=True, text=True, timeout=120, check=False)
        finally:
            judge.kill()
    if done.returncode:
        raise AssertionError(f"{image}: {done.stderr}")
    return json.loads(done.stdout)
