# SPDX-License-Identifier: MIT
"""There are no sockets: tests that use them are left out."""
