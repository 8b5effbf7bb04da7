/* SPDX-License-Identifier: MIT */
#include "emulator/cortexm/scs.h"

#include "emulator/cortexm/core.h"

/* Offsets of registers. */
enum {
    DWT_CTRL = 0x1000,
    DWT_CYCCNT = 0x1004,
    ICTR = 0xE004,
    SYST_CSR = 0xE010,
    SYST_RVR = 0xE014,
    SYST_CVR = 0xE018,
    SYST_CALIB = 0xE01C,
    NVIC_ISER = 0xE100,
    NVIC_ICER = 0xE180,
    NVIC_ISPR = 0xE200,
    NVIC_ICPR = 0xE280,
    NVIC_IABR = 0xE300,
    NVIC_IPR = 0xE400,
    CPUID = 0xED00,
    ICSR = 0xED04,
    VTOR = 0xED08,
    AIRCR = 0xED0C,
    SCR = 0xED10,
    CCR = 0xED14,
    SHPR1 = 0xED18,
    SHCSR = 0xED24,
    CFSR = 0xED28,
    HFSR = 0xED2C,
    DFSR = 0xED30,
    MMFAR = 0xED34,
    BFAR = 0xED38,
    CPACR = 0xED88,
    DEMCR = 0xEDFC,
    STIR = 0xEF00,
    FPCCR = 0xEF34,
    FPCAR = 0xEF38,
    FPDSCR = 0xEF3C
};

/* SYST_CSR. */
enum { SYSTICK_ENABLE = 1, SYSTICK_INTERRUPT = 2, SYSTICK_OF_CORE = 4, SYSTICK_COUNTED = 1 << 16 };

#define ICSR_NMIPENDSET (UINT32_C(1) << 31)
#define ICSR_PENDSVSET (UINT32_C(1) << 28)
#define ICSR_PENDSVCLR (UINT32_C(1) << 27)
#define ICSR_PENDSTSET (UINT32_C(1) << 26)
#define ICSR_PENDSTCLR (UINT32_C(1) << 25)
#define ICSR_ISRPENDING (UINT32_C(1) << 22)
#define ICSR_RETTOBASE (UINT32_C(1) << 11)

#define AIRCR_KEY UINT32_C(0x05FA)
#define AIRCR_READS UINT32_C(0xFA050000)
enum { AIRCR_SYSRESETREQ = 4 };

#define DEMCR_TRCENA (UINT32_C(1) << 24)
enum { DWT_CYCCNTENA = 1 };

/* SHCSR: the exceptions of its bits, enabled and pending. */
static const struct {
    uint8_t bit, exception;
    char what;
} handler_bits[] = {
    {0, EXCEPTION_MEM_MANAGE, 'a'},   {1, EXCEPTION_BUS_FAULT, 'a'},
    {3, EXCEPTION_USAGE_FAULT, 'a'},  {7, EXCEPTION_SVCALL, 'a'},
    {10, EXCEPTION_PENDSV, 'a'},      {11, EXCEPTION_SYSTICK, 'a'},
    {12, EXCEPTION_USAGE_FAULT, 'p'}, {13, EXCEPTION_MEM_MANAGE, 'p'},
    {14, EXCEPTION_BUS_FAULT, 'p'},   {15, EXCEPTION_SVCALL, 'p'},
    {16, EXCEPTION_MEM_MANAGE, 'e'},  {17, EXCEPTION_BUS_FAULT, 'e'},
    {18, EXCEPTION_USAGE_FAULT, 'e'},
};
enum { HANDLER_BITS = sizeof handler_bits / sizeof handler_bits[0] };

void scs_init(struct scs *scs, bool is_v6)
{
    *scs = (struct scs){
        .ccr = is_v6 ? CCR_STKALIGN | 8 : CCR_STKALIGN,
        .fpccr = FPCCR_ASPEN | FPCCR_LSPEN,
    };
}

static bool has_float(const struct cortexm *core)
{
    return core->costs.float_frame;
}

bool scs_float_enabled(const struct cortexm *core)
{
    return (core->scs.cpacr >> 20 & 15) == 15;
}

/* ---- the cycle counter ----------------------------------------------------------------------- */

/* It stands still unless DEMCR and DWT_CTRL both say otherwise. */
static bool is_counting(const struct scs *scs)
{
    return (scs->demcr & DEMCR_TRCENA) && (scs->dwt_control & DWT_CYCCNTENA);
}

static uint64_t counted_cycles(const struct cortexm *core)
{
    return is_counting(&core->scs) ? core->base.cycles - core->scs.count_since : 0;
}

static uint32_t cycle_count(const struct cortexm *core)
{
    return core->scs.count + (uint32_t)counted_cycles(core);
}

