#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""i2ctarget-cuse and the kernel (cuse_kernel.py): what it answers, what it keeps, and how it ends."""

import errno
import os
import resource
import signal
import socket
import struct
import sys
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shim"))
from shimtest import ShimTest, wait_until
from buses import has_signal, ignoring
from cuse_kernel import COMPAT, NUMBER, POLL, STEAL, UNRESTRICTED, Kernel

I2C_RETRIES, I2C_SLAVE, I2C_FUNCS, I2C_RDWR, I2C_SMBUS = 0x701, 0x703, 0x705, 0x707, 0x720
I2C_M_RD, I2C_M_RECV_LEN = 1, 0x400
MEMORY, NOBODY, SILENT = 0x20, 0x2F, 0x22
NODE = f"/dev/i2c-{NUMBER}"


class DeviceTest(ShimTest):
    """A bus, a target with 256 bytes of memory, and the device."""

    def setUp(self):
        super().setUp()
        self.kernel = self.attach()

    def attach(self, node=True, **popen):
        kernel = self.opened(Kernel(self.directory, **popen))
        if node:
            self.make_node(kernel)
        self.assertEqual(kernel.init(), (UNRESTRICTED, f"DEVNAME=i2c-{NUMBER}"))
        return kernel

    @staticmethod
    def make_node(kernel):
        with open(kernel.root + NODE, "w", encoding="ascii"):
            pass

    def opened_file(self, address=None):
        error, file = self.kernel.open()
        self.assertEqual(error, 0)
        if address is not None:
            self.assertEqual(self.kernel.ioctl(file, I2C_SLAVE, address), (0, 0))
        return file

    def leaves_nothing(self, action, rounds=30):
        """Doing it many times must take no more descriptors and memory than doing it once."""
        action()
        before = self.kernel.descriptors(), self.kernel.heap_bytes()
        for _ in range(rounds):
            action()
        self.assertEqual((self.kernel.descriptors(), self.kernel.heap_bytes()), before)

    def files_of_bus(self):
        """How many connections the bus has."""
        return self.bus.descriptors()

    def allow_no_more_descriptors(self):
        used = set(map(int, self.kernel.descriptors()))
        lowest = next(fd for fd in range(1000) if fd not in used)
        resource.prlimit(self.kernel.process.pid, resource.RLIMIT_NOFILE, (lowest, lowest))

    def play_files(self, answer):
        """From now on the test's own server opens files.  `answer` is what it sends; None: it closes the
        connection."""
        path = f"{self.directory}/i2c-1"
        os.unlink(path)
        listener = self.opened(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
        listener.bind(path)
        listener.listen(8)

        def serve():
            while True:
                try:
                    peer, _ = listener.accept()
                except OSError:
                    return
                with peer:
                    peer.recv(64)
                    if answer is not None:
                        peer.send(answer)

        threading.Thread(target=serve, daemon=True).start()
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)
        return path


class Open(DeviceTest):
    def error_of_open(self, answer):
        self.play_files(answer)
        return self.kernel.open()[0]

    def test_no_server(self):
        os.unlink(f"{self.directory}/i2c-1")
        self.assertEqual(self.kernel.open()[0], errno.ENODEV)

    def test_socket_of_a_server_that_went(self):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.unlink(f"{self.directory}/i2c-1")
        listener.bind(f"{self.directory}/i2c-1")
        listener.close()
        self.assertEqual(self.kernel.open()[0], errno.ENODEV)

    def test_server_says_why(self):
        self.assertEqual(self.error_of_open(struct.pack("<i", -errno.EMFILE)), errno.EMFILE)

    def test_server_hangs_up(self):
        self.assertEqual(self.error_of_open(None), errno.ENODEV)

    def test_server_talks_nonsense(self):
        self.assertEqual(self.error_of_open(struct.pack("<i", 7)), errno.ENODEV)
        self.assertEqual(self.error_of_open(b"no"), errno.ENODEV)

    def test_no_descriptors_left(self):
        self.allow_no_more_descriptors()
        self.assertEqual(self.kernel.open()[0], errno.EMFILE)

    def test_refused_open_leaves_nothing(self):
        self.play_files(struct.pack("<i", -errno.EMFILE))
        self.leaves_nothing(self.kernel.open)

    def test_interrupted_open_is_closed(self):
        file = self.opened_file(MEMORY)

        def interrupted():
            self.kernel.order_write(errno.ENOENT)  # the opener is gone
            unique = self.kernel.send_open()
            self.assertEqual(self.kernel.write(file, b"\x01\x02"), (0, 2))  # an open file is not touched
            self.assertNotIn(unique, self.kernel.replies)

        self.leaves_nothing(interrupted)

    def test_reply_that_fails_otherwise_keeps_the_file(self):
        before = len(self.kernel.descriptors())
        self.kernel.order_write(errno.EIO)
        self.kernel.send_open()
        self.assertEqual(len(self.kernel.descriptors()), before + 1)  # its release comes


