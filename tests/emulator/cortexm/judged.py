# SPDX-License-Identifier: MIT
"""Images of the folder torture, made and executed: by QEMU's machines, and by our harness (execute.c)."""

import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__)) + "/torture"
SHARED = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + "/torture"
BUILD = os.environ["BUILD_DIR"] + "/tests/emulator/cortexm"

FLOAT = ["-mfloat-abi=softfp", "-mfpu=fpv4-sp-d16"]
PLACE = ["-Wl,--defsym=code_origin=0", "-Wl,--defsym=data_origin=0x20000000"]
PLACE_OF_AN505 = ["-Wl,--defsym=code_origin=0x10000000", "-Wl,--defsym=data_origin=0x38000000"]

# Architecture: options, the architecture whose files it shares, and QEMU's machine with such a core.
CORES = {
    "v6": (["-mcpu=cortex-m0", *PLACE], "v6", "microbit"),
    "v7": (["-mcpu=cortex-m4", *FLOAT, *PLACE], "v7", "mps2-an386"),
    "v8": (["-mcpu=cortex-m33", *FLOAT, *PLACE_OF_AN505], "v7", "mps2-an505"),
}
OPTIONS = ["-mthumb", "-O2", "-ffreestanding", "-nostdlib", "-std=gnu11", "-Wall", "-Wextra", "-Wconversion", "-Wshadow",
           "-Wstrict-prototypes", "-Werror"]
PROGRAMS = {"torture": ["main.c", "common.c", "{core}.c"], "work": ["work.c", "work_{core}.S"]}


def run(words, timeout=120):
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(words)}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


def build(program, core):
    """Returns the path of the image, without .elf and .bin."""
    image = f"{BUILD}/images/{program}-{core}"
    os.makedirs(os.path.dirname(image), exist_ok=True)
    options, shared, _ = CORES[core]
    sources = [f"{HERE}/{name.format(core=shared)}" for name in ["start.S", "semihosting.c", *PROGRAMS[program]]] + [SHARED + "/text.c"]
    run(["arm-none-eabi-gcc", *options, *OPTIONS, "-I" + SHARED, "-T", f"{HERE}/image.ld", "-o", image + ".elf", *sources, "-lgcc"])
    run(["arm-none-eabi-objcopy", "-O", "binary", image + ".elf", image + ".bin"])
    return image


def in_qemu(image, core):
    """What it says; without a console QEMU writes that to stderr.  Its time is that of instructions: a busy host makes no difference."""
    said = ["-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config", "enable=on,target=native"]
    return run(["qemu-system-arm", "-M", CORES[core][2], "-icount", "shift=5,sleep=off", *said, "-kernel", image + ".elf"]).stderr


def in_harness(image, kind, *words):
    """What it says, and what the harness counted."""
    done = run([f"{BUILD}/cortexm_execute", kind, image + ".bin", *map(str, words)])
    return done.stdout, json.loads(done.stderr)
