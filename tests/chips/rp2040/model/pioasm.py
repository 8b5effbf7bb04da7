#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An assembler and a disassembler for the RP2040's PIO, to check what a port's header contains.

    pioasm.py FILE.pio                        words, with a listing
    pioasm.py FILE.pio --check HEADER         exit 0 if the header has the very same programs
    pioasm.py --disassemble [--side-set "N [opt] [pindirs]"] WORD…

The language is that of the vendor's SDK (RP2040 datasheet §3.3), the encoding that of §3.4.  It was
written from these, not from the vendor's tool.  It does not support .lang_opt blocks, code blocks
(% … %), which are skipped, or anything that is new in the RP2350.

What --check compares: for a program NAME an array whose name ends in NAME, NAME_words, NAME_program
or NAME_program_instructions, word by word; and constants, #define or enum, that end in:
NAME_wrap_target, NAME_wrap, NAME_LABEL or NAME_offset_LABEL for public labels.

If all programs of the source have an .origin and the header has no array for them, one array named
`program` is the instruction memory that contains all of them: jumps are moved, and all constants
are addresses in it.
"""

import argparse
import dataclasses
import re
import sys

CONDITIONS = {"": 0, "!x": 1, "x--": 2, "!y": 3, "y--": 4, "x!=y": 5, "pin": 6, "!osre": 7}
WAIT_SOURCES = {"gpio": 0, "pin": 1, "irq": 2}
IN_SOURCES = {"pins": 0, "x": 1, "y": 2, "null": 3, "isr": 6, "osr": 7}
OUT_DESTINATIONS = {"pins": 0, "x": 1, "y": 2, "null": 3, "pindirs": 4, "pc": 5, "isr": 6, "exec": 7}
MOV_DESTINATIONS = {"pins": 0, "x": 1, "y": 2, "exec": 4, "pc": 5, "isr": 6, "osr": 7}
MOV_SOURCES = {"pins": 0, "x": 1, "y": 2, "null": 3, "status": 5, "isr": 6, "osr": 7}
MOV_OPERATIONS = {"": 0, "!": 1, "~": 1, "::": 2}
SET_DESTINATIONS = {"pins": 0, "x": 1, "y": 2, "pindirs": 4}


class Trouble(Exception):
    """The source can not be assembled."""


@dataclasses.dataclass
class Program:
    name: str
    words: list = dataclasses.field(default_factory=list)
    texts: list = dataclasses.field(default_factory=list)  # the source of each word
    labels: dict = dataclasses.field(default_factory=dict)
    public: list = dataclasses.field(default_factory=list)
    defines: dict = dataclasses.field(default_factory=dict)
    side_count: int = 0  # bits of the delay/side-set field, the enable bit included
    side_optional: bool = False
    side_pindirs: bool = False
    wrap_target: int = 0
    wrap: int = -1
    origin: int = -1


# ---- reading ------------------------------------------------------------------------------------


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", lambda match: re.sub(r"[^\n]", "", match.group()), text, flags=re.DOTALL)
    text = re.sub(r"%.*?%\}", lambda match: re.sub(r"[^\n]", "", match.group()), text, flags=re.DOTALL)
    return [re.split(r";|//", line)[0].strip() for line in text.split("\n")]


def value_of(text, names):
    """An expression of numbers, names, + - * / and brackets."""
    tokens = re.findall(r"0[xX][0-9a-fA-F]+|0[bB][01]+|\d+|\w+|::|[-+*/()|&^]|\S", text)
    tokens = [str(names[token]) if token in names else token for token in tokens]
    for token in tokens:
        if not re.fullmatch(r"0[xX][0-9a-fA-F]+|0[bB][01]+|-?\d+|[-+*/()|&^]", token):
            raise Trouble(f"no value: {token}")
    try:
        return int(eval(" ".join(tokens).replace("/", "//"), {"__builtins__": {}}))  # numbers and operators only
    except (SyntaxError, TypeError, ZeroDivisionError) as error:
        raise Trouble(f"no value: {text}") from error


def within(value, low, high, what):
    if not low <= value <= high:
        raise Trouble(f"{what} is {value}, not {low} to {high}")
    return value


class Assembler:
    """Two passes over a file: labels, then words."""

    def __init__(self, text):
        self.programs = []
        self.globals = {}
        for final in False, True:
            self.final = final
            self.index = -1
            self.program = None
            for number, line in enumerate(without_comments(text), 1):
                try:
                    self.line(line)
                except Trouble as trouble:
                    raise Trouble(f"line {number}: {trouble}") from None
        for program in self.programs:
            if program.wrap < 0:
                program.wrap = len(program.words) - 1

    @property
    def names(self):
        if not self.program:
            return self.globals
        return {**self.globals, **self.program.defines, **self.program.labels}

    def value(self, text):
        try:
            return value_of(text, self.names)
        except Trouble:
            if self.final:
                raise
            return 0  # a label that comes later

    def line(self, line):
        match = re.match(r"(public\s+)?(\w+)\s*:(?!:)\s*", line, re.IGNORECASE)
        if match:
            if not self.final:
                if match.group(2) in self.program.labels:
                    raise Trouble(f"{match.group(2)} is there twice")
                self.program.labels[match.group(2)] = len(self.program.words)
                if match.group(1):
                    self.program.public.append(match.group(2))
            line = line[match.end():]
        if line.startswith("."):
            self.directive(*re.match(r"\.(\w+)\s*(.*)", line).groups())
        elif line:
            self.emit(self.instruction(line), line)

    def emit(self, word, text):
        if not self.program:
            raise Trouble("an instruction before .program")
        self.program.words.append(word)
        self.program.texts.append(re.sub(r"\s+", " ", text))
        if len(self.program.words) > 32:
            raise Trouble("more than 32 instructions")

    def directive(self, name, rest):
        if name == "program":
            self.begin(rest)
        elif name == "define":
            symbol, text = re.fullmatch(r"(?i:public\s+)?(\w+)\s+(.+)", rest).groups()
            (self.program.defines if self.program else self.globals)[symbol] = self.value(text)
        elif name == "side_set":
            words = rest.lower().split()
            self.program.side_optional = "opt" in words
            self.program.side_pindirs = "pindirs" in words
            self.program.side_count = self.value(words[0]) + self.program.side_optional
            within(self.program.side_count, 0, 5, "side-set, with its enable bit,")
        elif name == "wrap_target":
            self.program.wrap_target = len(self.program.words)
        elif name == "wrap":
            self.program.wrap = len(self.program.words) - 1
        elif name == "origin":
            self.program.origin = within(self.value(rest), 0, 31, "the origin")
        elif name == "word":
            self.emit(within(self.value(rest), 0, 0xFFFF, "the word"), f".word {rest}")
        elif name != "lang_opt":
            raise Trouble(f"unknown directive .{name}")

    def begin(self, name):
        self.index += 1
        if not self.final:
            self.programs.append(Program(name))
        self.program = self.programs[self.index]
        self.program.words, self.program.texts = [], []
        self.program.side_count = 0

    # -- instructions

    def instruction(self, line):
        line, delay = self.take(line, r"\[([^\]]*)\]", "delay")
        line, side = self.take(line, r"\b(?:side|sideset|side_set)\s+(\S.*?)\s*$", "side")
        mnemonic, _, rest = line.strip().partition(" ")
        encode = getattr(self, "encode_" + mnemonic.lower(), None)
        if not encode:
            raise Trouble(f"unknown instruction {mnemonic}")
        return encode(rest.strip()) | self.high(delay, side) << 8

    def take(self, line, pattern, _):
        match = re.search(pattern, line, re.IGNORECASE)
        if not match:
            return line, None
        return line[:match.start()] + line[match.end():], self.value(match.group(1))

    def high(self, delay, side):
        count, optional = self.program.side_count, self.program.side_optional
        bits = within(delay or 0, 0, (1 << (5 - count)) - 1, "the delay")
        if side is None:
            if count and not optional:
                raise Trouble("side-set is not optional here")
            return bits
        if not count:
            raise Trouble("there is no side-set")
        within(side, 0, (1 << (count - optional)) - 1, "the side-set value")
        return bits | side << (5 - count) | (0x10 if optional else 0)

    def operands(self, text, count):
        parts = [part.strip() for part in text.split(",")]
        if len(parts) != count:
            raise Trouble(f"{count} operands are wanted, separated by a comma")
        return parts

    def choose(self, table, word, what):
        if word.lower() not in table:
            raise Trouble(f"no {what}: {word}")
        return table[word.lower()]

    def bits(self, text):
        return within(self.value(text), 1, 32, "the number of bits") & 31

    def encode_nop(self, rest):
        if rest:
            raise Trouble("nop takes nothing")
        return 0xA042

    def encode_jmp(self, rest):
        match = re.match(r"(!x|x\s*--|!y|y\s*--|x\s*!=\s*y|pin|!osre)(?:\s*,\s*|\s+)(?=\S)", rest, re.IGNORECASE)
        condition = re.sub(r"\s", "", match.group(1)).lower() if match else ""
        target = rest[match.end():] if match else rest
        return CONDITIONS[condition] << 5 | within(self.value(target), 0, 31, "the target")

    def encode_wait(self, rest):
        match = re.fullmatch(r"(?i)(\S+)\s+(gpio|pin|irq)\s*,?\s*(.+?)(\s+rel|\s*\(\s*rel\s*\))?", rest)
        if not match:
            raise Trouble("wait POLARITY gpio|pin|irq INDEX [rel]")
        source = WAIT_SOURCES[match.group(2).lower()]
        if match.group(4) and source != 2:
            raise Trouble("rel is for irq")
        index = within(self.value(match.group(3)), 0, 7 if source == 2 else 31, "the index")
        polarity = within(self.value(match.group(1)), 0, 1, "the polarity")
        return 0x2000 | polarity << 7 | source << 5 | index | (0x10 if match.group(4) else 0)

    def encode_in(self, rest):
        source, count = self.operands(rest, 2)
        return 0x4000 | self.choose(IN_SOURCES, source, "source") << 5 | self.bits(count)

    def encode_out(self, rest):
        destination, count = self.operands(rest, 2)
        return 0x6000 | self.choose(OUT_DESTINATIONS, destination, "destination") << 5 | self.bits(count)

    def encode_push(self, rest):
        return self.fifo(rest, 0x8000, "iffull")

    def encode_pull(self, rest):
        return self.fifo(rest, 0x8080, "ifempty")

    def fifo(self, rest, word, condition):
        words = rest.lower().split()
        if not set(words) <= {condition, "block", "noblock"} or {"block", "noblock"} <= set(words):
            raise Trouble(f"[{condition}] [block|noblock]")
        return word | (0x40 if condition in words else 0) | (0 if "noblock" in words else 0x20)

    def encode_mov(self, rest):
        destination, source = self.operands(rest, 2)
        operation, source = re.fullmatch(r"(!|~|::)?\s*(\w+)", source).groups()
        return (0xA000 | self.choose(MOV_DESTINATIONS, destination, "destination") << 5
                | MOV_OPERATIONS[operation or ""] << 3 | self.choose(MOV_SOURCES, source, "source"))

    def encode_irq(self, rest):
        match = re.fullmatch(r"(?i)(?:(set|nowait|wait|clear)\s+)?(.+?)(\s+rel|\s*\(\s*rel\s*\))?", rest)
        if not match:
            raise Trouble("irq [set|nowait|wait|clear] INDEX [rel]")
        flags = {"clear": 0x40, "wait": 0x20}.get((match.group(1) or "").lower(), 0)
        index = within(self.value(match.group(2)), 0, 7, "the flag")
        return 0xC000 | flags | index | (0x10 if match.group(3) else 0)

    def encode_set(self, rest):
        destination, data = self.operands(rest, 2)
        return (0xE000 | self.choose(SET_DESTINATIONS, destination, "destination") << 5
                | within(self.value(data), 0, 31, "the data"))


def assemble(text):
    """The programs of a source."""
    return Assembler(text).programs


# ---- reading back -------------------------------------------------------------------------------


def name_of(table, code):
    return next((name for name, value in table.items() if value == code and name != "~"), f"reserved({code})")


def body(word):
    """The instruction without delay and side-set."""
    low, operand, count = word & 31, word >> 5 & 7, word & 31 or 32
    relative = " rel" if word & 0x10 else ""
    match word >> 13:
        case 0:
            return "jmp " + (name_of(CONDITIONS, operand) + " " if operand else "") + str(low)
        case 1:
            source = name_of(WAIT_SOURCES, operand & 3)
            return f"wait {operand >> 2} {source} " + (f"{low & 7}{relative}" if source == "irq" else str(low))
        case 2:
            return f"in {name_of(IN_SOURCES, operand)}, {count}"
        case 3:
            return f"out {name_of(OUT_DESTINATIONS, operand)}, {count}"
        case 4:
            name, condition = ("pull", " ifempty") if word & 0x80 else ("push", " iffull")
            return name + (condition if word & 0x40 else "") + (" block" if word & 0x20 else " noblock")
        case 5:
            operation = ["", "!", "::", "reserved "][word >> 3 & 3]
            return f"mov {name_of(MOV_DESTINATIONS, operand)}, {operation}{name_of(MOV_SOURCES, word & 7)}"
        case 6:
            return "irq " + ("clear " if word & 0x40 else "wait " if word & 0x20 else "") + f"{low & 7}{relative}"
        case _:
            return f"set {name_of(SET_DESTINATIONS, operand)}, {low}"


def disassemble(word, side_count=0, side_optional=False):
    """One word, given the bits of side-set (the enable bit included)."""
    high = word >> 8 & 31
    delay = high & ((1 << (5 - side_count)) - 1)
    text = body(word)
    if side_count and (not side_optional or high & 0x10):
        data_count = side_count - side_optional
        text += f" side {high >> (5 - side_count) & ((1 << data_count) - 1)}"
    return text + (f" [{delay}]" if delay else "")


# ---- against a header ---------------------------------------------------------------------------


def header_array(header, name):
    match = re.search(rf"\b\w*{name}(?:_words|_program|_instructions|_program_instructions)?\s*\[[^\]]*\]\s*=\s*\{{(.*?)\}}",
                      header, re.DOTALL)
    if not match:
        return None
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", match.group(1), flags=re.DOTALL)
    return [int(word, 0) for word in re.findall(r"0[xX][0-9a-fA-F]+|\b\d+\b", text)]


def header_constants(header):
    """All #define and enum constants that are numbers, in small letters."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", header, flags=re.DOTALL)
    pairs = re.findall(r"#define\s+(\w+)\s+\(?(0[xX][0-9a-fA-F]+|\d+)u?\)?\s*$", text, re.MULTILINE)
    pairs += re.findall(r"\b(\w+)\s*=\s*(0[xX][0-9a-fA-F]+|\d+)\s*[,}\n]", text)
    return {name.lower(): int(value, 0) for name, value in pairs}


