/* SPDX-License-Identifier: MIT */
#include "i2ctarget/devices/pmbus.h"

/* Commands (PMBus 1.3 part II, appendix I). */
enum command {
    PAGE = 0x00,
    OPERATION = 0x01,
    ON_OFF_CONFIG = 0x02,
    CLEAR_FAULTS = 0x03,
    WRITE_PROTECT = 0x10,
    CAPABILITY = 0x19,
    VOUT_MODE = 0x20,
    VOUT_COMMAND = 0x21,
    VOUT_MARGIN_HIGH = 0x25,
    VOUT_MARGIN_LOW = 0x26,
    STATUS_BYTE = 0x78,
    STATUS_WORD = 0x79,
    STATUS_VOUT = 0x7a,
    STATUS_FANS_1_2 = 0x81,
    READ_VIN = 0x88,
    READ_IIN = 0x89,
    READ_VOUT = 0x8b,
    READ_IOUT = 0x8c,
    READ_TEMPERATURE_1 = 0x8d,
    READ_POUT = 0x96,
    READ_PIN = 0x97,
    PMBUS_REVISION = 0x98,
    MFR_ID = 0x99,
    MFR_MODEL = 0x9a,
    MFR_REVISION = 0x9b,
    IC_DEVICE_ID = 0xad,
    IC_DEVICE_REV = 0xae,
};

enum status_register { VOUT, IOUT, INPUT, TEMPERATURE, CML };

/* Bits of STATUS_WORD. */
enum {
    WORD_VOUT = 0x8000,
    WORD_IOUT = 0x4000,
    WORD_INPUT = 0x2000,
    WORD_POWER_NOT_GOOD = 0x0800,
    WORD_OFF = 0x0040,
    WORD_VOUT_OV = 0x0020,
    WORD_IOUT_OC = 0x0010,
    WORD_VIN_UV = 0x0008,
    WORD_TEMPERATURE = 0x0004,
    WORD_CML = 0x0002,
    WORD_OTHER = 0x0001,
};

enum { FAULT_OVER = 0x80, WARN_OVER = 0x40, WARN_UNDER = 0x20, FAULT_UNDER = 0x10 };
enum { IOUT_WARN = 0x20 };
enum { CML_COMMAND = 0x80, CML_DATA = 0x40, CML_PEC = 0x20, CML_OTHER = 0x02 };
/* Of OPERATION. */
enum {
    IS_ON = 0x80,
    MARGIN = 0x30,
    MARGIN_LOW = 0x10,
    MARGIN_HIGH = 0x20,
    MARGIN_FAULTS = 0x0C,
    IGNORES_FAULTS = 0x04,
    ACTS_ON_FAULTS = 0x08,
    RESERVED = 0x03,
};
enum { PAGE_ALL = 0xFF, PROTECT_ALL = 0x80, PROTECT_MOST = 0x40, PROTECT_SOME = 0x20 };
enum { CAPABILITY_400_KHZ = 0x20, CAPABILITY_PEC = 0x80, REVISION_1_3 = 0x33 };

/* VOUT_MODE: linear. */
enum { VOUT_LINEAR = 32 - I2CTARGET_PMBUS_VOUT_SHIFT };

/* Each limit: the reading that it is compared with, and the status bit that it sets. */
static const struct limit {
    uint8_t command, status, bit;
    bool is_under;
} limits[I2CTARGET_PMBUS_LIMITS] = {
    {0x40, VOUT, FAULT_OVER, false},        {0x42, VOUT, WARN_OVER, false},
    {0x43, VOUT, WARN_UNDER, true},         {0x44, VOUT, FAULT_UNDER, true},
    {0x46, IOUT, FAULT_OVER, false},        {0x4a, IOUT, IOUT_WARN, false},
    {0x4f, TEMPERATURE, FAULT_OVER, false}, {0x51, TEMPERATURE, WARN_OVER, false},
    {0x55, INPUT, FAULT_OVER, false},       {0x57, INPUT, WARN_OVER, false},
    {0x58, INPUT, WARN_UNDER, true},        {0x59, INPUT, FAULT_UNDER, true},
};

static struct i2ctarget_pmbus *from(struct i2ctarget_smbus_device *device)
{
    return (struct i2ctarget_pmbus *)device;
}