class Close(DeviceTest):
    def test_files_are_closed_in_any_order(self):
        before = len(self.kernel.descriptors())

        def close_three():
            for order in (0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0):
                files = [self.opened_file() for _ in order]
                self.assertEqual(len(set(files)), 3)
                for left, i in zip((2, 1, 0), order):
                    self.assertEqual(self.kernel.release(files[i]), 0)
                    self.assertEqual(len(self.kernel.descriptors()), before + left)

        self.leaves_nothing(close_three)

    def test_server_hears_of_it(self):
        before = self.files_of_bus()
        file = self.opened_file()
        wait_until(lambda: self.files_of_bus() == before + 1, "the file is open")
        self.kernel.release(file)
        wait_until(lambda: self.files_of_bus() == before, "the file is closed")

    def test_each_has_its_own_address(self):
        one, other = self.opened_file(MEMORY), self.opened_file(NOBODY)
        self.assertEqual(self.kernel.write(one, b"\x10\x55"), (0, 2))
        self.assertEqual(self.kernel.write(other, b"\x10\x66")[0], errno.ENXIO)
        self.kernel.release(other)
        self.assertEqual(self.kernel.write(one, b"\x10"), (0, 1))
        self.assertEqual(self.kernel.read(one, 1), (0, b"\x55"))


