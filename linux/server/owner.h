/* SPDX-License-Identifier: MIT */
/*
 * Under sudo a bus belongs to the user who called sudo, and so does the directory in which its
 * files are made and removed.  Root would follow any link that this user has put there.  So all
 * work in the directory is done as that user, with no more rights than that user has.
 */
#ifndef SERVER_OWNER_H
#define SERVER_OWNER_H

#include <stdbool.h>

/*
 * Under sudo: become the user who called it, with that user's groups, permanently.  Otherwise
 * nothing happens.  The kernel forgets PR_SET_PDEATHSIG thereby.  False: it failed; a message was
 * printed on stderr.
 */
bool owner_become(void);
/*
 * Call `act` as the owner, then change back.  Returns what `act` returns (0 or -errno), or another
 * -errno.  Under sudo `act` runs in a child process, so its changes to memory are lost.
 */
int owner_does(int (*act)(void));

#endif
