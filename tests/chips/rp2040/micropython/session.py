# SPDX-License-Identifier: MIT
"""An emulated Raspberry Pi Pico with MicroPython on it: what a test does with the board, over USB and on the wires.

    with Session("firmware.uf2") as board:
        board.boot()                                # to the first prompt
        board.put("lib/thing.mpy", data)            # a file on its flash
        print(board.exec("print(2 ** 0.5)"))        # in the raw REPL, to its end
        board.start("while True: pass")             # …or only to its beginning
        board.transfer({"address": 0x40, "write": [1]}, {"address": 0x40, "read": 1})
        board.interrupt()                           # Ctrl-C
        board.finish()                              # (output, traceback)
        board.soft_reset()

Emulated time passes in calls only; seconds are emulated ones.  session.js has the methods.
"""

import json
import os
import select
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, f"{HERE}/../emulator")

import emulator  # noqa: E402

PATIENCE_S = 240  # of real time, for one call
CHUNK = 256


class BoardError(Exception):
    """The emulated board did not do what was asked for."""


def plain(messages):
    return [{key: list(value) if key == "write" else value for key, value in message.items()} for message in messages]


class Session:
    def __init__(self, image, scl=5, sda=4, scl_hz=100000):
        emulator.make()
        self.process = subprocess.Popen(["node", f"{HERE}/session.js", image, str(scl), str(sda), str(scl_hz)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=emulator.environment())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.kill()
        self.process.wait()

    def call(self, method, *words):
        """A method of session.js."""
        self.process.stdin.write(json.dumps([method, *words]).encode() + b"\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], PATIENCE_S)[0]:
            raise BoardError(f"{method}: nothing for {PATIENCE_S} s of real time")
        line = self.process.stdout.readline()
        if not line:
            raise BoardError(f"{method}: the emulator has ended")
        result = json.loads(line)
        if "error" in result:
            raise BoardError(f"{method}: {result['error']}")
        return result["value"]

    # ---- the REPL

    def boot(self, seconds=2):
        return self.call("boot", seconds)

    def start(self, program):
        self.call("start", program)

    def finish(self, seconds=10):
        return tuple(self.call("finish", seconds))

    def run_program(self, program, seconds=10):
        """To its end: (output, traceback)."""
        return tuple(self.call("exec", program, seconds))

    def exec(self, program, seconds=10):
        """To its end: its output.  It must not raise."""
        output, traceback = self.run_program(program, seconds)
        if traceback:
            raise BoardError(traceback)
        return output.replace("\r\n", "\n")

    def interrupt(self):
        self.call("interrupt")

    def soft_reset(self, seconds=2):
        return self.call("softReset", seconds)

    def type(self, text):
        self.call("type", text)

    def wait(self, text, seconds=1):
        """All that it says up to and with this text."""
        return self.call("wait", text, seconds)

    def wait_for_line(self, seconds=10):
        """The next line of a program that start() began; None: it has ended, and finish() is next."""
        return self.call("waitForLine", seconds)

    def put(self, path, data):
        """Write a file; its folders are made."""
        folders = path.strip("/").split("/")[:-1]
        lines = ["import os"]
        for depth in range(len(folders)):
            lines.append(f"try: os.mkdir({'/'.join(folders[:depth + 1])!r})\nexcept OSError: pass")
        lines.append(f"f = open({path!r}, 'wb')")
        lines += [f"f.write({data[at:at + CHUNK]!r})" for at in range(0, len(data), CHUNK)]
        self.exec("\n".join(lines + ["f.close()"]), 60)

    # ---- the board

    def attend(self, seconds=2):
        """Until a target listens."""
        self.call("attend", seconds)

    def run(self, seconds):
        self.call("run", seconds)

    def transfer(self, *messages, **options):
        """A controller's messages, {"address", "write": bytes} or {"address", "read": count}: {"result", "moved", "read", "stretchNs"}."""
        return self.call("transfer", plain(messages), options)

    def begin(self, *messages):
        """A transfer that is not waited for; one that runs comes to its end before."""
        self.call("begin", plain(messages))

    def reply(self, seconds=0.1):
        """Its end, as transfer() returns it."""
        return self.call("reply", seconds)

    def is_running(self):
        return self.call("isRunning")

    def hand(self, move, *words):
        """A controller by hand: Start, Stop, Clock, Write, ReadBits."""
        return self.call("hand", move, *words)

    def state(self):
        return self.call("state")

    def bridge(self, socket):
        self.call("bridge", socket)

    def trace(self, path):
        self.call("trace", path)