class Calls(DeviceTest):
    def test_write_says_how_many(self):
        file = self.opened_file(MEMORY)
        for data in b"\x10", b"\x10\x01\x02", bytes(range(200)):
            self.assertEqual(self.kernel.write(file, data), (0, len(data)))
        self.kernel.ioctl(file, I2C_SLAVE, NOBODY)
        self.assertEqual(self.kernel.write(file, b"\x10"), (errno.ENXIO, None))

    def test_read_gives_what_was_written(self):
        file = self.opened_file(MEMORY)
        self.kernel.write(file, b"\x40\x01\x02\x03")
        self.kernel.write(file, b"\x40")
        self.assertEqual(self.kernel.read(file, 3), (0, b"\x01\x02\x03"))
        self.kernel.ioctl(file, I2C_SLAVE, NOBODY)
        self.assertEqual(self.kernel.read(file, 1), (errno.ENXIO, b""))

    def test_longest(self):
        """The longest result in one piece, and what i2c-dev limits."""
        file = self.opened_file(MEMORY)
        self.kernel.write(file, b"\x00" + bytes(range(256)))
        for size in 8191, 8192, 8193, 70000:
            self.kernel.write(file, b"\x00")
            self.assertEqual(self.kernel.read(file, size), (0, (bytes(range(256)) * 32)[:size]))
        self.assertEqual(self.kernel.write(file, bytes(8193)), (0, 8192))
        self.assertGreaterEqual(min(self.kernel.max_read, self.kernel.max_write), 8192)

    def test_ioctls(self):
        file = self.opened_file()
        memory = bytearray(64)
        self.assertEqual(self.kernel.ioctl(file, I2C_FUNCS, 4096, memory), (0, 0))
        self.assertTrue(struct.unpack_from("<Q", memory)[0] & 1)  # I2C_FUNC_I2C
        self.assertEqual(self.kernel.ioctl(file, I2C_FUNCS, 64, memory), (errno.EFAULT, None))
        self.assertEqual(self.kernel.ioctl(file, 0x5401, 0), (errno.ENOTTY, None))
        self.assertEqual(self.kernel.ioctl(file, I2C_SLAVE, 0x400), (errno.EINVAL, None))

    def rdwr(self, file, *messages):
        """Returns (error, result), memory.  Each message's buffer has 16 bytes, from 512 on."""
        memory = bytearray(8192)
        struct.pack_into("<QI", memory, 0, 4096 + 64, len(messages))
        for i, (address, flags, data) in enumerate(messages):
            length = data if isinstance(data, int) else len(data)
            struct.pack_into("<HHHHQ", memory, 64 + 16 * i, address, flags, length, 0, 4096 + 512 + 16 * i)
            if not isinstance(data, int):
                memory[512 + 16 * i : 512 + 16 * i + length] = data
        return self.kernel.ioctl(file, I2C_RDWR, 4096, memory), memory

    def test_rdwr(self):
        file = self.opened_file()
        self.assertEqual(self.rdwr(file, (MEMORY, 0, b"\x30\x0a\x0b"))[0], (0, 1))
        result, memory = self.rdwr(file, (MEMORY, 0, b"\x30"), (MEMORY, I2C_M_RD, 2))
        self.assertEqual((result, memory[528:530]), ((0, 2), b"\x0a\x0b"))

    def test_32_bits(self):
        file = self.opened_file(MEMORY)
        self.kernel.write(file, b"\x50\x77")
        memory = bytearray(64)
        memory[:12] = struct.pack("<BBHII", 1, 0x50, 0, 2, 4096 + 32)
        error, body = self.kernel.reply(self.kernel.send_ioctl(file, I2C_SMBUS, 4096, flags=COMPAT))
        _, _, ins, outs = struct.unpack("<iIII", body[:16])
        self.assertEqual((error, ins, outs, struct.unpack("<QQ", body[16:32])), (0, 1, 0, (4096, 12)))
        error, body = self.kernel.reply(self.kernel.send_ioctl(file, I2C_SMBUS, 4096, bytes(memory[:12]), flags=COMPAT))
        error, body = self.kernel.reply(self.kernel.send_ioctl(file, I2C_SMBUS, 4096, bytes(memory[:12]), 1, flags=COMPAT))
        self.assertEqual((error, body[16:]), (0, b"\x77"))

    def test_refused_ioctls_leave_nothing(self):
        """No connection, and no memory: the call is used again."""
        file = self.opened_file()
        wrong = (MEMORY, I2C_M_RD, 16), (MEMORY, I2C_M_RD | I2C_M_RECV_LEN, 0)

        def refuse():
            self.assertEqual(self.rdwr(file, *wrong)[0], (errno.EINVAL, None))
            self.assertEqual(self.kernel.ioctl(file, 0x5401, 0), (errno.ENOTTY, None))
            self.assertEqual(self.kernel.ioctl(file, I2C_FUNCS, 64), (errno.EFAULT, None))

        self.leaves_nothing(refuse)

    def test_no_descriptors_left_for_a_call(self):
        file = self.opened_file(MEMORY)
        self.bus.process.send_signal(signal.SIGSTOP)  # the idle connection is in use
        first = self.kernel.send_read(file, 1)
        wait_until(lambda: not self.kernel.is_answered(0.1), "the call waits")
        self.allow_no_more_descriptors()
        for unique in self.kernel.send_read(file, 1), self.kernel.send_ioctl(file, I2C_SLAVE, 1):
            self.assertEqual(self.kernel.reply(unique)[0], errno.EMFILE)
        self.assertEqual(self.kernel.write(file, b"\0")[0], errno.EMFILE)
        self.bus.process.send_signal(signal.SIGCONT)
        self.assertEqual(self.kernel.reply(first)[0], 0)

    def test_calls_leave_nothing(self):
        file = self.opened_file(MEMORY)

        def call():
            self.assertEqual(self.kernel.write(file, b"\x10\x55"), (0, 2))
            self.assertEqual(self.kernel.read(file, 1)[0], 0)
            self.assertEqual(self.rdwr(file, (MEMORY, 0, b"\x30"), (MEMORY, I2C_M_RD, 2))[0], (0, 2))

        self.leaves_nothing(call)