/* ---- the supply ------------------------------------------------------------------------------ */

static bool is_on(const struct i2ctarget_pmbus *supply)
{
    return supply->operation & IS_ON;
}

static uint16_t commanded(const struct i2ctarget_pmbus *supply)
{
    switch (supply->operation & MARGIN) {
    case MARGIN_LOW:
        return supply->vout_margin_low;
    case MARGIN_HIGH:
        return supply->vout_margin_high;
    default:
        return supply->vout_command;
    }
}

int32_t i2ctarget_pmbus_vout_mv(const struct i2ctarget_pmbus *supply)
{
    int32_t mv = i2ctarget_pmbus_from_linear16(commanded(supply)) + supply->world.vout_offset_mv;
    if (!is_on(supply) || mv < 0)
        return 0;
    return mv < i2ctarget_pmbus_from_linear16(0xFFFF) ? mv : i2ctarget_pmbus_from_linear16(0xFFFF);
}

static int32_t iout_ma(const struct i2ctarget_pmbus *supply)
{
    return is_on(supply) ? supply->world.iout_ma : 0;
}

/* mV * mA / 1000 = mW */
static int32_t pout_mw(const struct i2ctarget_pmbus *supply)
{
    return i2ctarget_pmbus_vout_mv(supply) * (iout_ma(supply) / 10) / 100;
}

/* Nine tenths of it come out. */
static int32_t pin_mw(const struct i2ctarget_pmbus *supply)
{
    return pout_mw(supply) * 10 / 9;
}

/* Without an input there is no current. */
static int32_t iin_ma(const struct i2ctarget_pmbus *supply)
{
    int32_t centivolts = supply->world.vin_mv / 10;
    return centivolts > 0 ? pin_mw(supply) * 100 / centivolts : 0;
}

static bool ignores_faults(const struct i2ctarget_pmbus *supply)
{
    return supply->operation & MARGIN && (supply->operation & MARGIN_FAULTS) == IGNORES_FAULTS;
}

static int32_t reading(const struct i2ctarget_pmbus *supply, uint8_t status)
{
    switch (status) {
    case VOUT:
        return i2ctarget_pmbus_vout_mv(supply);
    case IOUT:
        return iout_ma(supply);
    case INPUT:
        return supply->world.vin_mv;
    default:
        return supply->world.millicelsius;
    }
}

static int32_t limit_of(const struct i2ctarget_pmbus *supply, unsigned index)
{
    uint16_t word = supply->limits[index];
    return limits[index].status == VOUT ? i2ctarget_pmbus_from_linear16(word)
                                        : i2ctarget_pmbus_from_linear11(word);
}

/* An output that is off can not be too low. */
static bool is_crossed(const struct i2ctarget_pmbus *supply, unsigned index)
{
    const struct limit *limit = &limits[index];
    int32_t value = reading(supply, limit->status);
    if (limit->status == VOUT && (ignores_faults(supply) || (limit->is_under && !is_on(supply))))
        return false;
    return limit->is_under ? value < limit_of(supply, index) : value > limit_of(supply, index);
}

static void look(struct i2ctarget_pmbus *supply)
{
    for (unsigned i = 0; i < I2CTARGET_PMBUS_LIMITS; i++) {
        if (is_crossed(supply, i))
            supply->status[limits[i].status] |= limits[i].bit;
    }
}

static uint16_t when(bool condition, uint16_t bits)
{
    return condition ? bits : 0;
}

uint16_t i2ctarget_pmbus_status(const struct i2ctarget_pmbus *supply)
{
    const uint8_t *status = supply->status;
    uint16_t word = 0;
    word |= when(!is_on(supply), WORD_OFF | WORD_POWER_NOT_GOOD);
    word |= when(status[VOUT], WORD_VOUT);
    word |= when(status[VOUT] & FAULT_OVER, WORD_VOUT_OV);
    word |= when(status[VOUT] & ~FAULT_OVER, WORD_OTHER);
    word |= when(status[IOUT], WORD_IOUT);
    word |= when(status[IOUT] & FAULT_OVER, WORD_IOUT_OC);
    word |= when(status[IOUT] & ~FAULT_OVER, WORD_OTHER);
    word |= when(status[INPUT], WORD_INPUT);
    word |= when(status[INPUT] & FAULT_UNDER, WORD_VIN_UV);
    word |= when(status[INPUT] & ~FAULT_UNDER, WORD_OTHER);
    word |= when(status[TEMPERATURE], WORD_TEMPERATURE);
    word |= when(status[CML], WORD_CML);
    return word;
}

