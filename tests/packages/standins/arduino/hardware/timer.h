/* SPDX-License-Identifier: MIT */
extern "C" void hardware_alarm_claim(unsigned alarm);
