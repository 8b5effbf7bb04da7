/* SPDX-License-Identifier: MIT */
#include "emulator/cortexm/exceptions.h"

static uint32_t bit_of(unsigned number)
{
    return UINT32_C(1) << number % 32;
}

static bool is_set(const uint32_t *words, unsigned number)
{
    return words[number / 32] & bit_of(number);
}

static unsigned count_of(const struct exceptions *exceptions)
{
    return EXCEPTION_IRQ0 + exceptions->irq_count;
}

/* ---- state of one exception ------------------------------------------------------------------ */

void exceptions_init(struct exceptions *exceptions, unsigned irq_count, unsigned priority_bits,
                     bool is_v6)
{
    *exceptions = (struct exceptions){
        .irq_count = irq_count,
        .priority_mask = (uint8_t)(0xFF00u >> priority_bits),
        .is_v6 = is_v6,
        .enabled = {bit_of(EXCEPTION_NMI) | bit_of(EXCEPTION_HARD_FAULT) |
                    bit_of(EXCEPTION_SVCALL) | bit_of(EXCEPTION_PENDSV) |
                    bit_of(EXCEPTION_SYSTICK)},
    };
}

bool exceptions_is_pending(const struct exceptions *exceptions, unsigned number)
{
    return is_set(exceptions->pending, number);
}

bool exceptions_is_active(const struct exceptions *exceptions, unsigned number)
{
    return is_set(exceptions->active, number);
}

bool exceptions_is_enabled(const struct exceptions *exceptions, unsigned number)
{
    return is_set(exceptions->enabled, number);
}

void exceptions_pend(struct exceptions *exceptions, unsigned number)
{
    if (exceptions->send_on_pend && !exceptions_is_pending(exceptions, number))
        exceptions->event = true;
    exceptions->pending[number / 32] |= bit_of(number);
}

void exceptions_clear(struct exceptions *exceptions, unsigned number)
{
    exceptions->pending[number / 32] &= ~bit_of(number);
}

void exceptions_enable(struct exceptions *exceptions, unsigned number, bool is_enabled)
{
    if (is_enabled)
        exceptions->enabled[number / 32] |= bit_of(number);
    else
        exceptions->enabled[number / 32] &= ~bit_of(number);
}

unsigned exceptions_active_count(const struct exceptions *exceptions)
{
    unsigned count = 0;
    for (unsigned word = 0; word < EXCEPTION_WORDS; word++)
        count += (unsigned)__builtin_popcount(exceptions->active[word]);
    return count;
}

void exceptions_latch(struct exceptions *exceptions, const uint32_t *requests)
{
    for (unsigned word = 0; word < EXCEPTION_WORDS - 1; word++) {
        uint32_t before = exceptions->requests[word];
        exceptions->requests[word] = requests[word];
        for (uint32_t high = requests[word]; high; high &= high - 1) {
            unsigned irq = 32 * word + (unsigned)__builtin_ctz(high);
            bool has_risen = !(before & bit_of(irq));
            if (irq < exceptions->irq_count &&
                (has_risen || !exceptions_is_active(exceptions, EXCEPTION_IRQ0 + irq)))
                exceptions_pend(exceptions, EXCEPTION_IRQ0 + irq);
        }
    }
}

/* ---- priorities ------------------------------------------------------------------------------ */

int exceptions_priority(const struct exceptions *exceptions, unsigned number)
{
    switch (number) {
    case EXCEPTION_NONE:
        return PRIORITY_THREAD;
    case EXCEPTION_RESET:
        return -3;
    case EXCEPTION_NMI:
        return PRIORITY_NMI;
    case EXCEPTION_HARD_FAULT:
        return PRIORITY_HARD_FAULT;
    default:
        return exceptions->priorities[number];
    }
}

/* PRIGROUP n: the lowest n + 1 bits only order what is pending (ARMv7-M §B1.5.4). */
static int group_of(const struct exceptions *exceptions, int priority)
{
    return priority < 0 ? priority : priority & ~((2 << exceptions->group) - 1);
}

int exceptions_group_priority(const struct exceptions *exceptions, unsigned number)
{
    int priority = exceptions_priority(exceptions, number);
    return exceptions->is_v6 ? priority : group_of(exceptions, priority);
}

static int lower(int a, int b)
{
    return a < b ? a : b;
}

/* The priority of the handlers that have begun. */
static int active_priority(const struct exceptions *exceptions)
{
    int priority = PRIORITY_THREAD;
    for (unsigned word = 0; word < EXCEPTION_WORDS; word++) {
        for (uint32_t left = exceptions->active[word]; left; left &= left - 1) {
            unsigned number = 32 * word + (unsigned)__builtin_ctz(left);
            priority = lower(priority, exceptions_group_priority(exceptions, number));
        }
    }
    return priority;
}

static int without_primask(const struct exceptions *exceptions)
{
    int priority = active_priority(exceptions);
    if (exceptions->basepri)
        priority = lower(priority, group_of(exceptions, exceptions->basepri));
    if (exceptions->faultmask)
        priority = lower(priority, PRIORITY_HARD_FAULT);
    return priority;
}

int exceptions_running(const struct exceptions *exceptions)
{
    int priority = without_primask(exceptions);
    return exceptions->primask ? lower(priority, 0) : priority;
}

/* ---- what comes next ------------------------------------------------------------------------- */

unsigned exceptions_first(const struct exceptions *exceptions)
{
    unsigned first = EXCEPTION_NONE;
    for (unsigned word = 0; 32 * word < count_of(exceptions); word++) {
        uint32_t ready = exceptions->pending[word] & exceptions->enabled[word];
        for (; ready; ready &= ready - 1) {
            unsigned number = 32 * word + (unsigned)__builtin_ctz(ready);
            if (exceptions_priority(exceptions, number) < exceptions_priority(exceptions, first))
                first = number;
        }
    }
    return first;
}

unsigned exceptions_next(const struct exceptions *exceptions)
{
    unsigned first = exceptions_first(exceptions);
    bool preempts = exceptions_group_priority(exceptions, first) < exceptions_running(exceptions);
    return first != EXCEPTION_NONE && preempts ? first : EXCEPTION_NONE;
}

bool exceptions_wake(const struct exceptions *exceptions)
{
    unsigned first = exceptions_first(exceptions);
    return first != EXCEPTION_NONE &&
           exceptions_group_priority(exceptions, first) < without_primask(exceptions);
}

unsigned exceptions_escalate(const struct exceptions *exceptions, unsigned number)
{
    int running = exceptions_running(exceptions);
    if (exceptions_is_enabled(exceptions, number) &&
        exceptions_group_priority(exceptions, number) < running)
        return number;
    return running > PRIORITY_HARD_FAULT ? EXCEPTION_HARD_FAULT : EXCEPTION_NONE;
}

/* ---- handlers -------------------------------------------------------------------------------- */

void exceptions_enter(struct exceptions *exceptions, unsigned number)
{
    exceptions_clear(exceptions, number);
    exceptions->active[number / 32] |= bit_of(number);
    exceptions->event = true;
}

/* FAULTMASK ends with every handler but NMI's (ARMv7-M §B1.5.8). */
void exceptions_leave(struct exceptions *exceptions, unsigned number)
{
    exceptions->active[number / 32] &= ~bit_of(number);
    if (number != EXCEPTION_NMI)
        exceptions->faultmask = false;
    exceptions->event = true;
}
