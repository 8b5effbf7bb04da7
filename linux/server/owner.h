/* SPDX-License-Identifier: MIT */
/*
 * Under sudo a bus is the user's who called sudo, and so is the directory in which its files are
 * made and removed.  Root would follow any link that this user has put there; so whatever is to be
 * done in it is done as that user, and can do no more than he could.
 */
#ifndef SERVER_OWNER_H
#define SERVER_OWNER_H

#include <stdbool.h>

/*
 * Under sudo: become the user who called it, with his groups, for good.  Else nothing happens.  The
 * kernel forgets PR_SET_PDEATHSIG with it.  False: it can not be, which was said on stderr.
 */
bool owner_become(void);
/*
 * Do it as the owner, and come back.  What `act` returns (0 or -errno); or another -errno.  Under
 * sudo it runs in a child, so nothing of what it does to memory stays.
 */
int owner_does(int (*act)(void));

#endif
