# SPDX-License-Identifier: MIT
"""A machine with GPIO lines: QEMU's vhost-user-gpio-pci, with tests/kernel/gpio behind it."""

import contextlib
import pathlib
import socket
import subprocess
import tempfile

import machine

# A back end shares the guest's memory: all of it, as machine.py gives it.
OPTIONS = ("-object", "memory-backend-memfd,id=ram,size=512M,share=on", "-machine", "memory-backend=ram",
           "-device", "vhost-user-gpio-pci,chardev=gpio")
END_SECONDS = 10
# Not 31, which has SMBus' limits (gpio/slow.c): when the guest is too slow it turns deaf in the middle of a message.
PROGRAMS = ("20", "21", "23", "30", "40", "41", "50")


def for_others(lines):
    """Addresses, and bytes written to them, without those for nobody and for who may have turned deaf."""
    kept, wanted = [], False
    for line in lines:
        if line.startswith("Address"):
            wanted = line[-2:] in PROGRAMS
        if wanted and ": " in line: # not the decoder's bare "Write"
            kept.append(line)
    return kept


def judge(work):
    """sigrok reads the trace: it finds just what the targets heard."""
    said = subprocess.run(["sigrok-cli", "-i", work / "bench.vcd", "-I", "vcd", "-P", "i2c:scl=SCL:sda=SDA",
                           "-A", "i2c=address-read:address-write:data-write"], capture_output=True, text=True, check=False)
    if said.returncode:
        raise machine.Wrong(f"sigrok-cli: {said.stderr.strip()}")
    decoded = for_others(line.partition(": ")[2] for line in said.stdout.splitlines())
    heard = for_others((work / "bench.heard").read_text().splitlines())
    if decoded != heard:
        at = next((i for i, pair in enumerate(zip(decoded, heard)) if pair[0] != pair[1]), min(len(decoded), len(heard)))
        raise machine.Wrong(f"sigrok reads something else, from line {at + 1} of {len(heard)} on: "
                            f"{decoded[at:at + 4]} instead of {heard[at:at + 4]}")
    print(f"        sigrok's decoder reads the same {len(heard)} addresses and bytes as the targets")


@contextlib.contextmanager
def running(build_dir, work):
    """The back end runs as long as the machine; that it ends well is a check of its own."""
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as door:
        path = pathlib.Path(directory) / "gpio"
        door.bind(str(path))
        door.listen(1)
        with open(work / "bench.log", "w+", encoding="utf-8") as log:
            bench = [build_dir / "tests/kernel/gpio/gpio_bench", work / "bench.vcd", work / "bench.heard"]
            with subprocess.Popen(bench, stdin=door, stdout=log, stderr=log) as process:
                try:
                    yield ("-chardev", f"socket,id=gpio,path={path}", *OPTIONS), None
                    with contextlib.suppress(subprocess.TimeoutExpired): # then it is killed, which counts
                        process.wait(END_SECONDS)
                finally:
                    process.kill()
            log.seek(0)
            said = log.read().strip()
    if process.returncode:
        raise machine.Wrong(f"the GPIO bench: exit status {process.returncode}: {said}")
    print(f"        {said}")
    judge(work)
