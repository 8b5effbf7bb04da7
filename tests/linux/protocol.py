# SPDX-License-Identifier: MIT
"""The protocol between a bus server and its peers, in Python.

This is a second implementation of docs/PROTOCOL.md, written only from that text: a controller, a target, a monitor and an open file.
Each is as simple as possible, so that a test can also do what no correct peer does.  It uses only the standard library.

    with Controller(1) as controller, Target(1, [0x40]) as target:
        controller.send_read_byte_data(0x40, 1)
        call = target.next_call()
        …
"""

import io
import mmap
import os
import select
import socket
import struct

MAGIC = 0x74633269
VERSION = 6
PAYLOAD_MAX = 512 * 1024

CONTROLLER, TARGET, MONITOR, ADAPTER = 1, 2, 3, 4
(HELLO, WELCOME, REFUSED, REQUEST, REPLY, LISTEN, LISTENING, COMMIT, EVENTS, TRANSFER, STEP, STEPPED, GIVE_UP, ADDRESSES,
 ADDRESSES_SET) = range(1, 16)
BEGINS, ENDS = 1, 2
OP_SET, OP_FUNCS, OP_SMBUS, OP_RDWR, OP_READ, OP_WRITE, OP_PRESENT, OP_PEERS, OP_ADD_FAULT, OP_CLEAR_FAULT, OP_FAULTS = range(1, 12)
ADDRESS_OPEN, ADDRESS_ACK, ADDRESS_NACK = range(3)
THEN_HOLD, THEN_REFUSE = range(2)
CLAIM_NONE, CLAIM_ACK, CLAIM_NACK, CLAIM_THROUGH = range(4)
CLAIM_CLOSED = 4  # added to the answer: the way to the next hold is closed
HOLD_MAX = (1 << 29) - 1
(NONE, NO_ADDRESS, APPLICATION, CLOSED, LIMIT, TIMEOUT, LOST, DEAF, FAULT) = range(9)
SMBUS, FORECASTS = 1, 2

# Events, and why a message ended.
ADDRESSED, RECEIVED, REQUESTED, ENDED = range(1, 5)
(STOP, RESTART, CONTROLLER_NACK, ARBITRATION_LOST, END_TIMEOUT, BUS_ERROR, PORT_LOST, END_CLOSED) = range(1, 9)

# Flags of a message in a TRANSFER.
READ, SR, NO_START, ADDRESS_ACKED, NO_NINTH, STOPPED, NO_ADDRESS, CALLED = 1, 2, 4, 8, 16, 32, 64, 128

# ioctl numbers and message flags of i2c-dev.
I2C_RETRIES, I2C_TIMEOUT, I2C_SLAVE, I2C_TENBIT, I2C_SLAVE_FORCE, I2C_PEC = 0x701, 0x702, 0x703, 0x704, 0x706, 0x708
I2C_M_RD, I2C_M_STOP, I2C_M_RECV_LEN = 0x0001, 0x8000, 0x0400
I2C_M_NO_RD_ACK, I2C_M_IGNORE_NAK, I2C_M_REV_DIR_ADDR, I2C_M_NOSTART = 0x0800, 0x1000, 0x2000, 0x4000


def directory():
    """The directory of the sockets.  The tests always set it."""
    return os.environ["I2CTARGET_DIR"]


class Gone(Exception):
    """The server has closed the connection."""


class Refused(Exception):
    """The server answered HELLO with REFUSED."""

    def __init__(self, error, version, text):
        super().__init__(text)
        self.error, self.version, self.text = error, version, text


