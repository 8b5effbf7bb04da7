/* SPDX-License-Identifier: MIT */
#include "support/nvic.h"

enum {
    ISER = 0xE100, /* each of the four: NVIC_WORDS_MAX words */
    ICER = 0xE180,
    ISPR = 0xE200,
    ICPR = 0xE280,
    IPR = 0xE400,
    VTOR = 0xED08,
    SCR = 0xED10,
    SCR_SEVONPEND = 0x10 /* an interrupt that becomes pending is an event */
};

void nvic_init(struct nvic *nvic, unsigned irq_count, unsigned priority_bits)
{
    *nvic = (struct nvic){
        .irq_count = irq_count, .priority_bits = priority_bits, .running = NVIC_THREAD};
}

static unsigned word_count(const struct nvic *nvic)
{
    return (nvic->irq_count + 31) / 32;
}

/* The interrupts that exist, of the 32 of a word. */
static uint32_t mask_of(const struct nvic *nvic, unsigned word)
{
    unsigned left = nvic->irq_count - 32 * word;
    return left >= 32 ? UINT32_MAX : (UINT32_C(1) << left) - 1;
}

/* ---- requests -------------------------------------------------------------------------------- */

static void pend(struct nvic *nvic, unsigned word, uint32_t bits, uint64_t now_ns)
{
    uint32_t news = bits & ~nvic->pending[word];
    nvic->pending[word] |= bits;
    for (unsigned i = 0; i < 32 && news >> i; i++) {
        if (news >> i & 1)
            nvic->pending_ns[32 * word + i] = now_ns;
    }
}

bool nvic_latch(struct nvic *nvic, const uint32_t *requests, uint64_t now_ns)
{
    uint32_t any = 0;
    for (unsigned word = 0; word < word_count(nvic); word++) {
        uint32_t risen = requests[word] & ~nvic->requests[word];
        uint32_t news = ((requests[word] & ~nvic->active[word]) | risen) & ~nvic->pending[word];
        nvic->requests[word] = requests[word];
        pend(nvic, word, news, now_ns);
        any |= news;
    }
    return any && nvic->scr & SCR_SEVONPEND;
}

unsigned nvic_candidate(const struct nvic *nvic)
{
    unsigned best = NVIC_NONE;
    unsigned priority = nvic->running;
    for (unsigned word = 0; word < word_count(nvic) && !nvic->masked; word++) {
        uint32_t ready = nvic->pending[word] & nvic->enabled[word];
        for (unsigned i = 0; i < 32 && ready >> i; i++) {
            unsigned irq = 32 * word + i;
            if ((ready >> i & 1) && nvic->priorities[irq] < priority) {
                best = irq;
                priority = nvic->priorities[irq];
            }
        }
    }
    return best;
}

unsigned nvic_enter(struct nvic *nvic, unsigned irq)
{
    unsigned interrupted = nvic->running;
    uint32_t bit = UINT32_C(1) << irq % 32;
    nvic->pending[irq / 32] &= ~bit;
    nvic->active[irq / 32] |= bit;
    nvic->running = nvic->priorities[irq];
    return interrupted;
}

void nvic_leave(struct nvic *nvic, unsigned irq, unsigned interrupted, uint64_t now_ns)
{
    nvic->running = interrupted;
    nvic->active[irq / 32] &= ~(UINT32_C(1) << irq % 32);
    nvic->ready_ns = now_ns;
}

bool nvic_is_active(const struct nvic *nvic)
{
    return nvic->running != NVIC_THREAD;
}

/* ---- registers ------------------------------------------------------------------------------- */

static void enable(struct nvic *nvic, unsigned word, uint32_t bits, uint64_t now_ns)
{
    if (bits & ~nvic->enabled[word])
        nvic->ready_ns = now_ns;
    nvic->enabled[word] |= bits;
}

static bool is_word_of(uint32_t first, uint32_t offset)
{
    return offset >= first && offset < first + 4 * NVIC_WORDS_MAX;
}

static bool is_priority(const struct nvic *nvic, uint32_t offset)
{
    return offset >= IPR && offset < IPR + 32 * word_count(nvic);
}

/* The priority is in the upper bits of its byte. */
bool nvic_load_priority(const struct nvic *nvic, uint32_t offset, uint32_t *value)
{
    if (!is_priority(nvic, offset))
        return false;
    *value = (uint32_t)nvic->priorities[offset - IPR] << (8 - nvic->priority_bits);
    return true;
}

bool nvic_store_priority(struct nvic *nvic, uint32_t offset, uint32_t value)
{
    if (!is_priority(nvic, offset))
        return false;
    if (offset - IPR < nvic->irq_count)
        nvic->priorities[offset - IPR] = (uint8_t)((value & 0xFF) >> (8 - nvic->priority_bits));
    return true;
}

bool nvic_load(const struct nvic *nvic, uint32_t offset, uint32_t *value)
{
    unsigned word = offset % 0x80 / 4;
    if (is_word_of(ISER, offset) || is_word_of(ICER, offset)) {
        *value = nvic->enabled[word];
    } else if (is_word_of(ISPR, offset) || is_word_of(ICPR, offset)) {
        *value = nvic->pending[word];
    } else if (is_priority(nvic, offset)) {
        *value = 0;
        for (unsigned i = 0; i < 4; i++) {
            uint32_t priority = 0;
            nvic_load_priority(nvic, offset + i, &priority);
            *value |= priority << 8 * i;
        }
    } else if (offset == VTOR || offset == SCR) {
        *value = offset == VTOR ? nvic->vtor : nvic->scr;
    } else {
        return false;
    }
    return true;
}

bool nvic_store(struct nvic *nvic, uint32_t offset, uint32_t value, uint64_t now_ns)
{
    unsigned word = offset % 0x80 / 4;
    if (is_word_of(ISER, offset)) {
        enable(nvic, word, value & mask_of(nvic, word), now_ns);
    } else if (is_word_of(ICER, offset)) {
        nvic->enabled[word] &= ~value;
    } else if (is_word_of(ISPR, offset)) {
        pend(nvic, word, value & mask_of(nvic, word), now_ns);
    } else if (is_word_of(ICPR, offset)) {
        nvic->pending[word] &= ~value;
    } else if (is_priority(nvic, offset)) {
        for (unsigned i = 0; i < 4; i++)
            nvic_store_priority(nvic, offset + i, value >> 8 * i);
    } else if (offset == VTOR) {
        nvic->vtor = value & UINT32_C(0xFFFFFF00);
    } else if (offset == SCR) {
        nvic->scr = value & 0x16;
    } else {
        return false;
    }
    return true;
}