def moved(program, word):
    """The word at the program's origin: jumps are absolute (§3.4.2)."""
    return word + program.origin if word >> 13 == 0 else word


def compare_words(name, ours, theirs):
    """Compares pairs of (word, program) with the header's words."""
    for index in range(max(len(ours), len(theirs))):
        word, program = ours[index] if index < len(ours) else (None, None)
        other = theirs[index] if index < len(theirs) else None
        if word == other:
            continue
        program = program or ours[-1][1]
        show_word = lambda w: "nothing" if w is None else f"{w:#06x} {disassemble(w, program.side_count, program.side_optional)}"
        yield f"{name}[{index}]: source {show_word(word)}, header {show_word(other)}"


def compare_constants(program, constants, base):
    name = program.name.lower()
    wanted = {f"{name}_wrap_target": program.wrap_target, f"{name}_wrap": program.wrap}
    for label in program.public:
        wanted[f"{name}_{label.lower()}"] = wanted[f"{name}_offset_{label.lower()}"] = program.labels[label]
    for suffix, value in wanted.items():
        for constant, found in constants.items():
            if (constant == suffix or constant.endswith("_" + suffix)) and found != value + base:
                yield f"{constant}: source {value + base}, header {found}"


def compare(programs, header):
    """The differences of the header, as lines."""
    constants = header_constants(header)
    image = header_array(header, "program")
    arrays = {program.name: header_array(header, program.name) for program in programs}
    if image is not None and not any(arrays.values()) and all(program.origin >= 0 for program in programs):
        memory = []
        for program in sorted(programs, key=lambda program: program.origin):
            memory += [(0, program)] * (program.origin - len(memory))
            memory += [(moved(program, word), program) for word in program.words]
        yield from compare_words("program", memory, image)
    else:
        for program in programs:
            if arrays[program.name] is None:
                yield f"{program.name}: the header has no such array"
            else:
                yield from compare_words(program.name, [(word, program) for word in program.words], arrays[program.name])
        image = None
    for program in programs:
        yield from compare_constants(program, constants, program.origin if image is not None else 0)


