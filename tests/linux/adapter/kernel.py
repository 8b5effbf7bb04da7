# SPDX-License-Identifier: MIT
"""The kernel's side of an attached adapter: USB/IP as vhci-hcd uses it, and on top of it what the driver i2c-tiny-usb does.

Written from Linux Documentation/usb/usbip_protocol.rst and the behaviour of drivers/i2c/busses/i2c-tiny-usb.c, without knowledge of the
code that it tests.  A call has two halves where a test may want to do something in between."""

import collections
import errno
import socket
import struct

import protocol
from attaching import Attachment

SUBMIT, UNLINK, SUBMITTED, UNLINKED = 1, 2, 3, 4
OUT, IN = 0, 1
STALL, CANCELLED = -errno.EPIPE, -errno.ECONNRESET

# bmRequestType, bRequest
STANDARD_OUT, STANDARD_IN, VENDOR_OUT, VENDOR_IN = 0x00, 0x80, 0x41, 0xC1
GET_DESCRIPTOR, SET_CONFIGURATION = 6, 9
DEVICE, CONFIGURATION, STRING = 1, 2, 3
ECHO, GET_FUNC, SET_DELAY, GET_STATUS, I2C_IO = range(5)
BEGIN, END = 1, 2

I2C_M_DMA_SAFE = 0x0200

Result = collections.namedtuple("Result", "status length data")
Setup = collections.namedtuple("Setup", "type request value index length")


