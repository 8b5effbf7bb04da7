/* SPDX-License-Identifier: MIT */
#ifndef CLI_STOPS_H
#define CLI_STOPS_H

/*
 * From here on SIGTERM, SIGINT and SIGHUP end nothing by themselves: they can be read from the
 * descriptor, a signalfd.  Negative: it could not be made, which was said.
 */
int stops_open(const char *word);

#endif
