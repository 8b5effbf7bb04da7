/* SPDX-License-Identifier: MIT */
/*
 * Whom to visit: of many members, the few that have something to do.  So what a round costs grows
 * with those, and not with all members.
 *
 *     members    5   4   3   2   1        entered last … first
 *     due            4       2            visited in this order
 *
 * A member becomes due by a call, at any time, also while others are being visited.  It stays due
 * until it is dismissed.
 */
#ifndef BUS_VISITS_H
#define BUS_VISITS_H

#include <stdbool.h>
#include <stdint.h>

/* One member; a part of whatever it stands for. */
struct visit {
    void *owner;
    uint64_t number; /* counts from 1, in the order in which they entered */
    bool is_due;
    struct visit *next; /* the next one that is due */
};

struct visits {
    struct visit *first; /* of those that are due: the newest member */
    uint64_t entered;    /* how many ever have */
};

/* A new member.  It is not due. */
void visits_enter(struct visits *visits, struct visit *visit, void *owner);

/* The member is due from now on.  No effect if it is already. */
void visits_call(struct visits *visits, struct visit *visit);

/*
 * The member is not due any more, if it was.  Whoever is visiting has read its `next` before.  A
 * member that ends is dismissed, too.
 */
void visits_dismiss(struct visits *visits, struct visit *visit);

#endif
