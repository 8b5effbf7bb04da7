# SPDX-License-Identifier: MIT
"""The kernel's side of /dev/cuse: requests to i2ctarget-cuse as Linux fs/fuse/cuse.c makes them, and its replies.

The program and libfuse are the real ones; played_cuse.c makes them open a socket.  A call has two halves where a test may want to
do something in between.  Numbers and structures: <linux/fuse.h>."""

import errno
import os
import select
import socket
import struct
import subprocess

DEVICE = os.environ["BUILD_DIR"] + "/i2ctarget-cuse"
PRELOADED = os.environ["BUILD_DIR"] + "/tests/linux/cuse/libplayed_cuse.so"
NUMBER = 1048575  # no adapter has that one

INIT, OPEN, READ, WRITE, RELEASE, INTERRUPT, IOCTL, POLL = 4096, 14, 15, 16, 18, 36, 39, 40
UNRESTRICTED, COMPAT, RETRY = 1 << 0, 1 << 0, 1 << 2  # FUSE_IOCTL_COMPAT, FUSE_IOCTL_RETRY
STEAL, HEAP = -1, -2
PACKET_MAX = 400 * 1024


class Kernel:
    """`i2ctarget-cuse BUS NUMBER` with this object as its kernel."""

    def __init__(self, directory, bus=1, **popen):
        self.root = directory + "/root"
        os.makedirs(self.root + "/dev", exist_ok=True)
        self.socket, device = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(10)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PACKET_MAX)
        self.read_orders, reads = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.write_orders, writes = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.read_orders.settimeout(10)
        fds = [end.fileno() for end in (device, reads, writes)]
        environment = dict(os.environ, LD_PRELOAD=PRELOADED, PLAYED_CUSE="{},{},{}".format(*fds), PLAYED_ROOT=self.root,
                           GLIBC_TUNABLES="glibc.malloc.tcache_count=0")  # otherwise memory in a cache would count as used
        popen = {"stdout": subprocess.PIPE, **popen}
        self.process = subprocess.Popen([DEVICE, str(bus), str(NUMBER)], stderr=subprocess.PIPE, text=True, env=environment,
                                        pass_fds=fds, **popen)
        for end in device, reads, writes:
            end.close()
        self.is_opened = bool(self.read_orders.recv(1))
        self.unique = 0
        self.replies = {}

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=20)
        for end in self.socket, self.read_orders, self.write_orders:
            end.close()

    def stop(self, number=None):
        """Returns its status, what it printed, and its error messages."""
        if number:
            self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err

    # -- what is peculiar

    def order_read(self, order):
        self.read_orders.send(struct.pack("<i", order))

    def order_write(self, order):
        self.write_orders.send(struct.pack("<i", order))

    def heap_bytes(self):
        """The memory in use after all earlier requests were served."""
        self.order_read(HEAP)
        self.ask(POLL, bytes(24))
        return struct.unpack("<Q", self.read_orders.recv(8))[0]

    def descriptors(self):
        """The same."""
        self.ask(POLL, bytes(24))
        return sorted(os.listdir(f"/proc/{self.process.pid}/fd"))

    # -- requests and replies

    def send(self, opcode, body, unique=None):
        self.unique += 2
        self.socket.send(struct.pack("<IIQQIIII", 40 + len(body), opcode, unique or self.unique, 0, 0, 0, 1, 0) + body)
        return self.unique

    def reply(self, unique):
        """(error, the rest) of one request's reply; replies to others are kept."""
        while unique not in self.replies:
            packet = self.socket.recv(PACKET_MAX)
            if not packet:
                raise EOFError
            length, error, of = struct.unpack("<IiQ", packet[:16])
            assert length == len(packet), (length, len(packet))
            assert of not in self.replies, "answered twice"
            self.replies[of] = -error, packet[16:]
        return self.replies.pop(unique)

    def is_answered(self, seconds=0):
        return bool(select.select([self.socket], [], [], seconds)[0])

    def ask(self, opcode, body):
        return self.reply(self.send(opcode, body))

    def init(self):
        """(flags, what the device is called): the program and the kernel shake hands."""
        error, body = self.ask(INIT, struct.pack("<IIII", 7, 31, 0, UNRESTRICTED))
        assert error == 0, error
        major, minor, _, flags, self.max_read, self.max_write, dev_major, dev_minor = struct.unpack("<8I", body[:32])
        assert major == 7 and dev_major == dev_minor == 0
        return flags, body[72:].split(b"\0")[0].decode()

    # -- calls: (error, …)

    def send_open(self):
        return self.send(OPEN, struct.pack("<II", os.O_RDWR, 0))

    def open(self):
        error, body = self.reply(self.send_open())
        return error, struct.unpack("<QII", body)[0] if error == 0 else None

    def release(self, file):
        return self.ask(RELEASE, struct.pack("<QIIQ", file, os.O_RDWR, 0, 0))[0]

    def send_read(self, file, size):
        return self.send(READ, struct.pack("<QQIIQII", file, 0, size, 0, 0, os.O_RDWR, 0))

    def read(self, file, size):
        return self.reply(self.send_read(file, size))

    def write(self, file, data):
        error, body = self.ask(WRITE, struct.pack("<QQIIQII", file, 0, len(data), 0, 0, os.O_RDWR, 0) + data)
        return error, struct.unpack("<II", body)[0] if error == 0 else None

    def interrupt(self, unique):
        self.send(INTERRUPT, struct.pack("<Q", unique), unique + 1)

    def send_ioctl(self, file, number, argument, brought=b"", room=0, flags=0):
        return self.send(IOCTL, struct.pack("<QIIQII", file, flags, number, argument, len(brought), room) + brought)

    def ioctl(self, file, number, argument, memory=None):
        """Called as a program calls it.  `memory`: the caller's, a bytearray that begins at address 4096.
        Returns (error, result)."""
        brought, room, outs = b"", 0, []
        while True:
            error, body = self.reply(self.send_ioctl(file, number, argument, brought, room))
            if error:
                return error, None
            result, flags, in_count, out_count = struct.unpack("<iIII", body[:16])
            if not flags & RETRY:
                self.take_back(memory, outs, body[16:])
                return 0, result
            pieces = [struct.unpack_from("<QQ", body, 16 + 16 * i) for i in range(in_count + out_count)]
            ins, outs = pieces[:in_count], pieces[in_count:]
            if memory is None or any(at < 4096 or at + size > 4096 + len(memory) for at, size in pieces):
                return errno.EFAULT, None
            brought = b"".join(bytes(memory[at - 4096 : at - 4096 + size]) for at, size in ins)
            room = sum(size for _, size in outs)

    @staticmethod
    def take_back(memory, outs, data):
        for at, size in outs:
            piece, data = data[:size], data[size:]
            if memory is not None:
                memory[at - 4096 : at - 4096 + len(piece)] = piece
