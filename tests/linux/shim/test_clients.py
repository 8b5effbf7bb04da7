#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs that people write I2C with, unmodified: Python's smbus2, Node.js' i2c-bus, and the shell itself."""

import hashlib
import json
import os
import shutil
import subprocess
import textwrap
import unittest

from shimtest import COMMAND, ShimTest

NODE_SOURCE = os.environ["SOURCE_DIR"] + "/tests/linux/node"
NODE_BUILD = os.environ["BUILD_DIR"] + "/tests/linux/node"


class Smbus2(ShimTest):
    def run_python(self, program):
        program = "import smbus2\nfrom smbus2 import SMBus, i2c_msg\n" + textwrap.dedent(program)
        result = self.exec("/usr/bin/python3", "-c", program)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def test_functionality(self):
        self.assertEqual(self.run_python("with SMBus(1) as bus: print(hex(int(bus.funcs)))"), "0xfff801d\n")
        self.assertEqual(self.run_python("with SMBus('/dev/i2c-1') as bus: print(hex(int(bus.funcs)))"), "0xfff801d\n")

    def test_every_call(self):
        out = self.run_python("""
            with SMBus(1) as bus:
                bus.write_quick(0x20)
                bus.write_byte_data(0x20, 1, 0xA1)
                bus.write_word_data(0x21, 0x41, 0x1234)
                bus.write_block_data(0x21, 0x81, [1, 2, 3])
                bus.write_i2c_block_data(0x20, 8, list(range(32)))
                print(bus.read_byte_data(0x20, 1), bus.read_word_data(0x21, 0x41), bus.read_block_data(0x21, 0x81))
                print(bus.read_i2c_block_data(0x20, 8, 32) == list(range(32)), bus.process_call(0x21, 0xC0, 0x00FF))
                print(bus.block_process_call(0x21, 0xC1, [7, 8, 9]))
                bus.write_byte(0x20, 9)
                print(bus.read_byte(0x20))
            """)
        self.assertEqual(out, "161 4660 [1, 2, 3]\nTrue 256\n[9, 8, 7]\n1\n")

    def test_pec(self):
        out = self.run_python("""
            with SMBus(1) as bus:
                bus.pec = True
                good = bus.read_byte_data(0x21, 0x3E)
                bus.write_byte_data(0x21, 2, 0xB2)
                bus.write_block_data(0x21, 0x82, [4, 5])
                print(bus.read_byte_data(0x21, 2), bus.read_block_data(0x21, 0x82))
                print(bus.read_byte_data(0x21, 0x3E) - good, bus.read_byte_data(0x21, 0x3F))
                try:
                    bus.read_byte_data(0x21, 0xC3)
                except OSError as error:
                    print(error.errno, error.strerror)
                bus.pec = False
                bus.read_byte_data(0x21, 0xC3)
            """)
        self.assertEqual(out, "178 [4, 5]\n2 0\n74 Bad message\n")

    def test_rdwr(self):
        out = self.run_python("""
            with SMBus(1) as bus:
                write, pointer, read = i2c_msg.write(0x20, [0x10, 1, 2, 3]), i2c_msg.write(0x20, [0x11]), i2c_msg.read(0x20, 2)
                bus.i2c_rdwr(write, pointer, read)
                print(list(read))
                try:
                    bus.i2c_rdwr(i2c_msg.read(0x24, 1))
                except OSError as error:
                    print(error.errno, error.strerror)
            """)
        self.assertEqual(out, "[2, 3]\n6 No such device or address\n")

    def test_two_buses(self):
        self.start(number=7)
        self.start_target("registers", 0x40, bus=7)
        program = "import smbus2\nfor n in (1, 7):\n bus = smbus2.SMBus(n)\n for a in (0x20, 0x40):\n" \
                  "  try: bus.read_byte_data(a, 0); print(n, a)\n  except OSError: pass"
        result = subprocess.run([COMMAND, "exec", "--bus", "1", "--bus", "7", "--", "/usr/bin/python3", "-c", program],
                                capture_output=True, text=True, timeout=30)
        self.assertEqual((result.stdout, result.stderr, result.returncode), ("1 32\n7 64\n", "", 0))

    def test_threads(self):
        out = self.run_python("""
            import threading
            errors = []
            def work(first):
                with SMBus(1) as bus:
                    for i in range(300):
                        register, value = first + i % 16, (first + i) % 256
                        bus.write_byte_data(0x20, register, value)
                        if bus.read_byte_data(0x20, register) != value:
                            errors.append(register)
            threads = [threading.Thread(target=work, args=(16 * n,)) for n in range(6)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print(errors)
            """)
        self.assertEqual(out, "[]\n")


