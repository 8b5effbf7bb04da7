/* SPDX-License-Identifier: MIT */
#ifndef HARDWARE_SYNC_H
#define HARDWARE_SYNC_H

unsigned get_core_num(void);

#endif