bool i2ctarget_pmbus_alert_pin(const struct i2ctarget_pmbus *supply)
{
    return (i2ctarget_pmbus_status(supply) & (uint16_t) ~(WORD_OFF | WORD_POWER_NOT_GOOD)) == 0;
}

static int32_t limited(int32_t value)
{
    const int32_t max = I2CTARGET_PMBUS_WORLD_MAX;
    if (value > max)
        return max;
    return value < -max ? -max : value;
}

void i2ctarget_pmbus_set_world(struct i2ctarget_pmbus *supply,
                               const struct i2ctarget_pmbus_world *world)
{
    supply->world = (struct i2ctarget_pmbus_world){
        .vin_mv = limited(world->vin_mv),
        .vout_offset_mv = limited(world->vout_offset_mv),
        .iout_ma = limited(world->iout_ma),
        .millicelsius = limited(world->millicelsius),
    };
    look(supply);
}

/* ---- commands -------------------------------------------------------------------------------- */

/* I2CTARGET_PMBUS_LIMITS: the command is not a limit. */
static unsigned limit_index(uint8_t command)
{
    unsigned index = 0;
    while (index < I2CTARGET_PMBUS_LIMITS && limits[index].command != command)
        index++;
    return index;
}

static bool is_status(uint8_t command)
{
    return command >= STATUS_VOUT && command <= STATUS_FANS_1_2;
}

/*
 * Each level still allows what the next higher one allows (§11.1).  CLEAR_FAULTS, a write without
 * data (§15.1), is in no list.  Parts differ: the TPS65400 always takes it, the LTC3880 below 80h.
 */
static bool is_protected(const struct i2ctarget_pmbus *supply, uint8_t command)
{
    uint8_t level = supply->write_protect;
    if (level == 0 || command == WRITE_PROTECT)
        return false;
    if (command == OPERATION || command == PAGE)
        return level == PROTECT_ALL;
    if (command == ON_OFF_CONFIG || command == VOUT_COMMAND)
        return level != PROTECT_SOME;
    return true;
}

/* The size of the command's data without regard to write protection. */
static int size_of(uint8_t command)
{
    switch (command) {
    case CLEAR_FAULTS:
        return 0;
    case PAGE:
    case OPERATION:
    case ON_OFF_CONFIG:
    case WRITE_PROTECT:
        return 1;
    case VOUT_COMMAND:
    case VOUT_MARGIN_HIGH:
    case VOUT_MARGIN_LOW:
        return 2;
    case CAPABILITY:
    case VOUT_MODE:
    case STATUS_BYTE:
    case STATUS_WORD:
    case READ_VIN:
    case READ_IIN:
    case READ_VOUT:
    case READ_IOUT:
    case READ_TEMPERATURE_1:
    case READ_POUT:
    case READ_PIN:
    case PMBUS_REVISION:
    case MFR_ID:
    case MFR_MODEL:
    case MFR_REVISION:
        return I2CTARGET_SMBUS_READ_ONLY;
    default:
        if (is_status(command))
            return 1;
        return limit_index(command) < I2CTARGET_PMBUS_LIMITS ? 2 : I2CTARGET_SMBUS_UNKNOWN;
    }
}

/* The name of the part inside; NULL: the command is another one, or there is no name. */
static const char *ic_string(const struct i2ctarget_pmbus *supply, uint8_t command)
{
    if (command == IC_DEVICE_ID)
        return supply->config->ic_device_id;
    return command == IC_DEVICE_REV ? supply->config->ic_revision : NULL;
}

static int takes(struct i2ctarget_smbus_device *device, uint8_t command)
{
    int size = ic_string(from(device), command) ? I2CTARGET_SMBUS_READ_ONLY : size_of(command);
    return size >= 0 && is_protected(from(device), command) ? I2CTARGET_SMBUS_READ_ONLY : size;
}

static void protect(struct i2ctarget_pmbus *supply, uint8_t level)
{
    if (level == 0 || level == PROTECT_ALL || level == PROTECT_MOST || level == PROTECT_SOME)
        supply->write_protect = level;
    else
        supply->status[CML] |= CML_DATA;
}