def check(programs, header):
    troubles = list(compare(programs, header))
    for line in troubles:
        print(line, file=sys.stderr)
    if not programs:
        print("there is no program", file=sys.stderr)
    return 1 if troubles or not programs else 0


def show(programs):
    for program in programs:
        side = f", side-set {program.side_count}" + (" with enable" if program.side_optional else "") + \
            (" on pindirs" if program.side_pindirs else "")
        print(f"{program.name}: {len(program.words)} words, wrap {program.wrap} to {program.wrap_target}" +
              (side if program.side_count else ""))
        places = {address: label for label, address in program.labels.items()}
        for index, (word, text) in enumerate(zip(program.words, program.texts)):
            if index in places:
                print(f"{places[index]}:")
            print(f"    {index:2}  {word:#06x}  {text}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?")
    parser.add_argument("--check", metavar="HEADER")
    parser.add_argument("--disassemble", nargs="+", metavar="WORD")
    parser.add_argument("--side-set", default="0")
    options = parser.parse_args()
    if options.disassemble:
        words = options.side_set.split()
        for word in options.disassemble:
            print(disassemble(int(word, 0), int(words[0]) + ("opt" in words), "opt" in words))
        return 0
    if not options.source:
        parser.error("a source is wanted")
    with open(options.source, encoding="utf-8") as file:
        try:
            programs = assemble(file.read())
        except Trouble as trouble:
            print(f"{options.source}: {trouble}", file=sys.stderr)
            return 1
    if options.check:
        with open(options.check, encoding="utf-8") as file:
            return check(programs, file.read())
    show(programs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
