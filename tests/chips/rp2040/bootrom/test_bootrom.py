#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Our boot ROM's functions, called as a program calls them."""

import json
import math
import os
import random
import struct
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, f"{HERE}/../emulator")

import emulator  # noqa: E402

RAM = 0x20001000
WORDS = [0, 1, 2, 3, 0x80000000, 0xFFFFFFFF, 0x7FFFFFFF, 0x00010000, 0x0000FFFF, 0x12345678] + [1 << n for n in range(32)]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, -2.5, 3.0, 1e-3, 12345.678, -98765.4, 1e30, -1e30, 3e38, -3e38, 1e-38, 1e-45, -1e-40, 2.0**31, -(2.0**31),
           2.0**31 - 128, 2.0**32, 2.0**32 - 256, 2.0**63, -(2.0**63), 2.0**64, 16777215.0, 16777217.0, 0.99999994, -0.99999994, math.inf, -math.inf]


def calls(requests):
    emulator.make()
    done = subprocess.run(["node", f"{HERE}/calls.js"], input=json.dumps(requests), capture_output=True, text=True, timeout=200,
                          env=emulator.environment(), check=False)
    if done.returncode:
        raise AssertionError(done.stderr)
    *results, end = json.loads(done.stdout)
    return results, end["findings"]


def single(value):
    """Rounded to a float of 32 bits."""
    try:
        return struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return math.copysign(math.inf, value)