class Peer:
    """A connection to the stream socket: whole frames in and out."""

    def __init__(self, bus=1, timeout=10):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        self.buffer = b""
        try:
            self.socket.connect(f"{directory()}/bus-{bus}")
        except OSError:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        self.socket.close()

    def send_bytes(self, data):
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            raise Gone from None

    def send(self, kind, payload=b""):
        self.send_bytes(struct.pack("<IHH", len(payload), kind, 0) + payload)

    def _have(self, count):
        while len(self.buffer) < count:
            try:
                more = self.socket.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                raise Gone
            self.buffer += more

    def receive(self):
        """The next frame: (type, payload)."""
        self._have(8)
        length, kind, zero = struct.unpack("<IHH", self.buffer[:8])
        assert length <= PAYLOAD_MAX and zero == 0, (length, kind, zero)
        self._have(8 + length)
        payload, self.buffer = self.buffer[8 : 8 + length], self.buffer[8 + length :]
        return kind, payload

    def has_more(self):
        """Has something come that was not received yet?"""
        return bool(self.buffer or select.select([self.socket], [], [], 0)[0])

    def expect(self, kind):
        got, payload = self.receive()
        assert got == kind, f"frame {got} instead of {kind}"
        return payload

    def hello(self, role, name, magic=MAGIC, version=VERSION, descriptors=()):
        """Shake hands.  Returns the server's (bus, scl_hz)."""
        payload = struct.pack("<IHH32s", magic, version, role, name.encode())
        frame = struct.pack("<IHH", len(payload), HELLO, 0) + payload
        if descriptors:
            socket.send_fds(self.socket, [frame], descriptors)
        else:
            self.send_bytes(frame)
        kind, payload = self.receive()
        if kind == REFUSED:
            error, version, zero = struct.unpack("<IHH", payload[:8])
            assert zero == 0
            raise Refused(error, version, payload[8:].decode())
        assert kind == WELCOME and len(payload) == 12, (kind, payload)
        version, zero, bus, scl_hz = struct.unpack("<HHII", payload)
        assert version == VERSION and zero == 0
        return bus, scl_hz

    def is_gone(self):
        """Wait until the server closes the connection, whatever it sends before."""
        try:
            while True:
                self.receive()
        except Gone:
            return True
        except socket.timeout:
            return False


class Controller(Peer):
    """Sends requests.  Each call has two halves, so that a test can play the target in between."""

    def __init__(self, bus=1, name="controller", file=0, timeout=10):
        super().__init__(bus, timeout)
        self.file = file
        self.bus, self.scl_hz = self.hello(CONTROLLER, name)

    def request(self, op, value, rest=b"", file=None):
        self.send(REQUEST, struct.pack("<QII", self.file if file is None else file, op, value) + rest)

    def reply(self):
        """(result, the rest)"""
        payload = self.expect(REPLY)
        result, zero = struct.unpack("<iI", payload[:8])
        assert zero == 0
        return result, payload[8:]

    def call(self, op, value, rest=b"", file=None):
        self.request(op, value, rest, file)
        return self.reply()

    def present(self):
        """The addresses that have a target, as a bit set."""
        result, words = self.call(OP_PRESENT, 0)
        assert result == 0
        return int.from_bytes(words, "little")

    def set(self, number, argument):
        return self.call(OP_SET, number, struct.pack("<Q", argument))[0]

    def send_smbus(self, size, read, command=0, data=None):
        block = bytes(data or b"")
        self.request(OP_SMBUS, size, struct.pack("<BBBB34s", read, command, data is not None, 0, block))

    def send_read_byte_data(self, address, command):
        assert self.set(I2C_SLAVE, address) == 0
        self.send_smbus(2, 1, command, b"")

    def read_byte_data(self, address, command):
        """For a target in another thread or process: (result, byte)."""
        self.send_read_byte_data(address, command)
        result, data = self.reply()
        return result, data[0] if result == 0 else None

    def send_transfer(self, messages):
        """messages: (address, bytes) writes, (address, length) reads; a third member: more flags."""
        heads, bodies = b"", b""
        for address, what, *more in messages:
            is_read = isinstance(what, int)
            flags = (I2C_M_RD if is_read else 0) | (more[0] if more else 0)
            length = what if is_read else len(what)
            heads += struct.pack("<HHHH", address, flags, length, 0)
            bodies += b"" if is_read else bytes(what)
        self.reads = sum(isinstance(what, int) for _, what, *_ in messages)
        self.request(OP_RDWR, len(messages), heads + bodies)

    def transfer_reply(self):
        """(result, [the bytes of each read])"""
        result, rest = self.reply()
        if result < 0:
            assert rest == b""
            return result, []
        reads, at = [], 2 * self.reads
        for length in struct.unpack(f"<{self.reads}H", rest[:at]):
            reads.append(rest[at : at + length])
            at += length
        assert at == len(rest)
        return result, reads


class Call:
    """An ADDRESSED that a target has received."""

    def __init__(self, serial, address, is_read, is_restart):
        self.serial, self.address, self.is_read, self.is_restart = serial, address, bool(is_read), bool(is_restart)


def _hold_after(hold):
    """The number of the next hold."""
    return hold % HOLD_MAX + 1


def _hold_before(hold):
    return (hold - 2) % HOLD_MAX + 1