/* What was counted is kept before anything about counting changes. */
static void keep_count(struct cortexm *core)
{
    core->scs.count = cycle_count(core);
    core->scs.count_since = core->base.cycles;
}

/* ---- SysTick --------------------------------------------------------------------------------- */

/* It counts to 0, and is `reload` one cycle later (§B3.3): a period is reload + 1 cycles. */
void scs_run_systick(struct cortexm *core)
{
    struct scs *scs = &core->scs;
    uint64_t past = core->base.cycles - scs->systick_cycle;
    scs->systick_cycle = core->base.cycles;
    if (!(scs->systick_control & SYSTICK_ENABLE) || !past)
        return;
    if (past < scs->systick_value) {
        scs->systick_value -= (uint32_t)past;
        return;
    }
    bool counted = scs->systick_value > 0;
    past -= scs->systick_value;
    uint64_t period = (uint64_t)scs->systick_reload + 1;
    counted |= past >= period && scs->systick_reload > 0;
    past %= period;
    scs->systick_value = past ? (uint32_t)(period - past) : 0;
    if (!counted)
        return;
    scs->systick_control |= SYSTICK_COUNTED;
    if (scs->systick_control & SYSTICK_INTERRUPT)
        exceptions_pend(&core->exceptions, EXCEPTION_SYSTICK);
}

uint64_t scs_next_systick(const struct cortexm *core)
{
    const struct scs *scs = &core->scs;
    bool is_running = scs->systick_control & SYSTICK_ENABLE;
    bool is_useful = scs->systick_value > 0 || scs->systick_reload > 0;
    if (!is_running || !is_useful || !(scs->systick_control & SYSTICK_INTERRUPT))
        return UINT64_MAX;
    uint64_t left = scs->systick_value ? scs->systick_value : (uint64_t)scs->systick_reload + 1;
    return scs->systick_cycle + left;
}

static uint32_t load_systick(struct cortexm *core, uint32_t offset)
{
    struct scs *scs = &core->scs;
    uint32_t control = scs->systick_control;
    switch (offset) {
    case SYST_CSR:
        scs->systick_control &= ~(uint32_t)SYSTICK_COUNTED;
        return control;
    case SYST_RVR:
        return scs->systick_reload;
    case SYST_CVR:
        return scs->systick_value;
    default:
        return 0;
    }
}

static void store_systick(struct cortexm *core, uint32_t offset, uint32_t value)
{
    struct scs *scs = &core->scs;
    if (offset == SYST_CSR) {
        scs->systick_control = (scs->systick_control & SYSTICK_COUNTED) | (value & 7);
    } else if (offset == SYST_RVR) {
        scs->systick_reload = value & 0xFFFFFF;
    } else if (offset == SYST_CVR) {
        scs->systick_value = 0;
        scs->systick_control &= ~(uint32_t)SYSTICK_COUNTED;
    }
}

/* ---- NVIC ------------------------------------------------------------------------------------ */

typedef bool query(const struct exceptions *exceptions, unsigned number);

static uint32_t bits_of(const struct cortexm *core, unsigned first, query *is_so)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 32 && first + i < core->exceptions.irq_count; i++)
        value |= (uint32_t)is_so(&core->exceptions, EXCEPTION_IRQ0 + first + i) << i;
    return value;
}

static uint32_t load_nvic(struct cortexm *core, uint32_t offset)
{
    unsigned first = 8 * (offset & 0x7C);
    switch (offset & 0xFF80) {
    case NVIC_ISER:
    case NVIC_ICER:
        return bits_of(core, first, exceptions_is_enabled);
    case NVIC_ISPR:
    case NVIC_ICPR:
        return bits_of(core, first, exceptions_is_pending);
    case NVIC_IABR:
        return bits_of(core, first, exceptions_is_active);
    default:
        return 0;
    }
}

/* A request that is still high is pending again at once: the next look finds it. */
static void store_nvic(struct cortexm *core, uint32_t offset, uint32_t value)
{
    struct exceptions *exceptions = &core->exceptions;
    unsigned first = 8 * (offset & 0x7C);
    for (uint32_t left = value; left; left &= left - 1) {
        unsigned irq = first + (unsigned)__builtin_ctz(left);
        if (irq >= exceptions->irq_count)
            return;
        if ((offset & 0xFF80) == NVIC_ISER || (offset & 0xFF80) == NVIC_ICER)
            exceptions_enable(exceptions, EXCEPTION_IRQ0 + irq, (offset & 0xFF80) == NVIC_ISER);
        else if ((offset & 0xFF80) == NVIC_ISPR)
            exceptions_pend(exceptions, EXCEPTION_IRQ0 + irq);
        else if ((offset & 0xFF80) == NVIC_ICPR)
            exceptions_clear(exceptions, EXCEPTION_IRQ0 + irq);
    }
}

