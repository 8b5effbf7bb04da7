# SPDX-License-Identifier: MIT
"""The pins of this board by name: SCL and SDA of the virtual bus $I2CTARGET_BUS (1 when unset).

With $I2CTARGET_BOARD=<board_id> it is one of the boards that `i2ctarget boards` lists.  Then it has all names that the board has in
CircuitPython (GP5, D5, A4, TX, SCL1, ...), and microcontroller.pin has the pins of its chip.  All of them lead to the same virtual bus.
I2C(), STEMMA_I2C(), UART() and SPI() exist where the board has them; they raise NotImplementedError, because they are controllers.

board_id   the board's name in CircuitPython's tree; i2ctarget_virtual without one
SCL, SDA   the I2C pins
"""

from i2ctarget._fallback import give_way

if not give_way(__name__):
    from i2ctarget import _boards

    board_id = _boards.current().board_id
    globals().update(_boards.current().named)

    def __getattr__(name):
        hint = "" if name.startswith("_") else _boards.current().hint(name)
        raise AttributeError(f"module 'board' has no attribute {name!r}{hint}")

    def __dir__():
        return ["board_id"] + list(_boards.current().named)