class NodeI2cBus(ShimTest):
    def install(self):
        """Installs npm's modules in the build tree, unless they are there already."""
        with open(f"{NODE_SOURCE}/package-lock.json", "rb") as lock:
            wanted = hashlib.sha256(lock.read()).hexdigest()
        stamp = f"{NODE_BUILD}/installed"
        if os.path.exists(stamp):
            with open(stamp) as file:
                if file.read() == wanted:
                    return
        os.makedirs(NODE_BUILD, exist_ok=True)
        for name in "package.json", "package-lock.json":
            shutil.copy(f"{NODE_SOURCE}/{name}", NODE_BUILD)
        done = subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=NODE_BUILD, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(os.path.exists(f"{NODE_BUILD}/node_modules/i2c-bus/build/Release/i2c.node"), done.stderr)
        with open(stamp, "w") as file:
            file.write(wanted)

    def test_i2c_bus(self):
        self.install()
        result = self.exec("node", f"{NODE_SOURCE}/client.js", env={**os.environ, "NODE_PATH": f"{NODE_BUILD}/node_modules"})
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        got = json.loads(result.stdout)
        self.assertTrue(got.pop("funcs")["smbusPec"])
        self.assertEqual(got, {
            "scan": [0x20, 0x21, 0x23], "byte": 0xA1, "word": 0x1234, "block": [5, "abcd\0"], "received": ord("b"),
            "plainWritten": 5, "plainRead": [3, "xyz"], "missing": "ENXIO", "missingPlain": "ENXIO", "wrongBus": "ENOENT",
            "many": True, "missingLater": "ENXIO"})


class Shells(ShimTest):
    """Descriptors that a shell opens for its commands, and how coreutils show the node."""

    def test_redirection(self):
        # Only a program can set I2C_SLAVE, so a program does it for the descriptor that the shell has.
        address = "import fcntl; fcntl.ioctl(3, 0x703, 0x20)"
        for shell in "dash", "bash":
            script = f"exec 3<>/dev/i2c-1 && /usr/bin/python3 -c '{address}' && printf '\\020ABC' >&3 && printf '\\020' >&3 && head -c 3 <&3"
            result = self.exec(shell, "-c", script)
            self.assertEqual((result.stdout, result.stderr, result.returncode), ("ABC", "", 0), shell)

    def test_write_to_nobody(self):
        result = self.exec("dash", "-c", "printf x > /dev/i2c-1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("I/O error", result.stderr)

    def test_inherited_descriptor(self):
        script = "exec 3<>/dev/i2c-1; exec /usr/bin/python3 -c 'import fcntl, os\nfcntl.ioctl(3, 0x703, 0x20)\n" \
                 "os.write(3, b\"\\x20hello\")\nos.write(3, b\"\\x20\")\nprint(os.read(3, 5))'"
        for shell in "dash", "bash":
            result = self.exec(shell, "-c", script)
            self.assertEqual((result.stdout, result.stderr, result.returncode), ("b'hello'\n", "", 0), shell)

    def test_what_the_node_looks_like(self):
        script = "test -c /dev/i2c-1 && test -r /dev/i2c-1 && stat -c '%F %t:%T' /dev/i2c-1 && echo /dev/i2c-* && " \
                 "ls -l /dev/i2c-1 | cut -c1,5-10 && realpath /dev/i2c-1 && cat /sys/class/i2c-dev/i2c-1/name && " \
                 "ls /sys/bus/i2c/devices | grep i2c-1"
        for shell in "dash", "bash":
            result = self.exec(shell, "-c", script)
            self.assertEqual((result.stdout, result.stderr, result.returncode),
                             ("character special file 59:1\n/dev/i2c-1\nc------\n/dev/i2c-1\ni2ctarget bus 1\ni2c-1\n", "", 0), shell)

    def test_find(self):
        result = self.exec("find", "/dev", "-maxdepth", "1", "-name", "i2c-1", "-type", "c")
        self.assertEqual((result.stdout, result.returncode), ("/dev/i2c-1\n", 0))

    def test_dd(self):
        result = self.exec("dash", "-c", "exec 3<>/dev/i2c-1; /usr/bin/python3 -c 'import fcntl; fcntl.ioctl(3, 0x703, 0x20)'; "
                           "printf '\\060data' | dd bs=16 2>/dev/null >&3; printf '\\060' >&3; dd bs=4 count=1 2>/dev/null <&3")
        self.assertEqual((result.stdout, result.stderr), ("data", ""))


if __name__ == "__main__":
    unittest.main()
