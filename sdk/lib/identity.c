/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identities: the ID payload's type and octets, read from and written as text. */
#include "config.h"

#include <ravelin/identity.h>

#include <string.h>

#include <ravelin/error.h>

#include "distinguished-name.h"
#include "escape.h"

struct RvlIdentity {
    gatomicrefcount references;
    uint8_t type;
    size_t n;
    uint8_t octets[];
};

/* Types whose octets are text, and the prefix that names each. */
static const struct {
    const char *prefix;
    uint8_t type;
} prefixes[] = {
    {"ip:", RVL_IDENTITY_IPV4_ADDR}, /* or IPv6, as the text says */
    {"fqdn:", RVL_IDENTITY_FQDN},      {"email:", RVL_IDENTITY_RFC822_ADDR},
    {"dn:", RVL_IDENTITY_DER_ASN1_DN}, {"keyid:", RVL_IDENTITY_KEY_ID},
};

RvlIdentity *
rvl_identity_new(uint8_t type, const void *octets, size_t n)
{
    RvlIdentity *identity;

    g_return_val_if_fail(n <= RVL_IDENTITY_MAX_OCTETS, NULL);
    identity = g_malloc(sizeof(*identity) + n);
    g_atomic_ref_count_init(&identity->references);
    identity->type = type;
    identity->n = n;
    if (n > 0)
        memcpy(identity->octets, octets, n);
    return identity;
}

RvlIdentity *
rvl_identity_from_address(const RvlAddress *address)
{
    uint8_t type =
        address->family == RVL_FAMILY_IPV4 ? RVL_IDENTITY_IPV4_ADDR : RVL_IDENTITY_IPV6_ADDR;

    g_return_val_if_fail(address->family != RVL_FAMILY_NONE, NULL);
    return rvl_identity_new(type, address->octets, rvl_family_octets((RvlFamily)address->family));
}

RvlIdentity *
rvl_identity_ref(const RvlIdentity *identity)
{
    RvlIdentity *shared = (RvlIdentity *)identity; /* counting changes no octet */

    g_atomic_ref_count_inc(&shared->references);
    return shared;
}

void
rvl_identity_unref(RvlIdentity *identity)
{
    if (identity != NULL && g_atomic_ref_count_dec(&identity->references))
        g_free(identity);
}

uint8_t
rvl_identity_type(const RvlIdentity *identity)
{
    return identity->type;
}

const uint8_t *
rvl_identity_octets(const RvlIdentity *identity, size_t *n)
{
    *n = identity->n;
    return identity->octets;
}

static bool
equal_ignoring_case(const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (g_ascii_tolower((char)a[i]) != g_ascii_tolower((char)b[i]))
            return false;
    }
    return true;
}

/* Where the part that is compared without regard to case begins. */
static size_t
domain_offset(const RvlIdentity *identity)
{
    if (identity->type == RVL_IDENTITY_FQDN)
        return 0;
    if (identity->type == RVL_IDENTITY_RFC822_ADDR) {
        for (size_t i = identity->n; i > 0; i--) {
            if (identity->octets[i - 1] == '@')
                return i;
        }
    }
    return identity->n;
}

bool
rvl_identity_equal(const RvlIdentity *a, const RvlIdentity *b)
{
    size_t domain;

    if (a->type != b->type || a->n != b->n)
        return false;
    domain = domain_offset(a);
    return memcmp(a->octets, b->octets, domain) == 0 &&
           equal_ignoring_case(a->octets + domain, b->octets + domain, a->n - domain);
}

static RvlIdentity *
refuse(const char *text, const char *why, GError **error)
{
    g_autofree char *escaped = rvl_error_escape(text, strlen(text));

    rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' %s", escaped, why);
    return NULL;
}

