/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values: the text of one key, read as its row says. */
#include "config.h"

#include "config/value.h"

#include <string.h>

#include <ravelin/address.h>
#include <ravelin/identity.h>

#include "config/nearest.h"

typedef struct {
    const char *word;
    int64_t factor;
} Unit;

static const Unit durations[] = {{"ms", 1},      {"s", 1000},     {"min", 60000},
                                 {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
static const Unit sizes[] = {{"B", 1},
                             {"KiB", (int64_t)1 << 10},
                             {"MiB", (int64_t)1 << 20},
                             {"GiB", (int64_t)1 << 30},
                             {"TiB", (int64_t)1 << 40},
                             {NULL, 0}};
static const Unit packets[] = {{"packets", 1}, {NULL, 0}};

/* Reads digits, perhaps a blank, and a unit of @units. */
static bool
read_with_unit(const char *text, const Unit *units, int64_t *number)
{
    size_t digits = strspn(text, "0123456789");
    const char *unit = text + digits + strspn(text + digits, " ");
    g_autofree char *figure = g_strndup(text, digits);
    guint64 value;

    if (!g_ascii_string_to_unsigned(figure, 10, 0, INT64_MAX, &value, NULL))
        return false;
    for (; units->word != NULL; units++) {
        if (strcmp(units->word, unit) == 0)
            return !__builtin_mul_overflow((int64_t)value, units->factor, number);
    }
    return false;
}

bool
rvl_value_duration(const char *text, int64_t *ms)
{
    return read_with_unit(text, durations, ms);
}

bool
rvl_value_size(const char *text, int64_t *octets)
{
    return read_with_unit(text, sizes, octets);
}

bool
rvl_value_packets(const char *text, int64_t *n)
{
    return read_with_unit(text, packets, n);
}

char **
rvl_value_split(const char *text)
{
    char **parts = g_strsplit(text, ",", -1);

    for (size_t i = 0; parts[i] != NULL; i++)
        g_strstrip(parts[i]);
    return parts;
}

static bool
has_word(const RvlKey *row, const char *text)
{
    for (size_t i = 0; row->words != NULL && row->words[i] != NULL; i++) {
        if (strcmp(row->words[i], text) == 0)
            return true;
    }
    return false;
}

static bool
refuse(GError **error, const char *text, const char *what, const char *remedy)
{
    rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' %s", text, what);
    if (remedy != NULL)
        rvl_error_set_remedy(error, remedy);
    return false;
}

static bool
check_word(const RvlKey *row, const char *text, GError **error)
{
    g_autofree char *choices = NULL;
    g_autofree char *remedy = NULL;
    RvlNearest nearest;

    if (has_word(row, text))
        return true;
    rvl_nearest_init(&nearest, text);
    for (size_t i = 0; row->words[i] != NULL; i++)
        rvl_nearest_offer(&nearest, row->words[i]);
    choices = g_strjoinv(" | ", (char **)row->words);
    remedy = nearest.best != NULL ? rvl_nearest_remedy(&nearest)
                                  : g_strdup_printf("write one of: %s", choices);
    return refuse(error, text, "is not among the words of this key", remedy);
}

static bool
check_bounds(const RvlKey *row, const char *text, int64_t number, const char *unit, GError **error)
{
    g_autofree char *remedy = NULL;

    if ((row->minimum == 0 && row->maximum == 0) ||
        (number >= row->minimum && number <= row->maximum))
        return true;
    remedy = g_strdup_printf("write %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT "%s%s", row->minimum,
                             row->maximum, *unit != '\0' ? " " : "", unit);
    return refuse(error, text, "is out of range", remedy);
}

static bool
check_integer(const RvlKey *row, const char *text, RvlSetting *setting, GError **error)
{
    gint64 number;

    if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL))
        return refuse(error, text, "is no whole number", NULL);
    setting->number = number;
    return check_bounds(row, text, number, "", error);
}

static bool
check_duration(const RvlKey *row, const char *text, RvlSetting *setting, GError **error)
{
    if (!rvl_value_duration(text, &setting->number))
        return refuse(error, text, "is no duration", "write a number and ms, s, min, h or d");
    return check_bounds(row, text, setting->number, "ms", error);
}

static bool
check_size(const RvlKey *row, const char *text, RvlSetting *setting, GError **error)
{
    if (!rvl_value_size(text, &setting->number))
        return refuse(error, text, "is no size", "write a number and B, KiB, MiB, GiB or TiB");
    return check_bounds(row, text, setting->number, "B", error);
}

static bool
check_packets(const RvlKey *row, const char *text, RvlSetting *setting, GError **error)
{
    if (!rvl_value_packets(text, &setting->number))
        return refuse(error, text, "is no number of packets", "write a number and 'packets'");
    return check_bounds(row, text, setting->number, "packets", error);
}

