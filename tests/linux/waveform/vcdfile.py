# SPDX-License-Identifier: MIT
"""Writes traces as a logic analyser would, edge by edge, from words:

    S, Sr, P          START, repeated START, STOP
    41+ 00-           a byte and its ninth bit: + is ACK, - is NACK
    :0110             bits of a byte that ends early
    h120              SCL stays low for 120 µs more
    f                 a clock that frees SDA (freeing_sda is 1)
    i5                an idle gap of 5 s, cut to 1 ms as in traces of ours
"""

import re

QUARTER_US = 2.5  # of a bit at 100 kHz


class Vcd:
    def __init__(self, scl="SCL", sda="SDA", timescale="100 ns", ticks_per_us=10):
        self.ticks_per_us = ticks_per_us
        self.at_us, self.levels = 0.0, {"c": 1, "d": 1, "f": 0}
        self.text = (f"$date today $end\n$timescale {timescale} $end\n$scope module top $end\n$var wire 1 c {scl} $end\n"
                     f"$var wire 1 d {sda} $end\n$var wire 1 f freeing_sda $end\n$var real 64 i idle_s $end\n"
                     "$var wire 8 b a_byte [7:0] $end\n$upscope $end\n$enddefinitions $end\n#0\n$dumpvars\n1c\n1d\n0f\nr0 i\nbx b\n$end\n")

    def put(self, text):
        self.text += f"#{round(self.at_us * self.ticks_per_us)}\n{text}\n"

    def level(self, signal, value, after=QUARTER_US):
        self.at_us += after
        if self.levels[signal] != value:
            self.levels[signal] = value
            self.put(f"{value}{signal}")

    def clock(self, bit):
        self.level("d", bit)
        self.level("c", 1)
        self.level("c", 0, 2 * QUARTER_US)

    def start(self):
        self.level("d", 1)
        self.level("c", 1)
        self.level("d", 0)
        self.level("c", 0)

    def stop(self):
        self.level("d", 0)
        self.level("c", 1)
        self.level("d", 1)

    def word(self, word):
        if word in ("S", "Sr"):
            self.start()
        elif word == "P":
            self.stop()
        elif word[0] == ":":
            for bit in word[1:]:
                self.clock(int(bit))
        elif word[0] == "h":
            self.at_us += float(word[1:])
        elif word == "f":
            self.level("f", 1, 0)
            self.clock(1)
            self.level("f", 0, 0)
        elif word[0] == "i":
            self.put(f"r{word[1:]} i")
            self.at_us += 1000
            self.put("r0 i")
        elif match := re.fullmatch(r"([0-9a-f]{2})([+-])", word):
            for bit in range(7, -1, -1):
                self.clock(int(match[1], 16) >> bit & 1)
            self.clock(int(match[2] == "-"))
        else:
            raise ValueError(word)

    def play(self, words):
        for word in words.split():
            self.word(word)
        return self

    def end(self):
        self.at_us += 10
        self.put("")
        return self.text