static RvlIdentity *
from_octets(uint8_t type, const char *text, GByteArray *octets, GError **error)
{
    if (octets == NULL)
        return refuse(text, "has a broken escape or odd hexadecimal digits", error);
    if (octets->len == 0)
        return refuse(text, "is no identity: nothing follows", error);
    if (octets->len > RVL_IDENTITY_MAX_OCTETS)
        return refuse(text, "is too long for an identity", error);
    return rvl_identity_new(type, octets->data, octets->len);
}

/* Octets of `0x…`, or of text with `\xNN`. NULL where either is broken. */
static GByteArray *
read_octets(const char *text)
{
    g_autoptr(GByteArray) octets = g_byte_array_new();
    bool is_hex = g_str_has_prefix(text, "0x");

    for (const char *at = is_hex ? text + 2 : text; *at != '\0';) {
        bool escaped = !is_hex && *at == '\\';
        int value = (uint8_t)*at;

        if (escaped && at[1] != 'x')
            return NULL;
        if (escaped)
            at += 2;
        if (escaped || is_hex)
            value = rvl_escape_hex_octet(at);
        if (value < 0)
            return NULL;
        at += escaped || is_hex ? 2 : 1;
        g_byte_array_append(octets, &(guint8){(guint8)value}, 1);
    }
    return g_steal_pointer(&octets);
}

static RvlIdentity *
parse_name(const char *text, GError **error)
{
    g_autoptr(GByteArray) der = rvl_distinguished_name_parse(text, error);

    return der != NULL ? from_octets(RVL_IDENTITY_DER_ASN1_DN, text, der, error) : NULL;
}

static RvlIdentity *
parse_prefixed(const char *text, uint8_t type, const char *prefix, GError **error)
{
    const char *rest = text + strlen(prefix);
    g_autoptr(GByteArray) octets = NULL;
    RvlAddress address;

    if (type == RVL_IDENTITY_IPV4_ADDR) {
        if (!rvl_address_parse(rest, &address))
            return refuse(text, "is no address", error);
        return rvl_identity_from_address(&address);
    }
    if (type == RVL_IDENTITY_DER_ASN1_DN && !g_str_has_prefix(rest, "0x"))
        return parse_name(rest, error);
    octets = read_octets(rest);
    return from_octets(type, text, octets, error);
}

static RvlIdentity *
parse_text(uint8_t type, const char *text, GError **error)
{
    if (strlen(text) > RVL_IDENTITY_MAX_OCTETS)
        return refuse(text, "is too long for an identity", error);
    return rvl_identity_new(type, text, strlen(text));
}

static bool
is_host_name(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (!g_ascii_isalnum(*at) && strchr("-._*", *at) == NULL)
            return false;
    }
    return *text != '\0';
}

static bool
is_mail_address(const char *text)
{
    const char *at = strrchr(text, '@');

    if (at == NULL || !is_host_name(at + 1))
        return false;
    for (const char *c = text; c < at; c++) {
        if (!g_ascii_isgraph(*c) || *c == '\\')
            return false;
    }
    return true;
}

/* The type that text without prefix stands for, or NONE. */
static uint8_t
guess_type(const char *text)
{
    RvlAddress address;

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(text, prefixes[i].prefix))
            return RVL_IDENTITY_NONE;
    }
    if (rvl_address_parse(text, &address))
        return address.family == RVL_FAMILY_IPV4 ? RVL_IDENTITY_IPV4_ADDR : RVL_IDENTITY_IPV6_ADDR;
    if (is_host_name(text))
        return RVL_IDENTITY_FQDN;
    if (is_mail_address(text))
        return RVL_IDENTITY_RFC822_ADDR;
    return strchr(text, '=') != NULL ? RVL_IDENTITY_DER_ASN1_DN : RVL_IDENTITY_NONE;
}

