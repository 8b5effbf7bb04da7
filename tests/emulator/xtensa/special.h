/* SPDX-License-Identifier: MIT */
/*
 * Special registers, by the numbers of RSR, WSR and XSR.
 */
#ifndef XTENSA_SPECIAL_H
#define XTENSA_SPECIAL_H

#include <stdbool.h>
#include <stdint.h>

struct xtensa;

enum { XTENSA_SPECIALS = 256 };

enum {
    SAR = 3,
    SCOMPARE1 = 12,
    WINDOWBASE = 72,
    WINDOWSTART = 73,
    MEMCTL = 97,
    ATOMCTL = 99,
    EPC = 176, /* EPCn is EPC + n, n from 1 */
    DEPC = 192,
    EPS = 192,     /* EPSn is EPS + n, n from 2 */
    EXCSAVE = 208, /* EXCSAVEn, n from 1 */
    CPENABLE = 224,
    INTERRUPT = 226,
    INTSET = 226, /* the same number, written */
    INTCLEAR = 227,
    INTENABLE = 228,
    PS = 230,
    VECBASE = 231,
    EXCCAUSE = 232,
    CCOUNT = 234,
    PRID = 235,
    EXCVADDR = 238,
    CCOMPARE = 240,
    MISC = 244
};

enum { PS_INTLEVEL = 0xF, PS_EXCM = 0x10, PS_UM = 0x20, PS_WOE = 0x40000 };

/* May an instruction read it, may one write it?  If not, that one is illegal. */
bool special_is_readable(const struct xtensa *core, unsigned number);
bool special_is_writable(const struct xtensa *core, unsigned number);

uint32_t special_read(const struct xtensa *core, unsigned number);
void special_write(struct xtensa *core, unsigned number, uint32_t value);

/* By the name that disassemblers give it, in capitals: "EPC1".  -1: there is none. */
int special_number(const char *name);

/* Timers: what has matched up to base.cycles is pending. */
void special_run_timers(struct xtensa *core);
/* When the next one matches; UINT64_MAX: there is none. */
uint64_t special_next_match(const struct xtensa *core);

#endif