class Target(Peer):
    """A target's connection.  Keeps all received records in `records`, in order."""

    def __init__(self, bus=1, addresses=(0x40,), flags=0, name="target", timeout=10):
        self.memory = self.claims = io.BytesIO()
        super().__init__(bus, timeout)
        self.bus, self.scl_hz = self.hello(TARGET, name)
        words = [0, 0, 0, 0]
        for address in addresses:
            words[address >> 5] |= 1 << (address & 31)
        self.send(LISTEN, struct.pack("<5I", *words, flags))
        self.claims = self._listening()
        self.records = []
        self.events_count = self.owing_count = 0
        self.glitches = self.stretches = self.longest_stretch_us = self.pointer = 0
        self.held = 0
        self.forecast = []

    def _listening(self):
        """LISTENING, and the memory that comes with it."""
        data, descriptors, _, _ = socket.recv_fds(self.socket, 8, 1)
        assert data == struct.pack("<IHH", 0, LISTENING, 0), data
        self.memory = os.fdopen(descriptors[0], "r+b", buffering=0)
        return mmap.mmap(self.memory.fileno(), 4096)

    def close(self):
        super().close()
        self.memory.close()
        self.claims.close()

    def offered(self):
        """The word that both sides change: (number of the hold, answer)."""
        return self._word() >> 3, self._word() & 3

    def looked_for(self):
        """The second word: the number of the hold at which the server is still going to look; 0: none."""
        return struct.unpack("<I", self.claims[4:8])[0]

    def claim(self, answer):
        """Answer the latest hold: one that is offered, or the one that go_through() came to.  This is not one atomic step, so it is
        only for tests in which the server does not change the word at the same time."""
        word = self._word()
        closed = word & CLAIM_CLOSED
        if word - closed not in (self.held << 3, _hold_before(self.held) << 3 | CLAIM_THROUGH):
            return False
        self._write_word(self.held << 3 | closed | answer)
        return True

    def go_through(self):
        """Take the forecast for what has happened.  Returns the call at its end; None: the forecast is void."""
        forecast, self.forecast = self.forecast, []
        if not forecast or self._word() != self.held << 3 | CLAIM_ACK:
            return None
        self._write_word(self.held << 3 | CLAIM_THROUGH)
        self.held = _hold_after(self.held)
        self.records += forecast
        return Call(*forecast[-1][1:])

    def is_looked_for(self):
        """Is the server still going to look for the answer to the latest hold?  Ask after claim()."""
        return self.looked_for() != 0 and self.looked_for() in (self.held, _hold_before(self.held))

    def _word(self):
        return struct.unpack("<I", self.claims[:4])[0]

    def _write_word(self, word):
        self.claims[:4] = struct.pack("<I", word)

    def commit(self, serial, address=ADDRESS_ACK, then=THEN_HOLD, reason=NONE, waiting=0, position=0, count=0, data=b""):
        self.send(COMMIT, struct.pack("<IBBBBII", serial, address, then, reason, waiting, position, count) + data)

    def set_addresses(self, addresses):
        words = [0, 0, 0, 0]
        for address in addresses:
            words[address >> 5] |= 1 << (address & 31)
        self.send(ADDRESSES, struct.pack("<4I", *words))

    def events(self):
        """The next EVENTS: its records, as tuples (kind, serial, …)."""
        payload = self.expect(EVENTS)
        self.glitches, self.stretches, self.longest_stretch_us, self.held, forecast = struct.unpack("<5I", payload[:20])
        records = self._records(payload[20 : len(payload) - forecast])
        self.forecast = self._records(payload[len(payload) - forecast :])
        self.records += records
        self.events_count += 1
        self.owing_count += self.held != 0
        return records

    @staticmethod
    def _records(payload):
        records, at = [], 0
        while at < len(payload):
            kind, value, is_read, is_restart, serial, number = struct.unpack("<BBBBII", payload[at : at + 12])
            at += 12
            if kind == ADDRESSED:
                records.append((ADDRESSED, serial, number, is_read, is_restart))
            elif kind == RECEIVED:
                records.append((RECEIVED, serial, payload[at : at + number]))
                at += number
            elif kind == REQUESTED:
                records.append((REQUESTED, serial, number))
            else:
                assert kind == ENDED, kind
                records.append((ENDED, serial, value, number))
        assert at == len(payload)
        return records

    def next_call(self):
        """Wait until an ADDRESSED is held."""
        while True:
            records = self.events()
            if self.held and records[-1][0] == ADDRESSED:
                _, serial, address, is_read, is_restart = records[-1]
                return Call(serial, address, is_read, is_restart)

    def wait_for(self, kind):
        """The next record of this kind, from those that have not come yet."""
        while True:
            for record in self.events():
                if record[0] == kind:
                    return record

    def serve_registers(self, registers):
        """Answer one EVENTS as a register file: a write sets the pointer, then registers; a read goes on from the
        pointer.

                Everything written is acknowledged.  Its meaning is handled when the next call comes."""
        for record in self.events():
            if record[0] == RECEIVED:
                self.pointer, *values = record[2]
                for value in values:
                    registers[self.pointer] = value
                    self.pointer = (self.pointer + 1) % len(registers)
            if record[0] == ADDRESSED:
                call = Call(*record[1:])
        if not self.held:
            return
        if call.is_read:
            data = bytes((registers * 2)[self.pointer : self.pointer + len(registers)])
            self.commit(call.serial, count=len(data), data=data, then=THEN_REFUSE, reason=CLOSED)
        else:
            self.commit(call.serial, count=8192)


