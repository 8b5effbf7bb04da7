# shellcheck shell=dash
# SPDX-License-Identifier: MIT
# What the liar lies about.

check_told() { :; }

check_left_out() { false; }
