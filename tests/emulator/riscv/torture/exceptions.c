/* SPDX-License-Identifier: MIT */
#include "torture.h"

/* QEMU's machine has nothing there. */
#define NOWHERE 0x00F00000

extern const uint32_t other_vectors[], vectors[];

/* ---- calls, breakpoints, illegal instructions ------------------------------------------------ */

static void calls(void)
{
    title("call");
    supervisor();
    title("breakpoints");
    ATTEMPT(".option push; .option norvc; ebreak; .option pop");
    ATTEMPT("c.ebreak");
}

static void illegal(void)
{
    title("no instructions");
    ATTEMPT(".half 0");
    ATTEMPT(".word 0xffffffff");
    ATTEMPT(".word 0x0000007f");
    title("atomic accesses");
    ATTEMPT(".word 0x100522af"); /* lr.w t0, (a0) */
    ATTEMPT(".word 0x00a522af"); /* amoadd.w */
    title("system instructions that are none");
    ATTEMPT(".word 0x302000f3"); /* MRET, with rd */
    ATTEMPT(".word 0x10508073"); /* WFI, with rs1 */
    ATTEMPT(".word 0x30204073"); /* function 4 */
    ATTEMPT(".word 0x7b200073"); /* DRET */
}

/* ---- CSRs ------------------------------------------------------------------------------------ */

static void csrs(void)
{
    title("no CSRs");
    ATTEMPT("csrr t0, 0x5c0");
    ATTEMPT("csrw 0x5c0, t0");
    title("read-only CSRs");
    note("hart", READ(mhartid));
    ATTEMPT("csrw mhartid, zero");
    ATTEMPT("csrrs t0, mhartid, zero");
    ATTEMPT("csrrci t0, mhartid, 0");
    ATTEMPT("csrrsi t0, mhartid, 1");
    title("operations");
    uint32_t before;
    WRITE(mscratch, 0xF0F0F0F0);
    __asm volatile("csrrs %0, mscratch, %1" : "=r"(before) : "r"(0x0F00));
    note("set", before);
    __asm volatile("csrrc %0, mscratch, %1" : "=r"(before) : "r"(0xF0000000));
    note("clear", before);
    __asm volatile("csrrwi %0, mscratch, 21" : "=r"(before));
    note("write", before);
    __asm volatile("csrrsi %0, mscratch, 10" : "=r"(before));
    note("set", before);
    __asm volatile("csrrci %0, mscratch, 1" : "=r"(before));
    note("clear", before);
    note("at last", READ(mscratch));
    WRITE(mepc, 0x80000002);
    note("mepc", READ(mepc));
    WRITE(mtval, 0x12345678);
    note("mtval", READ(mtval));
    WRITE(mcause, 0x80000007);
    note("mcause", READ(mcause));
}

/* ---- accesses -------------------------------------------------------------------------------- */

static uint32_t come_back_to;

static void come_back(struct frame *frame)
{
    (void)frame;
    WRITE(mepc, come_back_to);
}

static void accesses(void)
{
    title("loads and stores to nowhere");
    uint32_t kept = 0x5A5A5A5A;
    __asm volatile("lw %0, 8(%1)" : "+r"(kept) : "r"(NOWHERE));
    note("kept", kept);
    __asm volatile("lbu %0, 3(%1)" : "+r"(kept) : "r"(NOWHERE));
    __asm volatile("sw %0, 4(%1)" ::"r"(kept), "r"(NOWHERE));
    __asm volatile("sh %0, 6(%1)" ::"r"(kept), "r"(NOWHERE));
    title("code nowhere");
    actions[0] = come_back;
    __asm volatile("la t0, 1f\n\tsw t0, %0\n\tjr %1\n1:"
                   : "=m"(come_back_to)
                   : "r"(NOWHERE)
                   : "t0", "memory");
    actions[0] = skip;
}

/* ---- modes ----------------------------------------------------------------------------------- */

/* Everything, for every mode: QEMU's core protects memory. */
static void open_memory(void)
{
    WRITE(pmpaddr0, 0xFFFFFFFF);
    WRITE(pmpcfg0, 0x1F);
}

static void user(void)
{
    ATTEMPT("nop");
    ATTEMPT("csrr t0, mstatus");
    ATTEMPT("csrw mscratch, zero");
    ATTEMPT("mret");
    ATTEMPT("ecall");
    ATTEMPT("ebreak");
}

static void user_waits(void)
{
    ATTEMPT("wfi");
}

static void returns(void)
{
    title("return with MPIE 0");
    SET(mstatus, MPP);
    CLEAR(mstatus, MPIE);
    __asm volatile("la t0, 1f\n\tcsrw mepc, t0\n\tmret\n1:" ::: "t0", "memory");
    note("mstatus", READ(mstatus) & (MIE | MPIE | MPP));
    title("return with MPIE 1");
    SET(mstatus, MPP | MPIE);
    __asm volatile("la t0, 1f\n\tcsrw mepc, t0\n\tmret\n1:" ::: "t0", "memory");
    note("mstatus", READ(mstatus) & (MIE | MPIE | MPP));
    CLEAR(mstatus, MIE);
    title("user mode");
    open_memory();
    in_user_mode(user);
    title("user mode may not wait");
    SET(mstatus, TW);
    in_user_mode(user_waits);
    CLEAR(mstatus, TW);
}

/* ---- nested ones, another table -------------------------------------------------------------- */

/* Once more, from the handler. */
static void call_again(struct frame *frame)
{
    uint32_t pc = READ(mepc), mstatus = READ(mstatus);
    actions[0] = skip;
    supervisor();
    WRITE(mepc, pc);
    WRITE(mstatus, mstatus);
    skip(frame);
}

void all_exceptions(void)
{
    actions[0] = skip;
    title("start");
    note("mstatus", READ(mstatus) & (MIE | MPIE));
    calls();
    illegal();
    csrs();
    accesses();
    returns();
    title("a call in the handler of a call");
    actions[0] = call_again;
    supervisor();
    title("other vectors");
    WRITE(mtvec, (uint32_t)other_vectors | 1);
    supervisor();
    WRITE(mtvec, (uint32_t)vectors | 1);
}
