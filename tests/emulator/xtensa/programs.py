# SPDX-License-Identifier: MIT
"""Programs that try each instruction of an Xtensa, in the assembler of GNU.

They are made of a seed, and are the same whenever it is.  A label `done` is where the states of timed programs are worth comparing."""

import random

DATA = 0x60000000
DATA_BYTES = 0x400
NOWHERE = 0x20000004

# ---- what instructions look like ----------------------------------------------------------------

ANY = "register"
COMPARED_WITH = [-1, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256]
COMPARED_UNSIGNED_WITH = [32768, 65536, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256]

COMPUTE = {
    **dict.fromkeys(["add", "addx2", "addx4", "addx8", "sub", "subx2", "subx4", "subx8", "and", "or", "xor", "add.n", "moveqz", "movnez",
                     "movltz", "movgez", "src", "mull", "mul16u", "mul16s"], [ANY, ANY, ANY]),
    **dict.fromkeys(["neg", "abs", "mov.n", "srl", "sll", "sra", "nsa", "nsau"], [ANY, ANY]),
    **dict.fromkeys(["ssr", "ssl", "ssa8l", "ssa8b"], [ANY]),
    "addi": [ANY, ANY, range(-128, 128)],
    "addmi": [ANY, ANY, range(-32768, 32513, 256)],
    "addi.n": [ANY, ANY, [-1, *range(1, 16)]],
    "movi": [ANY, range(-2048, 2048)],
    "movi.n": [ANY, range(-32, 96)],
    "slli": [ANY, ANY, range(1, 32)],
    "srli": [ANY, ANY, range(0, 16)],
    "srai": [ANY, ANY, range(0, 32)],
    "ssai": [range(0, 32)],
    "extui": [ANY, ANY, range(0, 17), range(1, 17)],
    **dict.fromkeys(["nop", "nop.n", "memw", "extw", "isync", "rsync", "esync", "dsync"], []),
}

BRANCH = {
    **dict.fromkeys(["beqz", "bnez", "bltz", "bgez", "beqz.n", "bnez.n"], [ANY]),
    **dict.fromkeys(["beq", "bne", "blt", "bge", "bltu", "bgeu", "bnone", "bany", "ball", "bnall", "bbc", "bbs"], [ANY, ANY]),
    **dict.fromkeys(["beqi", "bnei", "blti", "bgei"], [ANY, COMPARED_WITH]),
    **dict.fromkeys(["bltui", "bgeui"], [ANY, COMPARED_UNSIGNED_WITH]),
    **dict.fromkeys(["bbci", "bbsi"], [ANY, range(0, 32)]),
    "j": [],
}

# Name: its bytes, and the largest offset.
LOAD = {"l8ui": (1, 255), "l16ui": (2, 510), "l16si": (2, 510), "l32i": (4, 1020), "l32i.n": (4, 60)}
STORE = {"s8i": (1, 255), "s16i": (2, 510), "s32i": (4, 1020), "s32i.n": (4, 60)}

# Special registers: number, and the bits that are tried.
ALL = 0xFFFFFFFF
COMMON_SPECIALS = {"sar": (3, 0x3F), "depc": (192, ALL), "excvaddr": (238, ALL), "exccause": (232, 0x3F), "vecbase": (231, 0xFFFFF000),
                   "intenable": (228, 0), **{f"epc{n}": (176 + n, ALL) for n in (1, 2, 3)}, **{f"eps{n}": (192 + n, 0x2F) for n in (2, 3)},
                   **{f"excsave{n}": (208 + n, ALL) for n in (1, 2, 3)}}
SPECIALS = {
    "lx106": {**COMMON_SPECIALS, "ps": (230, 0x3F)},
    "sample_controller": {**COMMON_SPECIALS, "ps": (230, 0x70F3F), "scompare1": (12, ALL), "windowstart": (73, 0xFF), "misc0": (244, ALL),
                          "misc1": (245, ALL), **{f"epc{n}": (176 + n, ALL) for n in (4, 5, 6, 7)},
                          **{f"eps{n}": (192 + n, 0x70F3F) for n in (4, 5, 6, 7)}, **{f"excsave{n}": (208 + n, ALL) for n in (4, 5, 6, 7)}},
}

# Where a core has its vectors; its software interrupts, each with its level; its timers.
VECTORS = {"lx106": {"kernel": 0x30, "user": 0x50, "double": 0x70},
           "sample_controller": {2: 0x180, 3: 0x1C0, 4: 0x200, 5: 0x240, "kernel": 0x300, "user": 0x340, "double": 0x3C0}}
SOFTWARE = {"lx106": {7: 1}, "sample_controller": {7: 1, 11: 3}}
TIMERS = {"lx106": [(6, 1)], "sample_controller": [(6, 1), (10, 3), (13, 5)]}


