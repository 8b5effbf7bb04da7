/* SPDX-License-Identifier: MIT */
#ifndef CLI_NOTIFY_H
#define CLI_NOTIFY_H

/* Tell the service manager that we are ready, if one wants to know (sd_notify(3)).  Nothing depends on it. */
void notify_ready(void);

#endif
