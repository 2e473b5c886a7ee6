/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distinguished names between text (RFC 4514) and DER (X.690, RFC 5280 4.1.2.4). */
#include "config.h"

#include "distinguished-name.h"

#include <string.h>

#include <ravelin/error.h>
#include <ravelin/reader.h>

#include "escape.h"

enum {
    TAG_OID = 0x06,
    TAG_UTF8 = 0x0c,
    TAG_PRINTABLE = 0x13,
    TAG_IA5 = 0x16,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31,
};

/* Attribute types by word; the first word of a number is the one that is written. */
static const struct {
    const char *word;
    const char *oid;
    uint8_t tag;
} attributes[] = {
    {"CN", "2.5.4.3", TAG_UTF8},
    {"SN", "2.5.4.4", TAG_UTF8},
    {"serialNumber", "2.5.4.5", TAG_PRINTABLE},
    {"C", "2.5.4.6", TAG_PRINTABLE},
    {"L", "2.5.4.7", TAG_UTF8},
    {"ST", "2.5.4.8", TAG_UTF8},
    {"S", "2.5.4.8", TAG_UTF8},
    {"STREET", "2.5.4.9", TAG_UTF8},
    {"O", "2.5.4.10", TAG_UTF8},
    {"OU", "2.5.4.11", TAG_UTF8},
    {"T", "2.5.4.12", TAG_UTF8},
    {"title", "2.5.4.12", TAG_UTF8},
    {"name", "2.5.4.41", TAG_UTF8},
    {"GN", "2.5.4.42", TAG_UTF8},
    {"initials", "2.5.4.43", TAG_UTF8},
    {"dnQualifier", "2.5.4.46", TAG_PRINTABLE},
    {"UID", "0.9.2342.19200300.100.1.1", TAG_UTF8},
    {"DC", "0.9.2342.19200300.100.1.25", TAG_IA5},
    {"E", "1.2.840.113549.1.9.1", TAG_IA5},
    {"emailAddress", "1.2.840.113549.1.9.1", TAG_IA5},
};

/* Most RDNs of one name: far more than any certificate has. */
#define RDNS_MAX 64

static void
append_value(GByteArray *der, uint8_t tag, const void *octets, size_t n)
{
    uint8_t head[6] = {tag};
    unsigned size = 2;

    if (n < 0x80) {
        head[1] = (uint8_t)n;
    } else {
        unsigned octets_of_length = n > 0xffff ? 3 : n > 0xff ? 2 : 1;

        head[1] = (uint8_t)(0x80 | octets_of_length);
        for (unsigned i = octets_of_length; i > 0; i--)
            head[size++] = (uint8_t)(n >> 8 * (i - 1));
    }
    g_byte_array_append(der, head, size);
    g_byte_array_append(der, octets, (guint)n);
}

/* Appends the content octets of a dotted OID. */
static bool
append_oid(GByteArray *der, const char *dotted)
{
    g_auto(GStrv) arcs = g_strsplit(dotted, ".", 32);
    g_autoptr(GByteArray) content = g_byte_array_new();
    guint64 first = 0;

    for (unsigned i = 0; arcs[i] != NULL; i++) {
        uint8_t digits[10];
        unsigned n = 0;
        guint64 arc;

        if (!g_ascii_string_to_unsigned(arcs[i], 10, 0, i == 0 ? 2 : G_MAXUINT32, &arc, NULL))
            return false;
        if (i == 0) {
            first = arc * 40;
            continue;
        }
        if (i == 1) {
            if (first < 80 && arc > 39)
                return false;
            arc += first;
        }
        do {
            digits[n++] = (uint8_t)(arc & 0x7f);
            arc >>= 7;
        } while (arc > 0);
        while (n > 0) {
            n--;
            digits[n] = (uint8_t)(digits[n] | (n > 0 ? 0x80 : 0));
            g_byte_array_append(content, &digits[n], 1);
        }
    }
    if (content->len == 0)
        return false;
    append_value(der, TAG_OID, content->data, content->len);
    return true;
}

/* Reads one value up to an unescaped `,`, `;` or `+`, and strips the blanks around it. Returns
 * where it ends, NULL where an escape is broken. */
