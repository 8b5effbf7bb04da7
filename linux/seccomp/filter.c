/* SPDX-License-Identifier: MIT */
/*
 * One block of instructions for each kind of program, one short piece in it for each call.  Jumps
 * are only forward, over what does not match.
 */
#include "seccomp/filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/i2c-dev.h>
#include <linux/seccomp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seccomp/abi.h"

enum { INSTRUCTIONS_MAX = 512 }; /* all kinds of programs of one machine need about 200 */

struct program {
    struct sock_filter code[INSTRUCTIONS_MAX];
    unsigned short length;
};

static void add(struct program *program, struct sock_filter instruction)
{
    program->code[program->length++] = instruction;
}

static void add_load(struct program *program, size_t offset)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void add_return(struct program *program, uint32_t action)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* If the loaded value is not `value`, skip that many instructions. */
static void add_unless_equal(struct program *program, uint32_t value, uint8_t skip)
{
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip));
}

/* The lower half of an argument, on a little-endian machine. */
static size_t argument(unsigned number)
{
    return offsetof(struct seccomp_data, args) + number * sizeof(uint64_t);
}

/* I2C_RETRIES to I2C_PEC, and I2C_SMBUS. */
static void add_ioctl(struct program *program)
{
    add_load(program, argument(1));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, I2C_SMBUS, 2, 0));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, I2C_RETRIES, 0, 2));
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, I2C_PEC, 1, 0));
    add_return(program, SECCOMP_RET_USER_NOTIF);
    add_return(program, SECCOMP_RET_ALLOW);
}

/* What is done with a call whose number was recognised.  The last instruction returns. */
static void add_action(struct program *program, enum abi_kind kind)
{
    switch (kind) {
    case ABI_IOCTL:
        add_ioctl(program);
        return;
    case ABI_EPOLL_CTL:
        add_load(program, argument(1));
        add_unless_equal(program, EPOLL_CTL_ADD, 1);
        add_return(program, SECCOMP_RET_USER_NOTIF);
        add_return(program, SECCOMP_RET_ALLOW);
        return;
    case ABI_IO_URING_SETUP:
        add_return(program, SECCOMP_RET_ERRNO | ENOSYS);
        return;
    default:
        add_return(program, SECCOMP_RET_USER_NOTIF);
        return;
    }
}

static void add_call(struct program *program, const struct abi_call *call)
{
    unsigned short at = program->length;
    add_unless_equal(program, call->number, 0);
    add_action(program, call->kind);
    program->code[at].jf = (uint8_t)(program->length - at - 1);
}

static void add_abi(struct program *program, const struct abi *abi)
{
    add_unless_equal(program, abi->architecture, 1);
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0));
    unsigned short at = program->length;
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 0, 0, 0));
    add_load(program, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < abi->count; i++)
        add_call(program, &abi->calls[i]);
    add_return(program, SECCOMP_RET_ALLOW);
    program->code[at].k = (uint32_t)(program->length - at - 1);
}

static void make(struct program *program)
{
    program->length = 0;
    add_load(program, offsetof(struct seccomp_data, arch));
    for (const struct abi *const *abi = abis; *abi; abi++)
        add_abi(program, *abi);
    add_return(program, SECCOMP_RET_ALLOW);
}

/*
 * WAIT_KILLABLE_RECV: once the supervisor has received a call, only a signal that kills interrupts
 * it.  Without that, every other signal would make the program repeat a transfer that has been
 * made.
 */
static int set_filter(struct program *program)
{
    const struct sock_fprog prog = {program->length, program->code};
    long listener =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &prog);
    return listener < 0 ? -errno : (int)listener;
}

int filter_install(void)
{
    static struct program program;
    if (!abis[0])
        return -EOPNOTSUPP;
    make(&program);
    int listener = set_filter(&program);
    if (listener != -EACCES)
        return listener;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -errno;
    return set_filter(&program);
}
