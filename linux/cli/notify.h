/* SPDX-License-Identifier: MIT */
#ifndef CLI_NOTIFY_H
#define CLI_NOTIFY_H

/*
 * Tell the service manager that we are ready, if it wants to know (sd_notify(3)).  A failure does
 * not matter.
 */
void notify_ready(void);

#endif
