# SPDX-License-Identifier: MIT
"""Images of the folder torture, made and executed: by QEMU's machines, and by our harness (execute.c)."""

import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__)) + "/torture"
BUILD = os.environ["BUILD_DIR"] + "/tests/emulator/cortexm"

# Architecture: options, the files of its own, and QEMU's machine with such a core.
CORES = {
    "v6": (["-mcpu=cortex-m0"], "microbit"),
    "v7": (["-mcpu=cortex-m4", "-mfloat-abi=softfp", "-mfpu=fpv4-sp-d16"], "mps2-an386"),
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
    sources = [f"{HERE}/{name.format(core=core)}" for name in ["start.S", "text.c", *PROGRAMS[program]]]
    run(["arm-none-eabi-gcc", *CORES[core][0], *OPTIONS, "-T", f"{HERE}/image.ld", "-o", image + ".elf", *sources, "-lgcc"])
    run(["arm-none-eabi-objcopy", "-O", "binary", image + ".elf", image + ".bin"])
    return image


def in_qemu(image, core):
    """What it says; without a console QEMU writes that to stderr."""
    return run(["qemu-system-arm", "-M", CORES[core][1], "-nographic", "-monitor", "none", "-serial", "none", "-semihosting-config",
                "enable=on,target=native", "-kernel", image + ".elf"]).stderr


def in_harness(image, kind, *words):
    """What it says, and what the harness counted."""
    done = run([f"{BUILD}/cortexm_execute", kind, image + ".bin", *map(str, words)])
    return done.stdout, json.loads(done.stderr)
