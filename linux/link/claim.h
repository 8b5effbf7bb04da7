/* SPDX-License-Identifier: MIT */
/*
 * Decides who was first: the target, which answers a held event, or the bus, which takes the event
 * back.
 *
 * The answer and the message "too late" can cross in the sockets.  Then each side would believe
 * that it was first.  So both decide in one shared word of memory: whoever changes it first has
 * won, and the other side sees that.  This costs no system call and no round trip.
 *
 *     server  offer(7)                          withdraw(7): nothing, or the answer
 *                │                                ▲
 *     word       └──► 7 offered ──┬───────────────┴──► withdrawn
 *                                 └──► 7 answered ACK or NACK
 *     target                           ▲
 *                                   take(7, ACK): true, or false: too late
 *
 * A second word is the number of the hold at which the server is still going to look by itself.
 * While it is, the target need not send an answer that it has given here.
 *
 *     server  offer(7)                 look(7): the answer; NONE: it has to be sent
 *                │                       ▲
 *     word 2     └──► 7 ─────────────────┴──► 0
 *     target                  ▲
 *                          is_looked_for(7), after take()
 *
 * The target writes the answer before it reads the second word, and the server writes the second
 * word before it reads the answer.  So at least one of them sees what the other one has done.
 *
 * The server makes the memory and seals its size.  So a peer can harm only itself with it.
 */
#ifndef LINK_CLAIM_H
#define LINK_CLAIM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct claim {
    _Atomic uint32_t *word; /* and the second one behind it; NULL: closed */
};

/* The values are the low bits of the word.  The bits above them are the number of the hold. */
enum claim_answer {
    CLAIM_NONE = 0, /* offered */
    CLAIM_ACK = 1,
    CLAIM_NACK = 2,
};

#define CLAIM_NUMBER_MAX (UINT32_MAX >> 2) /* highest number of a hold; the lowest is 1 */

/* The server's end.  *fd is to be sent to the target; the caller closes it.  0 or -errno. */
int i2ctarget_claim_create(struct claim *claim, int *fd);
/* The target's end.  The caller still owns `fd`.  0 or -errno. */
int i2ctarget_claim_join(struct claim *claim, int fd);
void i2ctarget_claim_close(struct claim *claim);

/* Server: from now on the target may answer hold `number`.  `looks`: look() is going to follow. */
void i2ctarget_claim_offer(struct claim *claim, uint32_t number, bool looks);
/* Server: what the target has answered by now.  CLAIM_NONE: it is going to send its answer. */
enum claim_answer i2ctarget_claim_look(struct claim *claim, uint32_t number);
/* Server: the offer ends.  Returns what the target has answered; CLAIM_NONE: no answer. */
enum claim_answer i2ctarget_claim_withdraw(struct claim *claim, uint32_t number);
/* Server: nothing is offered. */
void i2ctarget_claim_clear(struct claim *claim);

/*
 * Target: is hold `number` still offered, without an answer?  Then no EVENTS has been sent since
 * those that brought the hold, because the server changes the word before it sends any.
 */
bool i2ctarget_claim_is_offered(const struct claim *claim, uint32_t number);
/* Target: answer the hold.  False: too late, the server has withdrawn it. */
bool i2ctarget_claim_take(struct claim *claim, uint32_t number, enum claim_answer answer);
/* Target, after take(): is the server going to look for the answer?  False: it must be sent. */
bool i2ctarget_claim_is_looked_for(const struct claim *claim, uint32_t number);

#endif