/* IPR and SHPR: the exception whose priority is at an offset; EXCEPTION_NONE: it is elsewhere. */
static unsigned exception_at(const struct cortexm *core, uint32_t offset)
{
    if (offset >= NVIC_IPR && offset < NVIC_IPR + core->exceptions.irq_count)
        return EXCEPTION_IRQ0 + offset - NVIC_IPR;
    if (offset >= SHPR1 && offset < SHPR1 + 12)
        return EXCEPTION_MEM_MANAGE + offset - SHPR1;
    return EXCEPTION_NONE;
}

static bool is_priority(uint32_t offset)
{
    return (offset >= NVIC_IPR && offset < NVIC_IPR + EXCEPTION_IRQS_MAX) ||
           (offset >= SHPR1 && offset < SHPR1 + 12);
}

static uint32_t load_priorities(struct cortexm *core, uint32_t offset, unsigned bytes)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint32_t)core->exceptions.priorities[exception_at(core, offset + i)] << 8 * i;
    return value;
}

static void store_priorities(struct cortexm *core, uint32_t offset, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        unsigned exception = exception_at(core, offset + i);
        uint8_t priority = (uint8_t)(value >> 8 * i & core->exceptions.priority_mask);
        if (exception != EXCEPTION_NONE)
            core->exceptions.priorities[exception] = priority;
    }
}

/* ---- SCB ------------------------------------------------------------------------------------- */

static uint32_t cpuid(enum cortexm_kind kind)
{
    static const uint32_t ids[] = {[CORTEXM_M0] = 0x410CC200,
                                   [CORTEXM_M0PLUS] = 0x410CC601,
                                   [CORTEXM_M4] = 0x410FC241,
                                   [CORTEXM_M33] = 0x410FD213};
    return ids[kind];
}

static uint32_t load_icsr(struct cortexm *core)
{
    const struct exceptions *exceptions = &core->exceptions;
    uint32_t value = cortexm_exception(core) | exceptions_first(exceptions) << 12;
    value |= exceptions_is_pending(exceptions, EXCEPTION_NMI) ? ICSR_NMIPENDSET : 0;
    value |= exceptions_is_pending(exceptions, EXCEPTION_PENDSV) ? ICSR_PENDSVSET : 0;
    value |= exceptions_is_pending(exceptions, EXCEPTION_SYSTICK) ? ICSR_PENDSTSET : 0;
    for (unsigned irq = 0; irq < exceptions->irq_count; irq++)
        value |= exceptions_is_pending(exceptions, EXCEPTION_IRQ0 + irq) ? ICSR_ISRPENDING : 0;
    if (!exceptions->is_v6 && exceptions_active_count(exceptions) <= 1)
        value |= ICSR_RETTOBASE;
    return value;
}

static void store_icsr(struct cortexm *core, uint32_t value)
{
    static const struct {
        uint32_t bit;
        uint8_t exception;
        bool is_set;
    } actions[] = {
        {ICSR_PENDSVCLR, EXCEPTION_PENDSV, false}, {ICSR_PENDSTCLR, EXCEPTION_SYSTICK, false},
        {ICSR_NMIPENDSET, EXCEPTION_NMI, true},    {ICSR_PENDSVSET, EXCEPTION_PENDSV, true},
        {ICSR_PENDSTSET, EXCEPTION_SYSTICK, true},
    };
    for (unsigned i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (!(value & actions[i].bit))
            continue;
        if (actions[i].is_set)
            exceptions_pend(&core->exceptions, actions[i].exception);
        else
            exceptions_clear(&core->exceptions, actions[i].exception);
    }
}

static uint32_t load_aircr(const struct cortexm *core)
{
    return AIRCR_READS | (uint32_t)core->exceptions.group << 8;
}

static void store_aircr(struct cortexm *core, uint32_t value)
{
    if (value >> 16 != AIRCR_KEY)
        return;
    if (!core->exceptions.is_v6)
        core->exceptions.group = value >> 8 & 7;
    core->reset_requested |= value & AIRCR_SYSRESETREQ;
}

static uint32_t load_shcsr(const struct cortexm *core)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < HANDLER_BITS; i++) {
        query *is_so = handler_bits[i].what == 'a'   ? exceptions_is_active
                       : handler_bits[i].what == 'p' ? exceptions_is_pending
                                                     : exceptions_is_enabled;
        value |= (uint32_t)is_so(&core->exceptions, handler_bits[i].exception)
                 << handler_bits[i].bit;
    }
    return value;
}

/* Which faults have handlers of their own.  The rest is for debuggers and operating systems. */
static void store_shcsr(struct cortexm *core, uint32_t value)
{
    for (unsigned i = 0; i < HANDLER_BITS; i++) {
        if (handler_bits[i].what == 'e')
            exceptions_enable(&core->exceptions, handler_bits[i].exception,
                              value >> handler_bits[i].bit & 1);
    }
}

