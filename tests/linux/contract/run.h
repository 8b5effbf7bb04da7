/* SPDX-License-Identifier: MIT */
/* Running one check: for main.c. */
#ifndef RUN_H
#define RUN_H

#include "contract.h"

enum { TEXT = 256 };

enum outcome {
    OK,
    FAILED,
    NOT_OFFERED, /* the adapter says that it can not, or has been said not to */
    NOT_ASKED,   /* the target, or the machine, lacks what the check needs */
    OUTCOMES
};

struct verdict {
    enum outcome outcome;
    char text[TEXT]; /* why, if it is not OK */
    char note[TEXT]; /* which choice the adapter made, if there was one */
};

/* Everything it opened is closed when it returns. */
struct verdict run_check(struct subject *subject, const struct check *check);

#endif
