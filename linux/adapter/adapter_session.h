/* SPDX-License-Identifier: MIT */
/*
 * A role of the bus server: the kernel as a controller.
 *
 *     kernel (i2c-tiny-usb, vhci-hcd) ◄──USB/IP──► gate ◄──USB/IP──► adapter session ──► bus
 *                                                                          ▲
 *                                                    i2ctarget attach ─────┘ HELLO, with the
 *                                                                            stream's descriptor
 *
 * The session has two connections: the stream from the kernel, by way of the gate (adapter/gate.h),
 * and that of the process that attached it, which says nothing more.  When one of them ends the
 * other is ended: so the adapter goes when the process does, however it goes, and the process
 * learns when the kernel has let go.
 *
 * The kernel sends an I2C transfer message by message.  From one to the next the transfer is open
 * (bus/bus.h): the bus is its own until the last message, a NACK, or until nothing has come for two
 * seconds.
 */
#ifndef ADAPTER_ADAPTER_SESSION_H
#define ADAPTER_ADAPTER_SESSION_H

#include "server/client.h"

extern const struct client_role adapter_role;

#endif
