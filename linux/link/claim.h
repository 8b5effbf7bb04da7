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
 * With a hold the server may have told what follows if the target acknowledges it and everything up
 * to the next one.  The target may then go through to the next hold by itself, and answer that one,
 * too.  From the moment when the server has closed the hold, it can not go through any more.
 *
 *     word       7 answered ACK ──► 7 gone through ──┬──► 8 offered ──┬──► 8 answered
 *     target                go_through(7)            └────────────────┘    take(8)
 *     server                                           follow(8)
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

/*
 * The values are the two lowest bits of the word.  The next bit: the hold is closed.  The bits above
 * them are the number of the hold.
 */
enum claim_answer {
    CLAIM_NONE = 0, /* offered */
    CLAIM_ACK = 1,
    CLAIM_NACK = 2,
    CLAIM_THROUGH = 3, /* ACK, and so is all that was told to follow */
};

#define CLAIM_NUMBER_MAX (UINT32_MAX >> 3) /* highest number of a hold; the lowest is 1 */

/* The number of the hold after this one. */
static inline uint32_t i2ctarget_claim_next(uint32_t number)
{
    return number % CLAIM_NUMBER_MAX + 1;
}

/* The server's end.  *fd is to be sent to the target; the caller closes it.  0 or -errno. */
int i2ctarget_claim_create(struct claim *claim, int *fd);
/* The target's end.  The caller still owns `fd`.  0 or -errno. */
int i2ctarget_claim_join(struct claim *claim, int fd);
void i2ctarget_claim_close(struct claim *claim);

/* Server: from now on the target may answer hold `number`.  `looks`: look() is going to follow. */
void i2ctarget_claim_offer(struct claim *claim, uint32_t number, bool looks);
/* Server: from now on the target can not go through.  Returns what it has answered by now. */
enum claim_answer i2ctarget_claim_close_hold(struct claim *claim, uint32_t number);
/* Server: the same; and CLAIM_NONE: the target is going to send its answer. */
enum claim_answer i2ctarget_claim_look(struct claim *claim, uint32_t number);
/* Server: the offer ends.  Returns what the target has answered; CLAIM_NONE: no answer. */
enum claim_answer i2ctarget_claim_withdraw(struct claim *claim, uint32_t number);
/*
 * Server: the target has gone through, and the bus has got to where it is: hold `number` is offered,
 * unless it is answered already.  look() is going to follow.
 */
void i2ctarget_claim_follow(struct claim *claim, uint32_t number);
/* Server: nothing is offered. */
void i2ctarget_claim_clear(struct claim *claim);

/*
 * Target: is hold `number` still offered, without an answer?  So is the one to which it has gone
 * through.  Then no EVENTS has been sent since those that brought the hold, because the server
 * changes the word before it sends any.
 */
bool i2ctarget_claim_is_offered(const struct claim *claim, uint32_t number);
/* Target: answer the hold.  False: too late, the server has withdrawn it. */
bool i2ctarget_claim_take(struct claim *claim, uint32_t number, enum claim_answer answer);
/* Target, after take(ACK): acknowledge all that was told to follow.  False: the hold is closed. */
bool i2ctarget_claim_go_through(struct claim *claim, uint32_t number);
/* Target, after take(): is the server going to look for the answer?  False: it must be sent. */
bool i2ctarget_claim_is_looked_for(const struct claim *claim, uint32_t number);

#endif
