# SPDX-License-Identifier: MIT
"""There is no bus server: tests that use its protocol are left out."""