static const char *
read_value(const char *at, GString *value)
{
    gsize kept = 0; /* up to here, blanks were written on purpose */

    while (*at == ' ')
        at++;
    for (; *at != '\0' && strchr(",;+", *at) == NULL; at++) {
        if (*at != '\\') {
            g_string_append_c(value, *at);
            if (*at != ' ')
                kept = value->len;
            continue;
        }
        at++;
        if (rvl_escape_hex_octet(at) >= 0) {
            g_string_append_c(value, (char)rvl_escape_hex_octet(at));
            at++;
        } else if (*at != '\0' && strchr(" \"#+,;<=>\\", *at) != NULL) {
            g_string_append_c(value, *at);
        } else {
            return NULL;
        }
        kept = value->len;
    }
    g_string_truncate(value, kept);
    return at;
}

/* Reads a tag and a definite length; the child holds the contents. */
static RvlReader
read_der(RvlReader *reader, uint8_t *tag)
{
    RvlReader value;
    uint8_t length;
    size_t n;

    *tag = rvl_reader_u8(reader, "DER tag");
    length = rvl_reader_u8(reader, "DER length");
    n = length;
    if (length == 0x81)
        n = rvl_reader_u8(reader, "DER length");
    else if (length == 0x82)
        n = rvl_reader_u16(reader, "DER length");
    else if (length >= 0x80)
        rvl_reader_fail(reader, "DER length of another form");
    rvl_reader_child(reader, n, "DER value", &value);
    return value;
}

/* Appends the value whose DER is @hex. */
static bool
append_hex(GByteArray *der, const char *hex)
{
    guint before = der->len;
    RvlReader reader;
    uint8_t tag;

    for (; *hex != '\0'; hex += 2) {
        int value = rvl_escape_hex_octet(hex);

        if (value < 0)
            return false;
        g_byte_array_append(der, &(guint8){(guint8)value}, 1);
    }
    rvl_reader_init(&reader, der->data + before, der->len - before);
    (void)read_der(&reader, &tag);
    return rvl_reader_check_end(&reader, NULL);
}

/* Appends SEQUENCE { type, value } of `TYPE=value` at @at; returns where it ends, or NULL. */
static const char *
append_attribute(GByteArray *rdn, const char *at)
{
    const char *equals = strchr(at, '=');
    g_autoptr(GByteArray) pair = g_byte_array_new();
    g_autoptr(GString) value = g_string_new(NULL);
    g_autofree char *word = NULL;
    const char *oid;
    uint8_t tag = TAG_UTF8;

    if (equals == NULL)
        return NULL;
    word = g_strstrip(g_strndup(at, (gsize)(equals - at)));
    oid = word;
    for (size_t i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (g_ascii_strcasecmp(attributes[i].word, word) == 0) {
            oid = attributes[i].oid;
            tag = attributes[i].tag;
            break;
        }
    }
    at = read_value(equals + 1, value);
    if (at == NULL || value->len == 0 || !append_oid(pair, oid))
        return NULL;
    if (equals[1] == '#') {
        if (!append_hex(pair, value->str + 1))
            return NULL;
    } else {
        if (!g_utf8_validate(value->str, (gssize)value->len, NULL))
            return NULL;
        append_value(pair, tag, value->str, value->len);
    }
    append_value(rdn, TAG_SEQUENCE, pair->data, pair->len);
    return at;
}

GByteArray *
rvl_distinguished_name_parse(const char *text, GError **error)
{
    g_autoptr(GByteArray) names = g_byte_array_new();
    g_autoptr(GByteArray) rdn = g_byte_array_new();
    GByteArray *name;
    const char *at = text;

    for (unsigned n = 0; at != NULL; n++) {
        at = n < RDNS_MAX ? append_attribute(rdn, at) : NULL;
        if (at == NULL) {
            g_autofree char *escaped = rvl_error_escape(text, strlen(text));

            rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' is no distinguished name",
                          escaped);
            return NULL;
        }
        if (*at != '+') {
            append_value(names, TAG_SET, rdn->data, rdn->len);
            g_byte_array_set_size(rdn, 0);
        }
        if (*at == '\0')
            break;
        at++;
    }
    name = g_byte_array_new();
    append_value(name, TAG_SEQUENCE, names->data, names->len);
    return name;
}

static RvlReader
read_der_of(RvlReader *reader, uint8_t wanted)
{
    uint8_t tag;
    RvlReader child = read_der(reader, &tag);

    if (tag != wanted)
        rvl_reader_fail(&child, "DER tag of another type");
    return child;
}