class Waiting(DeviceTest):
    TARGETS = {"smbus_device": MEMORY, "silent": SILENT}

    def stall(self):
        file = self.opened_file(SILENT)
        return self.kernel.send_read(file, 1)

    def test_other_calls_go_on(self):
        stalled = self.stall()
        file = self.opened_file()
        self.assertEqual(self.kernel.ioctl(file, I2C_FUNCS, 4096, bytearray(8)), (0, 0))
        self.assertEqual(self.kernel.release(file), 0)
        self.assertNotIn(stalled, self.kernel.replies)

    def test_signal(self):
        stalled = self.stall()
        self.bus.process.send_signal(signal.SIGSTOP)
        self.kernel.interrupt(stalled)
        self.assertEqual(self.kernel.reply(stalled), (errno.EINTR, b""))

    def test_interrupted_calls_leave_nothing(self):
        """Their connections are closed."""
        file = self.opened_file(MEMORY)

        def interrupted():
            self.assertEqual(self.kernel.ioctl(file, I2C_RETRIES, 1), (0, 0))
            self.bus.process.send_signal(signal.SIGSTOP)
            stalled = self.kernel.send_read(file, 1)
            self.kernel.interrupt(stalled)
            self.assertEqual(self.kernel.reply(stalled), (errno.EINTR, b""))
            self.bus.process.send_signal(signal.SIGCONT)

        self.leaves_nothing(interrupted, 4)

    def test_request_that_went(self):
        """Between the wake-up and read() its caller gave it up."""
        file = self.opened_file(MEMORY)
        for order in errno.EAGAIN, errno.EINTR, errno.ENOENT, STEAL:
            self.kernel.order_read(order)
            unique = self.kernel.send_read(file, 1)
            if order == STEAL:
                wait_until(lambda: not self.kernel.is_answered(0.1), "it is not answered")
            else:
                self.assertEqual(self.kernel.reply(unique)[0], 0, errno.errorcode[order])
        self.assertEqual(self.kernel.read(file, 1)[0], 0)

    def test_reading_the_device_never_blocks(self):
        """The request that woke it is removed, and nothing comes after it.  It must still react to
        signals."""
        self.kernel.order_read(STEAL)
        self.kernel.send(POLL, bytes(24))
        self.assertEqual(self.read_line(), f"{NODE} is bus 1\n")
        wait_until(lambda: not self.kernel.is_answered(0.2), "it is stolen")
        self.assertEqual(self.kernel.stop(signal.SIGTERM)[0], 0)

    def read_line(self):
        return self.kernel.process.stdout.readline()