static uint32_t load_v7(struct cortexm *core, uint32_t offset)
{
    const struct scs *scs = &core->scs;
    switch (offset) {
    case SHCSR:
        return load_shcsr(core);
    case CFSR:
        return scs->cfsr;
    case HFSR:
        return scs->hfsr;
    case MMFAR:
        return scs->mmfar;
    case BFAR:
        return scs->bfar;
    case CPACR:
        return scs->cpacr;
    case FPCCR:
        return scs->fpccr;
    case FPCAR:
        return scs->fpcar;
    case FPDSCR:
        return scs->fpdscr;
    case ICTR:
        return (core->exceptions.irq_count - 1) / 32;
    case DEMCR:
        return scs->demcr;
    case DWT_CTRL:
        return scs->dwt_control;
    case DWT_CYCCNT:
        return cycle_count(core);
    default:
        return load_nvic(core, offset);
    }
}

static void store_float(struct scs *scs, uint32_t offset, uint32_t value)
{
    if (offset == CPACR)
        scs->cpacr = value & UINT32_C(0x00F00000);
    else if (offset == FPCCR)
        scs->fpccr = (value & (FPCCR_ASPEN | FPCCR_LSPEN)) | (scs->fpccr & FPCCR_LSPACT & value);
    else if (offset == FPCAR)
        scs->fpcar = value & ~UINT32_C(7);
    else
        scs->fpdscr = value & UINT32_C(0x07C00000);
}

static void store_v7(struct cortexm *core, uint32_t offset, uint32_t value)
{
    struct scs *scs = &core->scs;
    switch (offset) {
    case SHCSR:
        store_shcsr(core, value);
        break;
    case CFSR: /* the two are cleared by ones */
        scs->cfsr &= ~value;
        break;
    case HFSR:
        scs->hfsr &= ~value;
        break;
    case STIR:
        if ((value & 0x1FF) < core->exceptions.irq_count)
            exceptions_pend(&core->exceptions, EXCEPTION_IRQ0 + (value & 0x1FF));
        break;
    case CPACR:
    case FPCCR:
    case FPCAR:
    case FPDSCR:
        if (has_float(core))
            store_float(scs, offset, value);
        break;
    case DEMCR:
        keep_count(core);
        scs->demcr = value & (DEMCR_TRCENA | 0x000F07F1);
        break;
    case DWT_CTRL:
        keep_count(core);
        scs->dwt_control = value & DWT_CYCCNTENA;
        break;
    case DWT_CYCCNT:
        keep_count(core);
        scs->count = value;
        break;
    default:
        store_nvic(core, offset, value);
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

static uint32_t load_word(struct cortexm *core, uint32_t offset)
{
    switch (offset) {
    case SYST_CSR:
    case SYST_RVR:
    case SYST_CVR:
    case SYST_CALIB:
        return load_systick(core, offset);
    case CPUID:
        return cpuid(core->kind);
    case ICSR:
        return load_icsr(core);
    case VTOR:
        return core->scs.vtor;
    case AIRCR:
        return load_aircr(core);
    case SCR:
        return core->scs.scr;
    case CCR:
        return core->scs.ccr;
    default:
        return core->exceptions.is_v6 ? load_nvic(core, offset) : load_v7(core, offset);
    }
}

static void store_word(struct cortexm *core, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case SYST_CSR:
    case SYST_RVR:
    case SYST_CVR:
        store_systick(core, offset, value);
        break;
    case ICSR:
        store_icsr(core, value);
        break;
    case VTOR: /* Cortex-M0 has none */
        core->scs.vtor = core->kind == CORTEXM_M0 ? 0 : value & ~UINT32_C(0x7F);
        break;
    case AIRCR:
        store_aircr(core, value);
        break;
    case SCR:
        core->scs.scr = value & 0x16;
        core->exceptions.send_on_pend = value & 0x10;
        break;
    case CCR:
        core->scs.ccr = core->exceptions.is_v6 ? core->scs.ccr : value & 0x31B;
        break;
    default:
        if (core->exceptions.is_v6)
            store_nvic(core, offset, value);
        else
            store_v7(core, offset, value);
    }
}

uint32_t scs_load(struct cortexm *core, uint32_t offset, unsigned bytes)
{
    if (is_priority(offset))
        return load_priorities(core, offset, bytes);
    return load_word(core, offset & ~UINT32_C(3)) >> 8 * (offset & 3);
}

/* Only priorities and CFSR are written in parts. */
void scs_store(struct cortexm *core, uint32_t offset, uint32_t value, unsigned bytes)
{
    if (is_priority(offset))
        store_priorities(core, offset, value, bytes);
    else
        store_word(core, offset & ~UINT32_C(3), value << 8 * (offset & 3));
}
