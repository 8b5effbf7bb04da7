/* SPDX-License-Identifier: MIT */
/* The option --fault of commands that start a bus. */
#ifndef CLI_FAULT_OPTION_H
#define CLI_FAULT_OPTION_H

#include "server/server.h"

/* One more fault for the new bus.  False: a message has been printed. */
bool fault_option_take(const char *word, const char *text, struct bus_options *options);

#endif