class Beginning(DeviceTest):
    def setUp(self):
        ShimTest.setUp(self)

    def test_taken(self):
        os.makedirs(self.directory + "/root/dev")
        with open(self.directory + "/root" + NODE, "w", encoding="ascii"):
            pass
        kernel = self.opened(Kernel(self.directory))
        self.assertEqual(kernel.stop(), (1, "", f"i2ctarget: {NODE} is there already: choose another number with --cuse=NUMBER\n"))

    def test_no_node(self):
        os.makedirs(f"{self.directory}/root/sys/class/cuse/i2c-{NUMBER}")
        with open(f"{self.directory}/root/sys/class/cuse/i2c-{NUMBER}/dev", "w", encoding="ascii") as file:
            file.write("240:7\n")
        kernel = self.attach(node=False)
        kernel.ask(POLL, bytes(24))
        self.assertEqual(kernel.stop(signal.SIGTERM), (0, f"{NODE} is bus 1\n",
            "i2ctarget: the device is there (240:7), but nobody made a node for it in /dev: use mknod\n"))

    def test_kernel_does_not_make_it(self):
        kernel = self.opened(Kernel(self.directory))
        kernel.order_read(errno.ENODEV)
        kernel.send(POLL, bytes(24))
        self.assertEqual(kernel.stop(), (1, "", f"i2ctarget: the kernel did not make {NODE}\n"))

    def test_stopped_before_it_was_made(self):
        kernel = self.opened(Kernel(self.directory))
        self.assertEqual(kernel.stop(signal.SIGTERM), (1, "", f"i2ctarget: the kernel did not make {NODE}\n"))

    def test_may_have_many_descriptors(self):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        kernel = self.attach(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, most)))
        kernel.ask(POLL, bytes(24))
        self.assertEqual(resource.prlimit(kernel.process.pid, resource.RLIMIT_NOFILE), (most, most))

    def test_output_that_can_not_be_written(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            kernel = self.attach(node=False, stdout=full)
        status, _, err = kernel.stop()
        self.assertEqual(status, 1)
        self.assertIn(f"i2ctarget: cannot say that {NODE} is there: No space left on device\n", err)

    def test_nobody_listens_to_its_output(self):
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "w") as broken:
            kernel = self.attach(stdout=broken)
        status, _, err = kernel.stop()
        self.assertEqual((status, err), (1, f"i2ctarget: cannot say that {NODE} is there: Broken pipe\n"))


class End(DeviceTest):
    TARGETS = {"smbus_device": MEMORY, "silent": SILENT}

    def test_signals(self):
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            self.assertEqual(self.kernel.open()[0], 0)
            self.assertEqual(self.kernel.stop(number), (0, f"{NODE} is bus 1\n", ""))
            os.unlink(self.kernel.root + NODE)
            self.kernel = self.attach()
        self.kernel.ask(POLL, bytes(24))

    def test_a_signal_that_was_ignored_at_the_start_stays_ignored(self):
        """As in `nohup i2ctarget attach --cuse`, when its terminal goes."""
        os.unlink(self.kernel.root + NODE)
        kernel = self.attach(preexec_fn=ignoring(signal.SIGHUP))
        # Blocked it would be kept, and read: that it is ignored would not count.
        self.assertFalse(has_signal(kernel.process.pid, "SigBlk", signal.SIGHUP), "SIGHUP is waited for")
        kernel.process.send_signal(signal.SIGHUP)
        self.assertEqual(kernel.open()[0], 0)
        self.assertEqual(kernel.stop(signal.SIGTERM), (0, f"{NODE} is bus 1\n", ""))

    def test_who_waits_is_told(self):
        stalled = self.kernel.send_read(self.opened_file(SILENT), 1)
        self.kernel.ask(POLL, bytes(24))
        self.kernel.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.kernel.reply(stalled), (errno.ENODEV, b""))
        self.assertEqual(self.kernel.stop(), (0, f"{NODE} is bus 1\n", ""))

    def test_bus_ends(self):
        self.opened_file(MEMORY)
        self.bus.stop(signal.SIGKILL)
        self.assertEqual(self.kernel.stop(), (1, f"{NODE} is bus 1\n", "i2ctarget: bus 1 has ended\n"))

    def test_kernel_takes_it_away(self):
        self.opened_file(MEMORY)
        self.kernel.order_read(errno.ENODEV)
        self.kernel.send(POLL, bytes(24))
        self.assertEqual(self.kernel.stop(), (0, f"{NODE} is bus 1\n", ""))

    def test_device_is_broken(self):
        self.kernel.order_read(errno.EIO)
        self.kernel.send(POLL, bytes(24))
        self.assertEqual(self.kernel.stop()[:2], (0, f"{NODE} is bus 1\n"))


if __name__ == "__main__":
    unittest.main()