class Monitor(Peer):
    """Watches."""

    def __init__(self, bus=1, name="monitor", timeout=10):
        super().__init__(bus, timeout)
        self.bus, self.scl_hz = self.hello(MONITOR, name)

    def transfer(self):
        """The next TRANSFER: a dict, its messages too."""
        payload = self.expect(TRANSFER)
        keys = ("number", "wall_ns", "virtual_ns", "duration_ns", "result", "messages", "recovery_clocks", "missed",
                "timeout_ms")
        transfer = dict(zip(keys, struct.unpack("<QQQQiIIII", payload[:52])))
        at, messages = 52, []
        for _ in range(transfer["messages"]):
            address, flags, reason, cut_bits, moved, stretch_us, cut, recovery_clocks, zero = struct.unpack(
                "<BBBBIIHBB", payload[at : at + 16])
            assert zero == 0 and cut < 1 << cut_bits
            at += 16
            data, at = payload[at : at + moved], at + moved
            acks, at = payload[at : at + (moved + 7) // 8], at + (moved + 7) // 8
            assert len(data) == moved
            messages.append(dict(address=address, flags=flags, reason=reason, data=data, stretch_us=stretch_us,
                                 acks=[bool(acks[i // 8] >> i % 8 & 1) for i in range(moved)],
                                 cut=f"{cut:0{cut_bits}b}" if cut_bits else "", recovery_clocks=recovery_clocks))
        assert at == len(payload)
        transfer["messages"] = messages
        return transfer


def acknowledged(message):
    """The bytes of a TRANSFER's message that were acknowledged."""
    return bytes(byte for byte, ack in zip(message["data"], message["acks"]) if ack)


class Adapter(Peer):
    """Sends message by message."""

    def __init__(self, bus=1, name="adapter", timeout=10):
        super().__init__(bus, timeout)
        self.bus, self.scl_hz = self.hello(ADAPTER, name)

    def send_step(self, address, what, begins=True, ends=True, flags=0, length=None):
        """`what` as in Controller.send_transfer()."""
        is_read = isinstance(what, int)
        data = b"" if is_read else bytes(what)
        if length is None:
            length = what if is_read else len(what)
        place = (BEGINS if begins else 0) | (ENDS if ends else 0)
        self.send(STEP, struct.pack("<HHHH", address, flags | (I2C_M_RD if is_read else 0), length, place) + data)

    def stepped(self):
        """(result, bytes)"""
        payload = self.expect(STEPPED)
        return struct.unpack("<i", payload[:4])[0], payload[4:]

    def step(self, *arguments, **keywords):
        self.send_step(*arguments, **keywords)
        return self.stepped()

    def give_up(self):
        self.send(GIVE_UP)


class File:
    """An open file of /dev/i2c-N."""

    def __init__(self, bus=1, cookie=None, version=VERSION, timeout=10):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(timeout)
        self.socket.connect(f"{directory()}/i2c-{bus}")
        so_cookie = 57
        own = struct.unpack("<Q", self.socket.getsockopt(socket.SOL_SOCKET, so_cookie, 8))[0]
        self.cookie = own if cookie is None else cookie
        self.socket.send(struct.pack("<IHHQ", MAGIC, version, 0, self.cookie))
        answer = self.socket.recv(16)
        assert len(answer) == 4, answer
        self.error = struct.unpack("<i", answer)[0]

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def write(self, data):
        self.socket.send(data)

    def close(self):
        self.socket.close()