static char *
format_oid(RvlReader oid)
{
    GString *text = g_string_new(NULL);
    guint64 arc = 0;

    while (!rvl_reader_is_at_end(&oid) && text->len < 256) {
        uint8_t octet = rvl_reader_u8(&oid, "OID");

        arc = arc << 7 | (octet & 0x7f);
        if (octet & 0x80)
            continue;
        if (text->len == 0) {
            guint64 first = MIN(arc / 40, 2);

            g_string_printf(text, "%u.%" G_GUINT64_FORMAT, (unsigned)first, arc - first * 40);
        } else {
            g_string_append_printf(text, ".%" G_GUINT64_FORMAT, arc);
        }
        arc = 0;
    }
    return g_string_free(text, FALSE);
}

static void
append_escaped(GString *text, const char *value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)value[i];
        bool at_edge = i == 0 || i == n - 1;

        if (c < 0x20 || c == 0x7f)
            g_string_append_printf(text, "\\%02x", c);
        else if (strchr("\"+,;<>\\", c) != NULL || (c == ' ' && at_edge) || (c == '#' && i == 0))
            g_string_append_printf(text, "\\%c", c);
        else
            g_string_append_c(text, (char)c);
    }
}

/* Whether @value may be shown as the text of its characters. */
static bool
is_showable(const char *value, size_t n)
{
    if (n == 0 || memchr(value, 0, n) != NULL || !g_utf8_validate(value, (gssize)n, NULL))
        return false;
    for (const char *at = value; at < value + n; at = g_utf8_next_char(at)) {
        if (!g_unichar_isprint(g_utf8_get_char(at)) && !g_ascii_iscntrl(*at))
            return false;
    }
    return true;
}

static void
append_as_der(GString *text, uint8_t tag, const uint8_t *octets, size_t n)
{
    g_autoptr(GByteArray) der = g_byte_array_new();

    append_value(der, tag, octets, n);
    g_string_append_c(text, '#');
    for (guint i = 0; i < der->len; i++)
        g_string_append_printf(text, "%02x", der->data[i]);
}

/* Writes one `TYPE=value`; the value as text where parsing would give the same tag back. */
static void
format_attribute(GString *text, RvlReader *rdn)
{
    RvlReader pair = read_der_of(rdn, TAG_SEQUENCE);
    g_autofree char *oid = format_oid(read_der_of(&pair, TAG_OID));
    const char *word = oid;
    uint8_t usual = TAG_UTF8;
    uint8_t tag;
    RvlReader value = read_der(&pair, &tag);
    size_t n = rvl_reader_left(&value);
    const uint8_t *octets = rvl_reader_octets(&value, n, "attribute value");

    if (!rvl_reader_is_at_end(&pair) || rvl_reader_failed(&pair) || octets == NULL) {
        rvl_reader_fail(rdn, "attribute");
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(attributes) && word == oid; i++) {
        if (strcmp(attributes[i].oid, oid) == 0) {
            word = attributes[i].word;
            usual = attributes[i].tag;
        }
    }
    g_string_append_printf(text, "%s=", word);
    if (tag == usual && is_showable((const char *)octets, n))
        append_escaped(text, (const char *)octets, n);
    else
        append_as_der(text, tag, octets, n);
}

char *
rvl_distinguished_name_format(const void *octets, size_t n)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GByteArray) again = NULL;
    RvlReader reader, names;

    rvl_reader_init(&reader, octets, n);
    names = read_der_of(&reader, TAG_SEQUENCE);
    while (!rvl_reader_is_at_end(&names)) {
        RvlReader rdn = read_der_of(&names, TAG_SET);
        const char *separator = text->len > 0 ? ", " : "";

        do {
            g_string_append(text, separator);
            format_attribute(text, &rdn);
            separator = "+";
        } while (!rvl_reader_is_at_end(&rdn));
        if (rvl_reader_failed(&rdn))
            return NULL;
    }
    /* The proof that the text stands for these octets and no others. */
    again = rvl_distinguished_name_parse(text->str, NULL);
    if (again == NULL || again->len != n || memcmp(again->data, octets, n) != 0)
        return NULL;
    return g_string_free(g_steal_pointer(&text), FALSE);
}