/* `type99:0x…`: a type that has no word. */
static RvlIdentity *
parse_numbered(const char *text, GError **error)
{
    const char *colon = strchr(text, ':');
    g_autofree char *number = g_strndup(text + strlen("type"), (size_t)(colon - text) - 4);
    g_autoptr(GByteArray) octets = read_octets(colon + 1);
    guint64 type;

    if (!g_ascii_string_to_unsigned(number, 10, 1, UINT8_MAX, &type, NULL))
        return refuse(text, "has no type of identity before the colon", error);
    return from_octets((uint8_t)type, text, octets, error);
}

RvlIdentity *
rvl_identity_parse(const char *text, GError **error)
{
    RvlAddress address;

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(text, prefixes[i].prefix))
            return parse_prefixed(text, prefixes[i].type, prefixes[i].prefix, error);
    }
    if (g_str_has_prefix(text, "type") && strchr(text, ':') != NULL && strchr(text, '@') == NULL)
        return parse_numbered(text, error);
    if (rvl_address_parse(text, &address))
        return rvl_identity_from_address(&address);

    switch (guess_type(text)) {
    case RVL_IDENTITY_DER_ASN1_DN:
        return parse_name(text, error);
    case RVL_IDENTITY_FQDN:
        return parse_text(RVL_IDENTITY_FQDN, text, error);
    case RVL_IDENTITY_RFC822_ADDR:
        return parse_text(RVL_IDENTITY_RFC822_ADDR, text, error);
    default:
        return refuse(text, "is no identity: no address, name, mail address or DN", error);
    }
}

static char *
format_hex(const char *prefix, const RvlIdentity *identity)
{
    GString *text = g_string_new(prefix);

    g_string_append(text, "0x");
    for (size_t i = 0; i < identity->n; i++)
        g_string_append_printf(text, "%02x", identity->octets[i]);
    return g_string_free(text, FALSE);
}

/* @name: (transfer full): with its prefix where it would read as something else: `C=a@b` as a mail address. */
static char *
name_as_such(char *name)
{
    g_autofree char *owned = name;

    return guess_type(owned) == RVL_IDENTITY_DER_ASN1_DN ? g_steal_pointer(&owned)
                                                         : g_strconcat("dn:", owned, NULL);
}

/* Text as it is where it reads back as this type, else with its prefix and escapes. */
static char *
format_text(const char *prefix, const RvlIdentity *identity)
{
    g_autofree char *plain = g_strndup((const char *)identity->octets, identity->n);
    GString *text;

    if (strlen(plain) == identity->n && guess_type(plain) == identity->type)
        return g_steal_pointer(&plain);
    if (identity->n >= 2 && memcmp(plain, "0x", 2) == 0)
        return format_hex(prefix, identity);
    text = g_string_new(prefix);
    rvl_escape_append(text, identity->octets, identity->n, true, identity->n);
    return g_string_free(text, FALSE);
}

char *
rvl_identity_format(const RvlIdentity *identity)
{
    g_autofree char *prefix = g_strdup_printf("type%u:", identity->type);
    char text[RVL_ADDRESS_TEXT];
    RvlAddress address;
    char *name;

    switch (identity->type) {
    case RVL_IDENTITY_IPV4_ADDR:
    case RVL_IDENTITY_IPV6_ADDR:
        if (rvl_address_from_octets(identity->octets, identity->n, &address) &&
            (address.family == RVL_FAMILY_IPV4) == (identity->type == RVL_IDENTITY_IPV4_ADDR))
            return g_strdup(rvl_address_format(&address, text));
        break;
    case RVL_IDENTITY_FQDN:
        return format_text("fqdn:", identity);
    case RVL_IDENTITY_RFC822_ADDR:
        return format_text("email:", identity);
    case RVL_IDENTITY_KEY_ID:
        return format_text("keyid:", identity);
    case RVL_IDENTITY_DER_ASN1_DN:
        name = rvl_distinguished_name_format(identity->octets, identity->n);
        return name != NULL ? name_as_such(name) : format_hex("dn:", identity);
    default: /* any octet that a peer sends */
        break;
    }
    return format_hex(prefix, identity);
}
