/* SPDX-License-Identifier: MIT */
/*
 * Who was first: the target, with its answer to an event that is held, or the bus, which takes the
 * event back?
 *
 * The answer and the news that it comes too late can cross in the sockets; then each side would
 * believe that it was first.  So both decide in one word of memory that they share: whoever changes
 * it first has won, and the other one sees that.  This costs no system call and no round trip.
 *
 *     server  offer(7)                          withdraw(7): nothing, or the answer
 *                │                                ▲
 *     word       └──► 7 offered ──┬───────────────┴──► withdrawn
 *                                 └──► 7 answered ACK or NACK
 *     target                           ▲
 *                                   take(7, ACK): true, or false: it comes too late
 *
 * The server makes the memory and seals its size, so a peer can do no harm with it but to himself.
 */
#ifndef LINK_CLAIM_H
#define LINK_CLAIM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct claim {
    _Atomic uint32_t *word; /* NULL: closed */
};

/* As a number, the low bits of the word; above them is the number of the hold. */
enum claim_answer {
    CLAIM_NONE = 0, /* offered */
    CLAIM_ACK = 1,
    CLAIM_NACK = 2,
};

#define CLAIM_NUMBER_MAX (UINT32_MAX >> 2) /* of a hold; from 1 */

/* The server's end.  *fd is for the target; the caller's.  0 or -errno. */
int i2ctarget_claim_create(struct claim *claim, int *fd);
/* The target's end; `fd` stays the caller's.  0 or -errno. */
int i2ctarget_claim_join(struct claim *claim, int fd);
void i2ctarget_claim_close(struct claim *claim);

/* Server: from now on the target may answer hold `number`. */
void i2ctarget_claim_offer(struct claim *claim, uint32_t number);
/* Server: no more.  What the target has answered before; CLAIM_NONE: nothing. */
enum claim_answer i2ctarget_claim_withdraw(struct claim *claim, uint32_t number);

/* Target: this is the answer.  False: it comes too late. */
bool i2ctarget_claim_take(struct claim *claim, uint32_t number, enum claim_answer answer);

#endif
