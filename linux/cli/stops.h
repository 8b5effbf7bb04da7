/* SPDX-License-Identifier: MIT */
#ifndef CLI_STOPS_H
#define CLI_STOPS_H

/*
 * From now on SIGTERM, SIGINT and SIGHUP do not end the process.  They can be read from the
 * returned descriptor, a signalfd.  Negative: it could not be made; a message has been printed.
 */
int stops_open(const char *word);

#endif
