# SPDX-License-Identifier: MIT
"""The machine: QEMU without acceleration, two serial ports, nothing else; and a watch on how long it takes."""

import os
import select
import subprocess
import time

import report as reports

QEMU = "qemu-system-x86_64"
BOOT_SECONDS = 120


class Wrong(Exception):
    """Something beside the machine went wrong: it counts against the checks that were run in it."""


def command(image, initramfs, console, options=()):
    """QEMU's command line.  A panic ends the machine."""
    return [QEMU, "-accel", "tcg", "-m", "512", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-kernel", str(image), "-initrd", str(initramfs),
            "-append", "console=ttyS0 loglevel=7 panic=-1 printk.devkmsg=on rdinit=/init random.trust_cpu=on",
            "-serial", f"file:{console}", "-serial", "stdio", *options]


def _lines(process, report, deadline):
    """Feed the report until the machine is gone.  What ended it, if it was we."""
    stream, pending = process.stdout.fileno(), b""
    last, limit = time.monotonic(), BOOT_SECONDS
    while True:
        now = time.monotonic()
        until = min(last + limit, deadline)
        if now >= until:
            return f"not within {limit} s" if until < deadline else "the time for all of it is over"
        if not select.select([stream], [], [], until - now)[0]:
            continue
        data = os.read(stream, 65536)
        if not data:
            return None
        *whole, pending = (pending + data).split(b"\n")
        for line in whole:
            text = line.decode("ascii", "replace").rstrip("\r")
            report.line(text, time.monotonic())
            if not text.startswith(("|", "say", "log")): # a chatterer gains no time by it
                last, limit = time.monotonic(), report.limit()


def boot(line, report, console, seconds, environment=None):
    """Run the machine to its end and feed the report."""
    console.unlink(missing_ok=True)
    with subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=environment) as process:
        try:
            stopped = _lines(process, report, time.monotonic() + seconds)
        finally:
            process.kill()
        complaint = process.stderr.read().decode("utf-8", "replace").strip()
    log = console.read_text("ascii", "replace") if console.exists() else ""
    if not report.ended or stopped:
        why = reports.died(log) or stopped or "the machine ended before its report"
        report.stopped(f"{why}{': ' if complaint else ''}{complaint}")
    report.kernel_log(log)
    report.finish()