static void select_page(struct i2ctarget_pmbus *supply, uint8_t page)
{
    if (page == 0 || page == PAGE_ALL)
        supply->page = page;
    else
        supply->status[CML] |= CML_DATA;
}

/* Of what a value may ask for, only AVSBus and reserved bits are not there (§12.1). */
static void operate(struct i2ctarget_pmbus *supply, uint8_t value)
{
    uint8_t faults = value & MARGIN_FAULTS;
    bool is_whole = !(value & MARGIN) || faults == IGNORES_FAULTS || faults == ACTS_ON_FAULTS;
    bool is_known = (value & MARGIN) != MARGIN && !(value & RESERVED) && is_whole;
    if (is_known)
        supply->operation = value;
    else
        supply->status[CML] |= CML_DATA;
}

static void clear_faults(struct i2ctarget_pmbus *supply)
{
    for (unsigned i = 0; i < I2CTARGET_PMBUS_STATUS_REGISTERS; i++)
        supply->status[i] = 0;
}

static void write_command(struct i2ctarget_smbus_device *device, uint8_t command,
                          const uint8_t *bytes, unsigned count)
{
    struct i2ctarget_pmbus *supply = from(device);
    uint16_t word = (uint16_t)(count > 1 ? bytes[0] | bytes[1] << 8 : bytes[0]);
    unsigned limit = limit_index(command);
    if (command == CLEAR_FAULTS)
        clear_faults(supply);
    else if (command == PAGE)
        select_page(supply, bytes[0]);
    else if (command == OPERATION)
        operate(supply, bytes[0]);
    else if (command == ON_OFF_CONFIG)
        supply->on_off_config = bytes[0];
    else if (command == WRITE_PROTECT)
        protect(supply, bytes[0]);
    else if (command == VOUT_COMMAND)
        supply->vout_command = word;
    else if (command == VOUT_MARGIN_HIGH)
        supply->vout_margin_high = word;
    else if (command == VOUT_MARGIN_LOW)
        supply->vout_margin_low = word;
    else if (is_status(command))
        supply->status[command - STATUS_VOUT] &= (uint8_t)~bytes[0];
    else if (limit < I2CTARGET_PMBUS_LIMITS)
        supply->limits[limit] = word;
    look(supply);
}

static unsigned read_setting(const struct i2ctarget_pmbus *supply, uint8_t command, uint8_t *bytes)
{
    unsigned limit = limit_index(command);
    switch (command) {
    case PAGE:
        return i2ctarget_smbus_put_byte(bytes, supply->page);
    case OPERATION:
        return i2ctarget_smbus_put_byte(bytes, supply->operation);
    case ON_OFF_CONFIG:
        return i2ctarget_smbus_put_byte(bytes, supply->on_off_config);
    case WRITE_PROTECT:
        return i2ctarget_smbus_put_byte(bytes, supply->write_protect);
    case CAPABILITY:
        return i2ctarget_smbus_put_byte(bytes, supply->config->has_pec
                                                   ? CAPABILITY_PEC | CAPABILITY_400_KHZ
                                                   : CAPABILITY_400_KHZ);
    case VOUT_MODE:
        return i2ctarget_smbus_put_byte(bytes, VOUT_LINEAR);
    case VOUT_COMMAND:
        return i2ctarget_smbus_put_word(bytes, supply->vout_command);
    case VOUT_MARGIN_HIGH:
        return i2ctarget_smbus_put_word(bytes, supply->vout_margin_high);
    case VOUT_MARGIN_LOW:
        return i2ctarget_smbus_put_word(bytes, supply->vout_margin_low);
    case PMBUS_REVISION:
        return i2ctarget_smbus_put_byte(bytes, REVISION_1_3);
    default:
        if (is_status(command))
            return i2ctarget_smbus_put_byte(bytes, supply->status[command - STATUS_VOUT]);
        return limit < I2CTARGET_PMBUS_LIMITS
                   ? i2ctarget_smbus_put_word(bytes, supply->limits[limit])
                   : 0;
    }
}