class Kernel:
    """A stream socket whose other end the attaching process has."""

    def __init__(self, bus=1, devid=0x10001, first_seqnum=1, timeout=10):
        self.owner = Attachment(bus)
        self.socket = self.owner.take_stream()
        self.socket.settimeout(timeout)
        self.devid, self.seqnum = devid, first_seqnum
        self.buffer = b""
        self.expected = {}  # seqnum: (direction, length)
        self.results = {}
        self.unlinked = {}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        self.socket.close()
        self.owner.close()

    # The stream

    def header(self, command, seqnum, direction=0, *rest, endpoint=0):
        return struct.pack(">5I", command, seqnum, self.devid, direction, endpoint) + b"".join(rest)

    def next_seqnum(self):
        """The controller chooses them, and may leave out numbers."""
        self.seqnum = (self.seqnum + 3) & 0xFFFFFFFF
        return self.seqnum

    def submit_bytes(self, setup, data=b"", length=None, direction=None, packets=0, endpoint=0):
        """(seqnum, the bytes) of a request for a control transfer."""
        seqnum = self.next_seqnum()
        if direction is None:
            direction = IN if setup.type & 0x80 else OUT
        length = setup.length if length is None else length
        self.expected[seqnum] = (direction, length)
        return seqnum, self.header(SUBMIT, seqnum, direction, struct.pack(">5I", 0, length, 0, packets, 0),
                                   struct.pack("<BBHHH", *setup), data, endpoint=endpoint)

    def send(self, data):
        self.socket.sendall(data)

    def submit(self, setup, data=b"", **keywords):
        seqnum, request = self.submit_bytes(setup, data, **keywords)
        self.send(request)
        return seqnum

    def unlink(self, unlinked):
        seqnum = self.next_seqnum()
        self.send(self.header(UNLINK, seqnum, 0, struct.pack(">I", unlinked), bytes(24)))
        return seqnum

    def have(self, count):
        while len(self.buffer) < count:
            more = self.socket.recv(65536)
            if not more:
                raise protocol.Gone
            self.buffer += more
        head, self.buffer = self.buffer[:count], self.buffer[count:]
        return head

    def receive(self):
        """Receives one answer."""
        command, seqnum, devid, direction, endpoint, status, length, start, packets, errors = struct.unpack(">5IiIIII", self.have(40))
        assert (devid, direction, endpoint, start, packets, errors) == (0,) * 6
        assert self.have(8) == bytes(8)
        if command == UNLINKED:
            assert length == 0
            self.unlinked[seqnum] = status
            return
        assert command == SUBMITTED, command
        direction, asked = self.expected.pop(seqnum)
        assert length <= asked
        self.results[seqnum] = Result(status, length, self.have(length) if direction == IN else b"")

    def result(self, seqnum):
        while seqnum not in self.results:
            self.receive()
        return self.results.pop(seqnum)

    def unlink_status(self, seqnum):
        while seqnum not in self.unlinked:
            self.receive()
        return self.unlinked.pop(seqnum)

    def is_silent(self, seconds=0.05):
        """Nothing arrives for so long."""
        timeout = self.socket.gettimeout()
        self.socket.settimeout(seconds)
        try:
            self.receive()
            return False
        except socket.timeout:
            return True
        finally:
            self.socket.settimeout(timeout)

    def is_gone(self):
        try:
            while True:
                self.receive()
        except (protocol.Gone, ConnectionResetError):
            return True
        except socket.timeout:
            return False

    def control(self, setup, data=b"", **keywords):
        return self.result(self.submit(setup, data, **keywords))

    # USB: what the hub driver and usbcore ask for

    def descriptor(self, kind, index=0, length=255):
        result = self.control(Setup(STANDARD_IN, GET_DESCRIPTOR, kind << 8 | index, 0x0409 if kind == STRING and index else 0, length))
        return result.data if result.status == 0 else None

    def enumerate(self):
        """As the kernel does it: the device's descriptor, its strings."""
        head = self.descriptor(DEVICE, length=64)
        assert head[:2] == bytes([18, DEVICE]) and head[7] == 64
        device = self.descriptor(DEVICE, length=18)
        total = struct.unpack("<H", self.descriptor(CONFIGURATION, length=9)[2:4])[0]
        configuration = self.descriptor(CONFIGURATION, length=total)
        assert self.descriptor(STRING)[:2] == bytes([4, STRING])
        strings = [self.descriptor(STRING, index)[2:].decode("utf-16-le") for index in (device[14], device[15])]
        assert self.control(Setup(STANDARD_OUT, SET_CONFIGURATION, 1, 0, 0)).status == 0
        return device, configuration, strings

    # i2c-tiny-usb

    def probe(self):
        assert self.control(Setup(VENDOR_OUT, SET_DELAY, 10, 0, 0)).status == 0

    def functionality(self):
        result = self.control(Setup(VENDOR_IN, GET_FUNC, 0, 0, 4))
        assert result.status == 0
        return struct.unpack("<I", result.data)[0]

    def status(self):
        result = self.control(Setup(VENDOR_IN, GET_STATUS, 0, 0, 1))
        assert result.status == 0 and result.length == 1
        return result.data[0]

    def send_message(self, address, what, begins=True, ends=True, flags=0):
        """Sends one message, `what` as in protocol.Controller.send_transfer().  Returns the seqnum."""
        is_read = isinstance(what, int)
        length = what if is_read else len(what)
        setup = Setup(VENDOR_IN if is_read else VENDOR_OUT, I2C_IO + (BEGIN if begins else 0) + (END if ends else 0),
                      flags | (protocol.I2C_M_RD if is_read else 0), address, length)
        return self.submit(setup, b"" if is_read else bytes(what))

    def message_result(self, seqnum, length):
        """As usb_xfer() judges it: the bytes, if it was a read."""
        result = self.result(seqnum)
        if result.status != 0 or result.length != length:
            raise OSError(errno.EIO, "failure reading or writing data")
        if self.status() == 2:
            raise OSError(errno.ENXIO, "address not acknowledged")
        return result.data

    def transfer(self, *messages):
        """All of an I2C_RDWR: [the bytes of each read].  OSError, as the kernel gives it."""
        reads = []
        for number, (address, what, *flags) in enumerate(messages):
            seqnum = self.send_message(address, what, number == 0, number == len(messages) - 1, (flags or [0])[0])
            data = self.message_result(seqnum, what if isinstance(what, int) else len(what))
            if isinstance(what, int):
                reads.append(data)
        return reads

    def read_byte_data(self, address, command):
        return self.transfer((address, [command]), (address, 1))[0][0]