static bool
check_bool(const char *text, RvlSetting *setting, GError **error)
{
    setting->number = strcmp(text, "yes") == 0;
    if (setting->number == 0 && strcmp(text, "no") != 0)
        return refuse(error, text, "is neither 'yes' nor 'no'", NULL);
    return true;
}

static bool
check_lifetime(const char *const *parts, RvlSetting *setting, GError **error)
{
    unsigned n_durations = 0, n_sizes = 0, n_packets = 0;

    for (size_t i = 0; parts[i] != NULL; i++) {
        int64_t number;

        if (rvl_value_duration(parts[i], &number)) {
            n_durations++;
            setting->number = number;
        } else if (rvl_value_size(parts[i], &number)) {
            n_sizes++;
        } else if (rvl_value_packets(parts[i], &number)) {
            n_packets++;
        } else {
            return refuse(error, parts[i], "is no lifetime",
                          "write a duration, a size or a number of packets: '1 h, 64 GiB'");
        }
        if (number == 0)
            return refuse(error, parts[i], "is no lifetime", "leave out what has no limit");
    }
    if (n_durations > 1 || n_sizes > 1 || n_packets > 1)
        return refuse(error, setting->text, "names a limit twice", NULL);
    return true;
}

static bool
check_prefixes(const RvlKey *row, const char *const *parts, GError **error)
{
    for (size_t i = 0; parts[i] != NULL; i++) {
        RvlPrefix prefix;

        if (!has_word(row, parts[i]) && !rvl_prefix_parse(parts[i], &prefix, error))
            return false;
    }
    return true;
}

/* Elements of a list; an empty one is refused, since it is a slip. */
static bool
check_list(const RvlKey *row, RvlSetting *setting, GError **error)
{
    const char *const *parts = setting->texts;

    for (size_t i = 0; parts[i] != NULL; i++) {
        if (*parts[i] == '\0')
            return refuse(error, setting->text, "has an empty element", NULL);
        if (row->type == RVL_KEY_WORDS && row->words != NULL && !check_word(row, parts[i], error))
            return false;
    }
    if (row->type == RVL_KEY_PREFIXES)
        return check_prefixes(row, parts, error);
    return row->type != RVL_KEY_LIFETIME || check_lifetime(parts, setting, error);
}

static bool
check_selectors(const char *text, GError **error)
{
    const char *arrow = strstr(text, "<->");

    if (arrow == NULL || strstr(arrow + 3, "<->") != NULL)
        return refuse(error, text, "is no pair of selectors", "write 'LOCAL <-> REMOTE'");
    return true;
}

static bool
check_address(const char *text, GError **error)
{
    RvlAddress address;

    return rvl_address_parse(text, &address) || refuse(error, text, "is no address", NULL);
}

static bool
check_identity(const char *text, GError **error)
{
    g_autoptr(RvlIdentity) identity = rvl_identity_parse(text, error);

    return identity != NULL;
}

static bool
is_list(uint32_t type)
{
    return type == RVL_KEY_WORDS || type == RVL_KEY_TEXTS || type == RVL_KEY_PREFIXES ||
           type == RVL_KEY_PROPOSALS || type == RVL_KEY_LIFETIME;
}

bool
rvl_value_check(const RvlKey *row, const char *text, RvlSetting *setting, GError **error)
{
    setting->key = row->name;
    setting->type = row->type;
    setting->text = text;
    setting->texts = NULL;
    setting->number = 0;
    if (is_list(row->type)) {
        setting->texts = (const char *const *)rvl_value_split(text);
        return check_list(row, setting, error);
    }
    if (row->type != RVL_KEY_WORD && has_word(row, text))
        return true;
    switch ((RvlKeyType)row->type) {
    case RVL_KEY_BOOL:
        return check_bool(text, setting, error);
    case RVL_KEY_INTEGER:
        return check_integer(row, text, setting, error);
    case RVL_KEY_DURATION:
        return check_duration(row, text, setting, error);
    case RVL_KEY_SIZE:
        return check_size(row, text, setting, error);
    case RVL_KEY_PACKETS:
        return check_packets(row, text, setting, error);
    case RVL_KEY_WORD:
        return check_word(row, text, error);
    case RVL_KEY_ADDRESS:
        return check_address(text, error);
    case RVL_KEY_IDENTITY:
        return check_identity(text, error);
    case RVL_KEY_SELECTORS:
        return check_selectors(text, error);
    case RVL_KEY_TEXT:
    case RVL_KEY_PATH:
    case RVL_KEY_SECRET: /* read by secret-value.c */
    case RVL_KEY_WORDS:
    case RVL_KEY_TEXTS:
    case RVL_KEY_PREFIXES:
    case RVL_KEY_PROPOSALS:
    case RVL_KEY_LIFETIME:
        return true;
    }
    return refuse(error, text, "is of a type that this release does not know", NULL);
}