def write_compare(index, register):
    """WSR of CCOMPARE, which this assembler knows the first of."""
    word = 0x13F000 | index << 8 | register << 4
    return f".byte {word & 255}, {word >> 8 & 255}, {word >> 16}"


class Program:
    """Lines of assembler.  a1 is free, too; no stack is used."""

    def __init__(self, core, seed):
        self.core = core
        self.random = random.Random(f"{core} {seed}")
        self.lines = []
        self.labels = 0
        self.since_pool = 0

    # -- pieces --

    def put(self, text):
        self.lines.append(text)
        self.since_pool += 1

    def raw(self, word):
        """An instruction that this assembler does not know."""
        self.put(f".byte {word & 255}, {word >> 8 & 255}, {word >> 16 & 255}")

    def label(self):
        self.labels += 1
        return f".Label{self.labels}"

    def pool(self):
        """Literals are in front of what uses them, and not too far away."""
        if self.since_pool < 300:
            return
        self.since_pool = 0
        behind = self.label()
        self.put(f"j {behind}")
        self.put(".literal_position")
        self.put(f"{behind}:")

    def register(self, *but):
        return self.random.choice([name for name in (f"a{i}" for i in range(16)) if name not in but])

    def value(self):
        edges = [0, 1, 2, 31, 32, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF]
        return self.random.choice([self.random.choice(edges), self.random.getrandbits(32), self.random.getrandbits(8),
                                   1 << self.random.randrange(32)])

    def fill(self, register, value=None):
        value = self.value() if value is None else value
        self.put(f"movi {register}, {value if value < 1 << 31 else value - (1 << 32)}")

    def operands(self, kinds):
        """Registers get values before, and seldom the same one."""
        names = [self.register() if kind == ANY else str(self.random.choice(kind)) for kind in kinds]
        for name, kind in zip(names, kinds):
            if kind == ANY and self.random.random() < 0.7:
                self.fill(name)
        return ", ".join(names)

    # -- instructions --

    def compute(self, name):
        if name in ("src", "srl", "sll", "sra"):
            shift = self.register()
            self.fill(shift)
            self.put(f"_{self.random.choice(['ssl', 'ssr'])} {shift}")
        operands = self.operands(COMPUTE[name])
        self.put(f"_{name} {operands}")

    def branch(self, name):
        """Forward, over up to three instructions that leave a trace."""
        behind = self.label()
        operands = self.operands(BRANCH[name])
        if self.random.random() < 0.3 and operands.count("a") == 2:  # equal ones are seldom
            first, second = operands.split(", ")
            self.put(f"mov {first}, {second}")
        self.put(f"_{name} {operands}{', ' if operands else ''}{behind}")
        for _ in range(self.random.randrange(1, 4)):
            trace = self.register()
            self.put(f"{self.random.choice(['_addi.n', '_addi'])} {trace}, {trace}, 1")
        self.put(f"{behind}:")

    def backward(self):
        """A loop, once or a few times."""
        counter = self.register("a0")
        other = self.register(counter)
        again = self.label()
        self.fill(counter, self.random.randrange(1, 6))
        self.put(f"{again}: _addi {other}, {other}, {self.random.randrange(-9, 10)}")
        self.put(f"_addi {counter}, {counter}, -1")
        self.put(f"{self.random.choice([f'_bnez {counter}', f'_bgei {counter}, 1'])}, {again}")

    def access(self, name):
        size, most = (LOAD | STORE)[name]
        offset = self.random.randrange(0, most + 1, size)
        base = self.register()
        value = self.register(base)
        if name in STORE:
            self.fill(value)
        self.fill(base, DATA + self.random.randrange(0, DATA_BYTES - size + 1, size) - offset)
        self.put(f"_{name} {value}, {base}, {offset}")

    def call(self):
        """To a function behind, and one in front; through a register, too."""
        function, behind = self.label(), self.label()
        trace = self.register("a0")
        self.put(f"j {behind}")
        self.put(".align 4")
        self.put(f"{function}: _addi {trace}, {trace}, 1")
        self.put(self.random.choice(["_ret", "_ret.n", "_jx a0"]))
        self.put(f"{behind}:")
        how = self.random.randrange(3)
        if how == 0:
            self.put(f"_call0 {function}")
            return
        pointer = self.register()
        self.put(f"movi {pointer}, {function}")
        if how == 1:
            self.put(f"_callx0 {pointer}")
        else:
            behind = self.label()
            self.put(f"movi a0, {behind}")
            if pointer != "a0":
                self.put(f"_jx {pointer}")
            self.put(f"{behind}:")

    def special(self, name):
        number, mask = SPECIALS[self.core][name]
        register = self.register()
        self.fill(register, self.value() & mask)
        how = self.random.choice([0x130000, 0x610000])
        self.raw(how | number << 8 | int(register[1:]) << 4)
        self.raw(0x030000 | number << 8 | int(self.register()[1:]) << 4)

    def compare_and_store(self):
        """S32C1I, and half of the time the word is the one that SCOMPARE1 has."""
        base, value, wanted = self.random.sample([f"a{i}" for i in range(16)], 3)
        self.fill(base, 0x15)  # ATOMCTL: the bus does it; by itself QEMU's memory refuses
        self.raw(0x136300 | int(base[1:]) << 4)
        offset = self.random.randrange(0, 1021, 4)
        self.fill(base, DATA + self.random.randrange(0, DATA_BYTES, 4) - offset)
        self.fill(value)
        self.fill(wanted)
        if self.random.random() < 0.5:
            self.put(f"l32i {wanted}, {base}, {offset}")
        self.raw(0x130C00 | int(wanted[1:]) << 4)
        self.raw(0x00E002 | offset // 4 << 16 | int(base[1:]) << 8 | int(value[1:]) << 4)

    # -- exceptions --

    def vectors(self, clear=None):
        """An exception goes on at a15, an interrupt where it was.  `clear` ends its request, by level; by itself, the bits of a14 do."""
        behind = self.label()
        self.put(f"j {behind}")
        self.put(".align 4096")
        self.put("vectors:")
        for name, offset in sorted(VECTORS[self.core].items(), key=lambda item: item[1]):
            self.put(f".org vectors + {offset}")
            if isinstance(name, int):
                self.put(f"{clear[name] if clear else 'wsr.intclear a14'}; addi a12, a12, {name}; rfi {name}")
            elif name == "double":
                self.put("wsr.depc a15; rfde")
            else:
                self.put(f"rsr.exccause a13; _beqi a13, 4, 1f; wsr.epc1 a15; rfe")
                self.put(f"1: {clear[1] if clear else 'wsr.intclear a14'}; _addi.n a12, a12, 1; rfe")
        self.put(".align 4")
        self.put(f"{behind}:")
        self.put("movi a15, vectors")
        self.put("wsr.vecbase a15")

    def set_ps(self, value):
        self.put(f"movi a13, {value}")
        self.put("wsr.ps a13")
        self.put("rsync")

    def exception(self, what):
        """`what` is done in user mode, in kernel mode, or while another exception is served."""
        resume = self.label()
        self.set_ps(self.random.choice([0x00, 0x20, 0x10, 0x30, 0x2F]))
        self.put(f"movi a15, {resume}")
        what()
        self.put(f"{resume}:")

    def faults(self):
        def unaligned():
            size, name = self.random.choice([(2, "l16ui"), (2, "l16si"), (4, "l32i"), (2, "s16i"), (4, "s32i"), (4, "l32i.n"), (4, "s32i.n")])
            self.fill("a2", DATA + self.random.randrange(DATA_BYTES // 4) * 4 + self.random.randrange(1, size))
            self.put(f"_{name} a3, a2, {size * self.random.randrange(10)}")

        def nowhere():
            self.fill("a2", NOWHERE)
            self.put(f"_{self.random.choice(['l8ui', 'l16ui', 'l16si', 'l32i', 's8i', 's16i', 's32i'])} a3, a2, 0")

        def gone():
            self.fill("a2", NOWHERE)
            self.put(self.random.choice(["_jx a2", "_callx0 a2"]))

        def missing_special():
            number = self.random.choice([7, 200, 225, 229, 250])
            self.raw(self.random.choice([0x030000, 0x130000, 0x610000]) | number << 8 | 0x20)

        return [lambda: self.put("ill"), lambda: self.put("ill.n"), lambda: self.put("syscall"), unaligned, nowhere, gone, missing_special,
                lambda: self.raw(0x03E320), lambda: self.raw(0x13EB20), lambda: self.raw(0x030000 | 240 + 3 << 8)]

    def interrupt(self):
        """A software interrupt, masked or not; it comes when nothing masks it any more."""
        number = self.random.choice(list(SOFTWARE[self.core]))
        level = self.random.randrange(0, 6)
        excm = self.random.choice([0, 0, 0x10])
        self.set_ps(0x20 | level | excm)
        self.fill("a14", 1 << number)
        self.put("wsr.intenable a14" if self.random.random() < 0.8 else "nop")
        self.put("wsr.intset a14")
        self.put("nop")
        self.put("addi a11, a11, 1")
        self.put("rsr.interrupt a10")
        if self.random.random() < 0.5:
            self.put(f"rsil a9, {self.random.randrange(0, 6)}")
            self.put("nop")
        self.set_ps(0x20)
        self.put("nop")
        self.put("wsr.intclear a14")
        self.put("movi a10, 0")
        self.put("wsr.intenable a10")

    def waiting(self):
        """WAITI with an interrupt that is there already."""
        number = self.random.choice(list(SOFTWARE[self.core]))
        self.set_ps(0x2F)
        self.fill("a14", 1 << number)
        self.put("wsr.intenable a14")
        self.put("wsr.intset a14")
        self.put("waiti 0")
        self.put("movi a10, 0")
        self.put("wsr.intenable a10")

    # -- time --

    def mix(self, register):
        """Into a7, where every value leaves its trace."""
        self.put("slli a6, a7, 5; add a7, a7, a6")
        self.put(f"xor a7, a7, {register}")

    def timer(self, index, count, how):
        """CCOUNT runs from `count` on, and meets CCOMPARE a little later.  Other timers match at moments of their own."""
        number, level = TIMERS[self.core][index]
        again = self.label()
        self.fill("a14", 1 << number)
        self.fill("a12", 0)
        self.fill("a8", (count - 1) & ALL)
        self.fill("a2", count)
        self.fill("a3", (count + 400) & ALL)
        self.set_ps(0x20 | (level if how == "masked" else 0))
        self.put(f"wsr.ccount a2; {write_compare(index, 3)}; wsr.intenable a14")
        if how == "masked":
            self.put(f"{again}: rsr.interrupt a10; and a10, a10, a14; beqz a10, {again}")
            self.mix("a12")
            self.mix("a10")
            self.set_ps(0x20)
        elif how == "withdrawn":
            self.set_ps(0x2F)
            self.put(f"{again}: rsr.interrupt a10; and a10, a10, a14; beqz a10, {again}")
            self.put(f"{write_compare(index, 8)}; rsr.interrupt a10; and a10, a10, a14")
            self.mix("a10")
            self.set_ps(0x20)
        else:
            self.put(f"{again}: {'waiti 0' if how == 'waited' else 'nop'}; beqz a12, {again}")
        self.put("nop; movi a10, 0; wsr.intenable a10; rsr.interrupt a10; and a10, a10, a14; rsr.exccause a11")
        for register in ("a10", "a11", "a12"):
            self.mix(register)

    def forget(self):
        """What depends on the moment."""
        self.put("movi a2, 0")
        for index in range(len(TIMERS[self.core])):
            self.put(write_compare(index, 2))
        for name, (number, mask) in SPECIALS[self.core].items():
            if mask and name not in ("vecbase", "ps"):
                self.raw(0x130000 | number << 8 | 2 << 4)

    # -- all of it --

    def text(self):
        begin = ".global _start, done\n_start: j begin\n.align 4\n.literal_position\nbegin:"
        end = "done: movi a2, 1\nmovi a3, 0\nsimcall"
        return "\n".join([begin, *self.lines, end, ""])


def each_opcode(core, seed, count):
    program = Program(core, f"opcodes {seed}")
    tries = [lambda name=name, do=do: do(name) for names, do in ((COMPUTE, program.compute), (BRANCH, program.branch),
             ({**LOAD, **STORE}, program.access), (SPECIALS[core], program.special)) for name in names]
    tries += [program.call] * 3 + [program.backward]
    if core == "sample_controller":
        tries.append(program.compare_and_store)
    for what in tries:
        for _ in range(count):
            what()
            program.pool()
    return program


def mixed(core, seed, count):
    """Whatever comes, in any order."""
    program = Program(core, f"mixed {seed}")
    for _ in range(count):
        program.random.choice([
            lambda: program.compute(program.random.choice(list(COMPUTE))),
            lambda: program.compute(program.random.choice(list(COMPUTE))),
            lambda: program.branch(program.random.choice(list(BRANCH))),
            lambda: program.access(program.random.choice(list(LOAD))),
            lambda: program.access(program.random.choice(list(STORE))),
            program.call,
            program.backward,
        ])()
        program.pool()
    return program


def exceptions(core, seed, count):
    program = Program(core, f"exceptions {seed}")
    program.vectors()
    for _ in range(count):
        for fault in program.faults():
            program.exception(fault)
            program.pool()
        program.interrupt()
        program.waiting()
    return program


def timers(core, seed, count):
    """Only what is left at the end is comparable: QEMU's cycles are not ours."""
    program = Program(core, f"timers {seed}")
    program.vectors({level: write_compare(index, 8) for index, (_, level) in enumerate(TIMERS[core])} | {2: "nop", 4: "nop"} if core != "lx106" else {1: write_compare(0, 8)})
    program.put("movi a7, 0; movi a8, 0")
    for _ in range(count):
        for index in range(len(TIMERS[core])):
            for how in ("busy", "waited", "masked", "withdrawn"):
                program.timer(index, program.random.choice([0, 100, 0xFFFFFF00, 0x7FFFFF00]), how)
                program.pool()
    program.forget()
    return program
