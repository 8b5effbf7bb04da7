# SPDX-License-Identifier: MIT
"""Images of the folder torture, made and executed: by QEMU's machine, and by our harness (execute.c)."""

import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__)) + "/torture"
SHARED = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + "/torture"
BUILD = os.environ["BUILD_DIR"] + "/tests/emulator/riscv"

OPTIONS = ["-march=rv32imc_zicsr", "-mabi=ilp32", "-mcmodel=medany", "-O2", "-ffreestanding", "-nostdlib", "-std=gnu11", "-Wall", "-Wextra",
           "-Wconversion", "-Wshadow", "-Wstrict-prototypes", "-Werror"]
PROGRAMS = {"torture": ["main.c", "exceptions.c", "interrupts.c"], "work": ["work.c"]}

# Ibex has the extensions and modes of the ESP32-C3's core.
MACHINE = ["-M", "virt", "-cpu", "lowrisc-ibex", "-m", "16", "-bios", "none", "-icount", "shift=5,sleep=off"]


def run(words, timeout=120):
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(words)}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


def build(program):
    """Returns the path of the image, without .elf and .bin."""
    image = f"{BUILD}/images/{program}"
    os.makedirs(os.path.dirname(image), exist_ok=True)
    sources = [f"{HERE}/{name}" for name in ["start.S", "console.c", *PROGRAMS[program]]] + [SHARED + "/text.c"]
    run(["riscv64-unknown-elf-gcc", *OPTIONS, "-I" + SHARED, "-T", f"{HERE}/image.ld", "-o", image + ".elf", *sources])
    run(["riscv64-unknown-elf-objcopy", "-O", "binary", image + ".elf", image + ".bin"])
    return image


def in_qemu(image):
    """What it says.  Its time is that of instructions: a busy host makes no difference."""
    return run(["qemu-system-riscv32", *MACHINE, "-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel", image + ".elf"]).stdout


def in_harness(image, *words):
    """What it says, and what the harness counted."""
    done = run([f"{BUILD}/riscv_execute", image + ".bin", *map(str, words)])
    return done.stdout, json.loads(done.stderr)
