/* SPDX-License-Identifier: MIT */
/*
 * Work that comes to the same results whether it is interrupted or not.
 *
 * Four interrupts of four priorities nest, as a program for the ESP32-C3 does it: the handler raises
 * the threshold of the chip, and lets in what is above it.  Handlers spoil every register that the
 * frame keeps.
 */
#include "torture.h"

/* The registers of execute.c. */
#define ACKNOWLEDGE (*(volatile uint32_t *)0x40000000) /* bits of interrupts that were served */
#define COUNTER (*(volatile uint32_t *)0x40000004)     /* how often it was read by now */
#define THRESHOLD (*(volatile uint32_t *)0x40000008)   /* lower ones are not taken */

enum { INTERRUPTS = 4, FIRST = 16, ROUNDS = 2000, WORDS = 24 };

void begin(void);
void handle(struct frame *frame, unsigned number);

static volatile uint32_t handled[INTERRUPTS], deepest;
static uint32_t words[WORDS];

/* ---- handlers -------------------------------------------------------------------------------- */

static void spoil(void)
{
    __asm volatile(
        "li t0, -1\n\tli t1, -2\n\tli t2, -3\n\tli t3, -4\n\tli t4, -5\n\tli t5, -6\n\t"
        "li t6, -7\n\tli a2, -8\n\tli a3, -9\n\tli a4, -10\n\tli a5, -11\n\tli a6, -12" ::
            : "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a2", "a3", "a4", "a5", "a6");
}

void handle(struct frame *frame, unsigned number)
{
    (void)frame;
    static volatile uint32_t depth;
    unsigned irq = number - FIRST;
    uint32_t pc = READ(mepc), mstatus = READ(mstatus), threshold = THRESHOLD;
    handled[irq]++;
    depth++;
    deepest = depth > deepest ? depth : deepest;
    ACKNOWLEDGE = 1u << irq;
    THRESHOLD = irq + 1;
    SET(mstatus, MIE);
    spoil();
    CLEAR(mstatus, MIE);
    depth--;
    THRESHOLD = threshold;
    WRITE(mepc, pc);
    WRITE(mstatus, mstatus);
}

/* ---- work ------------------------------------------------------------------------------------ */

/* xorshift32 (Marsaglia). */
static uint32_t draw(uint32_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    *random ^= *random << 5;
    return *random;
}

static void sort(void)
{
    for (unsigned i = 1; i < WORDS; i++) {
        uint32_t word = words[i];
        unsigned at = i;
        for (; at > 0 && words[at - 1] > word; at--)
            words[at] = words[at - 1];
        words[at] = word;
    }
}

static uint32_t divide(uint32_t a, uint32_t b)
{
    uint32_t quotient = a / (b | 1), rest = a % (b | 1);
    int32_t signed_quotient = (int32_t)a / ((int32_t)(b >> 3) + 3);
    return quotient ^ rest ^ (uint32_t)signed_quotient;
}

static uint32_t multiply(uint32_t a, uint32_t b)
{
    uint64_t product = (uint64_t)a * b + a;
    int64_t signed_product = (int64_t)(int32_t)a * (int32_t)b;
    return (uint32_t)(product >> 32) ^ (uint32_t)product ^ (uint32_t)(signed_product >> 29);
}

/* Bytes, halfwords, and a CSR that holds what was written. */
static uint32_t pieces(uint32_t a)
{
    volatile uint8_t bytes[8];
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(a >> i);
    volatile int16_t *halves = (volatile int16_t *)bytes;
    WRITE(pmpaddr3, a);
    SET(pmpaddr3, (uint32_t)halves[1]);
    uint32_t sum = READ(pmpaddr3);
    for (unsigned i = 0; i < sizeof bytes; i++)
        sum = sum * 3 + bytes[i];
    return sum;
}

static uint32_t work(uint32_t round)
{
    uint32_t random = round * 0x9E3779B9 | 1, sum = 0;
    for (unsigned i = 0; i < WORDS; i++)
        words[i] = draw(&random) ^ words[i] >> 1;
    sort();
    for (unsigned i = 1; i < WORDS; i++)
        sum += divide(words[i], words[i - 1]) ^ multiply(words[i], sum);
    return sum + pieces(sum) + COUNTER;
}

void begin(void)
{
    SET(mstatus, MIE);
    uint32_t sum = 0;
    for (uint32_t round = 0; round < ROUNDS; round++)
        sum = sum * 31 + work(round);
    CLEAR(mstatus, MIE);
    note("sum", sum);
    for (unsigned i = 0; i < WORDS; i++)
        note("word", words[i]);
    note("counter", COUNTER);
    title("interrupts");
    note("handled", handled[0] + handled[1] + handled[2] + handled[3]);
    note("deepest", deepest);
    leave();
}