static unsigned read_command(struct i2ctarget_smbus_device *device, uint8_t command,
                             uint8_t bytes[I2CTARGET_SMBUS_BYTES_MAX])
{
    const struct i2ctarget_pmbus *supply = from(device);
    if (ic_string(supply, command))
        return i2ctarget_smbus_put_string(bytes, ic_string(supply, command));
    switch (command) {
    case STATUS_BYTE:
        return i2ctarget_smbus_put_byte(bytes, (uint8_t)i2ctarget_pmbus_status(supply));
    case STATUS_WORD:
        return i2ctarget_smbus_put_word(bytes, i2ctarget_pmbus_status(supply));
    case READ_VIN:
        return i2ctarget_smbus_put_word(bytes, i2ctarget_pmbus_linear11(supply->world.vin_mv));
    case READ_VOUT:
        return i2ctarget_smbus_put_word(bytes,
                                        i2ctarget_pmbus_linear16(i2ctarget_pmbus_vout_mv(supply)));
    case READ_IOUT:
        return i2ctarget_smbus_put_word(bytes, i2ctarget_pmbus_linear11(iout_ma(supply)));
    case READ_TEMPERATURE_1:
        return i2ctarget_smbus_put_word(bytes,
                                        i2ctarget_pmbus_linear11(supply->world.millicelsius));
    case READ_POUT:
        return i2ctarget_smbus_put_word(bytes, i2ctarget_pmbus_linear11(pout_mw(supply)));
    case READ_IIN:
        return i2ctarget_smbus_put_word(bytes, i2ctarget_pmbus_linear11(iin_ma(supply)));
    case READ_PIN:
        return i2ctarget_smbus_put_word(bytes, i2ctarget_pmbus_linear11(pin_mw(supply)));
    case MFR_ID:
        return i2ctarget_smbus_put_string(bytes, supply->config->id);
    case MFR_MODEL:
        return i2ctarget_smbus_put_string(bytes, supply->config->model);
    case MFR_REVISION:
        return i2ctarget_smbus_put_string(bytes, supply->config->revision);
    default:
        return read_setting(supply, command, bytes);
    }
}

static void refused(struct i2ctarget_smbus_device *device, uint8_t command,
                    enum i2ctarget_smbus_refusal why)
{
    static const uint8_t bits[] = {
        [I2CTARGET_SMBUS_REFUSED_COMMAND] = CML_COMMAND,
        [I2CTARGET_SMBUS_REFUSED_WRITE] = CML_DATA,
        [I2CTARGET_SMBUS_REFUSED_SIZE] = CML_OTHER,
        [I2CTARGET_SMBUS_REFUSED_PEC] = CML_PEC,
    };
    (void)command;
    from(device)->status[CML] |= bits[why];
}

static const struct i2ctarget_smbus_device_ops ops = {
    .takes = takes,
    .write = write_command,
    .read = read_command,
    .refused = refused,
};

/* Limits around the nominal values: VOUT in tenths, current, temperature, input voltage. */
static void set_limits(struct i2ctarget_pmbus *supply, int32_t vout_mv)
{
    static const int32_t others[] = {30000, 25000, 110000, 95000, 15000, 14000, 10500, 9500};
    static const uint8_t percents[] = {120, 110, 90, 80};
    for (unsigned i = 0; i < I2CTARGET_PMBUS_LIMITS; i++)
        supply->limits[i] = i < 4 ? i2ctarget_pmbus_linear16(vout_mv * percents[i] / 100)
                                  : i2ctarget_pmbus_linear11(others[i - 4]);
}

void i2ctarget_pmbus_init(struct i2ctarget_pmbus *supply,
                          const struct i2ctarget_pmbus_config *config,
                          const struct i2ctarget_pmbus_world *world)
{
    *supply = (struct i2ctarget_pmbus){
        .config = config,
        .operation = IS_ON,
        .on_off_config = 0x1a, /* only OPERATION turns it on and off (§12.2) */
        .vout_command = i2ctarget_pmbus_linear16(config->vout_mv),
        .vout_margin_high = i2ctarget_pmbus_linear16(config->vout_mv * INT32_C(105) / 100),
        .vout_margin_low = i2ctarget_pmbus_linear16(config->vout_mv * INT32_C(95) / 100),
    };
    i2ctarget_smbus_device_init(&supply->smbus, &ops, config->has_pec);
    set_limits(supply, config->vout_mv);
    i2ctarget_pmbus_set_world(supply, world);
}