def bits(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


def floats():
    draw = random.Random(2040)
    drawn = [struct.unpack("<f", struct.pack("<I", draw.getrandbits(32)))[0] for _ in range(200)]
    return [single(value) for value in SPECIAL] + [value for value in drawn if not math.isnan(value)]


def pairs():
    draw, values = random.Random(2350), floats()
    return [(a, b) for a in values[: len(SPECIAL)] for b in values[: len(SPECIAL)]] + \
        [(draw.choice(values), draw.choice(values)) for _ in range(600)]


def quotient(a, b):
    if b == 0:
        return math.nan if a == 0 else math.copysign(math.inf, math.copysign(1, a) * math.copysign(1, b))
    return a / b


class Rom(unittest.TestCase):
    def words(self, requests, count=1, may_change=(12,)):
        """The results of calls, which must keep the registers that belong to their caller."""
        results, findings = calls(requests)
        self.assertEqual(findings, [])
        for request, result in zip(requests, results, strict=True):
            self.assertEqual([name for name in result["changed"] if name not in may_change], [], request)
        return [result["words"][0] if count == 1 else result["words"][0] | result["words"][1] << 32 for result in results]

    def judge(self, name, expected):
        self.assertEqual(self.words([{"call": name, "words": [word]} for word in WORDS], may_change=()), list(map(expected, WORDS)))

    def test_bits(self):
        """r12 is kept, too: the SDK relies on it."""
        self.judge("P3", lambda word: word.bit_count())
        self.judge("R3", lambda word: int(f"{word:032b}"[::-1], 2))
        self.judge("L3", lambda word: 32 - word.bit_length())
        self.judge("T3", lambda word: (word & -word).bit_length() - 1 if word else 32)

    def test_no_such_function(self):
        self.assertEqual(calls([{"call": "ZZ", "words": []}])[0], [None])

    def test_memory(self):
        source = [n * 37 & 0xFF for n in range(64)]
        requests, expected = [], []
        for name in "MC", "C4", "MS", "S4":
            for begin, from_, count in [(0, 0, 16), (0, 0, 0), (1, 0, 9), (0, 3, 7), (2, 2, 13), (3, 1, 30), (4, 8, 5), (1, 1, 1)]:
                if name[1] == "4":
                    begin, from_, count = begin & ~3, from_ & ~3, count & ~3
                is_copy = "C" in name
                requests += [{"poke": RAM, "bytes": [0xA5] * 64}, {"poke": RAM + 256, "bytes": source},
                             {"call": name, "words": [RAM + begin, RAM + 256 + from_ if is_copy else 0x1C3, count]},
                             {"peek": RAM, "count": 64}]
                moved = source[from_:from_ + count] if is_copy else [0xC3] * count
                expected.append([0xA5] * begin + moved + [0xA5] * (64 - begin - count))
        results, findings = calls(requests)
        self.assertEqual((results[3::4], findings), (expected, []))
        for request, result in zip(requests[2::4], results[2::4]):
            self.assertEqual((result["words"][0], result["changed"]), (request["words"][0], []))

    def double_words(self, requests):
        """Of calls with doubles: two words each."""
        return self.words([{"double": offset, "words": [word for value in values for word in struct.unpack("<2I", struct.pack("<d", value))]}
                           for offset, *values in requests], 2)

    def double_arithmetic(self, offset, operation):
        tried = pairs()
        for (a, b), word in zip(tried, self.double_words([(offset, a, b) for a, b in tried])):
            expected = operation(a, b)
            if math.isnan(expected):
                self.assertGreater(word & (1 << 63) - 1, 0x7FF << 52, (a, b))
            else:
                self.assertEqual(word, struct.unpack("<Q", struct.pack("<d", expected))[0], (a, b))

    def test_arithmetic_of_doubles(self):
        self.double_arithmetic(0x00, lambda a, b: a + b)
        self.double_arithmetic(0x04, lambda a, b: a - b)
        self.double_arithmetic(0x08, lambda a, b: a * b)
        self.double_arithmetic(0x0C, quotient)

    def test_conversions_of_doubles(self):
        values = floats()
        for offset, low, high, width in ((0x1C, -(1 << 31), (1 << 31) - 1, 32), (0x24, 0, (1 << 32) - 1, 32),
                                         (0x6C, -(1 << 63), (1 << 63) - 1, 64), (0x74, 0, (1 << 64) - 1, 64)):
            for value, word in zip(values, self.double_words([(offset, value) for value in values])):
                expected = high if value > high else low if value < low else math.floor(value)
                self.assertEqual((word - expected) % (1 << width), 0, (hex(offset), value))
        said = self.double_words([(0x7C, value) for value in values])
        self.assertEqual([word & 0xFFFFFFFF for word in said], [bits(value) for value in values])

    def arithmetic(self, offset, operation):
        tried = pairs()
        said = self.words([{"float": offset, "words": [bits(a), bits(b)]} for a, b in tried])
        for (a, b), word in zip(tried, said):
            expected = single(operation(a, b))
            if math.isnan(expected):
                self.assertGreater(word & 0x7FFFFFFF, 0x7F800000, (a, b))
            else:
                self.assertEqual(f"{word:08x}", f"{bits(expected):08x}", (a, b))

    def test_arithmetic(self):
        self.arithmetic(0x00, lambda a, b: a + b)
        self.arithmetic(0x04, lambda a, b: a - b)
        self.arithmetic(0x08, lambda a, b: a * b)
        self.arithmetic(0x0C, quotient)

    def test_compare(self):
        tried = pairs()
        said = self.words([{"float": 0x54, "words": [bits(a), bits(b)]} for a, b in tried])
        self.assertEqual(said, [((a > b) - (a < b)) & 0xFFFFFFFF for a, b in tried])

    def to_integer(self, offset, low, high, count=1):
        """Towards minus infinity, clamped."""
        values = floats()
        said = self.words([{"float": offset, "words": [bits(value)]} for value in values], count)
        width = 1 << 32 * count
        for value, word in zip(values, said):
            expected = high if value > high else low if value < low else math.floor(value)
            self.assertEqual(word, expected % width, value)

    def test_to_integer(self):
        self.to_integer(0x1C, -(1 << 31), (1 << 31) - 1)
        self.to_integer(0x24, 0, (1 << 32) - 1)
        self.to_integer(0x6C, -(1 << 63), (1 << 63) - 1, 2)
        self.to_integer(0x74, 0, (1 << 64) - 1, 2)

    def from_integer(self, offset, width, is_signed):
        draw = random.Random(64)
        words = [0, 1, (1 << width) - 1, 1 << width - 1, (1 << width - 1) - 1, 16777217] + [draw.getrandbits(width) for _ in range(60)]
        said = self.words([{"float": offset, "words": [word & 0xFFFFFFFF, word >> 32]} for word in words])
        for word, result in zip(words, said):
            value = word - (1 << width) if is_signed and word >> width - 1 else word
            if value.bit_length() <= 53:  # else Python rounds twice
                self.assertEqual(result, bits(single(float(value))), hex(word))

    def test_from_integer(self):
        self.from_integer(0x2C, 32, True)
        self.from_integer(0x34, 32, False)
        self.from_integer(0x5C, 64, True)
        self.from_integer(0x64, 64, False)

    def test_to_double(self):
        values = floats()
        said = self.words([{"float": 0x7C, "words": [bits(value)]} for value in values], 2)
        self.assertEqual(said, [struct.unpack("<Q", struct.pack("<d", value))[0] for value in values])

    def test_what_it_has_not_is_a_finding(self):
        for request in {"float": 0x18, "words": [0]}, {"call": "UB", "words": [0, 0]}:
            self.assertIn("breakpoint 1", calls([request])[1])


class Flash(unittest.TestCase):
    OPEN = [{"call": "IF", "words": []}, {"call": "EX", "words": []}]
    CLOSE = [{"call": "FC", "words": []}, {"call": "CX", "words": []}]

    def flash(self, requests, at, count):
        """What is there in the end; the calls themselves must find nothing wrong."""
        results, findings = calls([{"fill": 0x5A}, *self.OPEN, *requests, *self.CLOSE, {"flash": at, "count": count},
                                   {"peek": 0x10000000 + at, "count": 4}])
        self.assertEqual(findings, [])
        self.assertEqual(results[-1], results[-2][:4])
        return results[-2]

    def test_erase_sectors(self):
        said = self.flash([{"call": "RE", "words": [0x3000, 0x2000, 0x10000, 0xD8]}], 0x2FF0, 0x2020)
        self.assertEqual(said, [0x5A] * 16 + [0xFF] * 0x2000 + [0x5A] * 16)

    def test_erase_blocks(self):
        said = self.flash([{"call": "RE", "words": [0xF000, 0x22000, 0x10000, 0xD8]}], 0xEFF0, 0x22020)
        self.assertEqual(said, [0x5A] * 16 + [0xFF] * 0x22000 + [0x5A] * 16)

    def test_blocks_are_quicker(self):
        results, _ = calls([*self.OPEN, {"call": "RE", "words": [0x10000, 0x10000, 0x10000, 0xD8]},
                            {"call": "RE", "words": [0x10000, 0x10000, 0, 0]}])
        block, sectors = (result["cycles"] / 125e6 for result in results[-2:])
        self.assertTrue(0.150 <= block < 0.151 and 16 * 0.045 <= sectors < 0.73, (block, sectors))

    def test_program(self):
        data = [n * 11 & 0xFF for n in range(512)]
        said = self.flash([{"poke": RAM, "bytes": data}, {"call": "RE", "words": [0x4000, 0x1000, 0, 0]},
                           {"call": "RP", "words": [0x4100, RAM, 512]}], 0x4000, 0x400)
        self.assertEqual(said, [0xFF] * 256 + data + [0xFF] * 256)

    def test_programming_clears_bits_only(self):
        said = self.flash([{"poke": RAM, "bytes": [0x33] * 256}, {"call": "RP", "words": [0x4000, RAM, 256]}], 0x4000, 256)
        self.assertEqual(said, [0x33 & 0x5A] * 256)

    def test_while_it_can_not_be_read(self):
        """Between exit_xip and the second stage a look at the flash is a finding; so is one at a flash that is set up wrongly."""
        _, findings = calls([*self.OPEN, {"peek": 0x10000100, "count": 1}])
        self.assertRegex(findings[0], "0x10000100 in the flash is read.*while it can not be")
        self.assertEqual(calls([*self.OPEN, *self.CLOSE, {"peek": 0x10000100, "count": 1}])[1], [])


if __name__ == "__main__":
    unittest.main()
