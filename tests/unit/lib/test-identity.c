/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identities: text to octets and back, comparison, and octets that anybody may send. */
#include "config.h"

#include <ravelin/identity.h>

#include <string.h>

#include <ravelin/error.h>

static RvlIdentity *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    RvlIdentity *identity = rvl_identity_parse(text, &error);

    g_assert_no_error(error);
    g_assert_nonnull(identity);
    return identity;
}

static const struct {
    const char *text;
    uint8_t type;
    const char *formatted; /* NULL: as @text */
} texts[] = {
    {"192.0.2.1", RVL_IDENTITY_IPV4_ADDR, NULL},
    {"2001:db8::1", RVL_IDENTITY_IPV6_ADDR, NULL},
    {"ip:192.0.2.1", RVL_IDENTITY_IPV4_ADDR, "192.0.2.1"},
    {"vpn.example.org", RVL_IDENTITY_FQDN, NULL},
    {"gw", RVL_IDENTITY_FQDN, NULL},
    {"fqdn:192.0.2.1", RVL_IDENTITY_FQDN, NULL},
    {"fqdn:vpn.example.org", RVL_IDENTITY_FQDN, "vpn.example.org"},
    {"ann@example.org", RVL_IDENTITY_RFC822_ADDR, NULL},
    {"email:odd name", RVL_IDENTITY_RFC822_ADDR, NULL},
    {"keyid:group one", RVL_IDENTITY_KEY_ID, NULL},
    {"keyid:0x00ff10", RVL_IDENTITY_KEY_ID, "keyid:\\x00\\xff\\x10"},
    {"keyid:a\\x5cb", RVL_IDENTITY_KEY_ID, NULL},
    {"CN=gw, O=Example, C=CH", RVL_IDENTITY_DER_ASN1_DN, NULL},
    {"dn:CN=gw", RVL_IDENTITY_DER_ASN1_DN, "CN=gw"},
    {"CN= ann@example.org", RVL_IDENTITY_DER_ASN1_DN, "dn:CN=ann@example.org"},
    {"C=DE,O=Example\\, Inc.;CN=gw+UID=7", RVL_IDENTITY_DER_ASN1_DN,
     "C=DE, O=Example\\, Inc., CN=gw+UID=7"},
    {"DC=org, DC=example, emailAddress=a@example.org", RVL_IDENTITY_DER_ASN1_DN,
     "DC=org, DC=example, E=a@example.org"},
    {"1.2.840.113556.1.4.656=upn", RVL_IDENTITY_DER_ASN1_DN, NULL},
    {"CN=#1303616263", RVL_IDENTITY_DER_ASN1_DN, NULL},
    {"CN=\\ spaced\\ ", RVL_IDENTITY_DER_ASN1_DN, NULL},
    {"CN=K\xc3\xb6ln", RVL_IDENTITY_DER_ASN1_DN, NULL},
    {"type77:0x0102", 77, NULL},
};

static void
text_reads_back(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(RvlIdentity) identity = parse(texts[i].text);
        g_autofree char *formatted = rvl_identity_format(identity);
        g_autoptr(RvlIdentity) again = parse(formatted);

        g_assert_cmpuint(rvl_identity_type(identity), ==, texts[i].type);
        g_assert_cmpstr(formatted, ==,
                        texts[i].formatted != NULL ? texts[i].formatted : texts[i].text);
        g_assert_true(rvl_identity_equal(identity, again));
    }
}

static void
broken_text_is_refused(void)
{
    static const char *const broken[] = {
        "",           "two words",  "ip:300.1.1.1", "fqdn:",        "keyid:",  "keyid:0x1",
        "keyid:0xzz", "keyid:\\q",  "keyid:\\x1",   "CN=",          "dn:",     "CN=a,",
        "=a",         "nope=a",     "1.2.x=a",      "3.1=a",        "1.99=a",  "CN=a\\",
        "CN=#",       "CN=#0",      "type0:0x00",   "type256:0x00", "CN=\xff", "a@b c",
        "@",          "CN=a++CN=b",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(RvlIdentity) identity = rvl_identity_parse(broken[i], &error);

        if (identity != NULL)
            g_test_message("'%s' was taken", broken[i]);
        g_assert_null(identity);
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
    }
}

/* As OpenSSL encodes CN=gw, O=Ex, C=CH in this order: `openssl req -utf8 -subj /CN=gw/O=Ex/C=CH`. */
static void
names_are_encoded_as_certificates_have_them(void)
{
    static const uint8_t der[] = {0x30, 0x27, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x03,
                                  0x0c, 0x02, 0x67, 0x77, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55,
                                  0x04, 0x0a, 0x0c, 0x02, 0x45, 0x78, 0x31, 0x0b, 0x30, 0x09, 0x06,
                                  0x03, 0x55, 0x04, 0x06, 0x13, 0x02, 0x43, 0x48};
    g_autoptr(RvlIdentity) identity = parse("CN=gw, O=Ex, C=CH");
    size_t n;
    const uint8_t *octets = rvl_identity_octets(identity, &n);

    g_assert_cmpmem(octets, n, der, sizeof(der));
}

static void
long_values_have_long_lengths(void)
{
    g_autofree char *filler = g_strnfill(300, 'x');
    g_autofree char *text = g_strdup_printf("CN=%s, O=y", filler);
    g_autoptr(RvlIdentity) identity = parse(text);
    g_autofree char *formatted = rvl_identity_format(identity);

    g_assert_cmpstr(formatted, ==, text);
}

static void
too_long_text_is_refused(void)
{
    g_autofree char *name = g_strnfill(RVL_IDENTITY_MAX_OCTETS + 1, 'x');
    g_autofree char *dn = g_strconcat("CN=", name, NULL);
    g_autofree char *keyid = g_strconcat("keyid:", name, NULL);
    const char *const all[] = {name, dn, keyid};

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(rvl_identity_parse(all[i], &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_CONFIG_INVALID);
    }
}

static void
comparison_knows_types_and_case(void)
{
    static const struct {
        const char *a;
        const char *b;
        bool equal;
    } rows[] = {
        {"VPN.example.org", "vpn.EXAMPLE.org", true},
        {"vpn.example.org", "vpn.example.com", false},
        {"Ann@Example.org", "Ann@example.ORG", true},
        {"Ann@example.org", "ann@example.org", false},
        {"keyid:abc", "keyid:ABC", false},
        {"fqdn:192.0.2.1", "192.0.2.1", false},
        {"keyid:vpn.example.org", "vpn.example.org", false},
        {"vpn.example.org", "vpn.example.org.", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvlIdentity) a = parse(rows[i].a);
        g_autoptr(RvlIdentity) b = parse(rows[i].b);

        g_assert_cmpint(rvl_identity_equal(a, b), ==, rows[i].equal);
        g_assert_cmpint(rvl_identity_equal(b, a), ==, rows[i].equal);
    }
}

/* Whatever a peer sends: text without controls, which reads back as the same octets. */
static void
peers_octets_read_back(void)
{
    static const struct {
        uint8_t type;
        const char *octets;
        size_t n;
    } rows[] = {
        {RVL_IDENTITY_FQDN, "a\nb", 3},
        {RVL_IDENTITY_FQDN, "a\0b", 3},
        {RVL_IDENTITY_FQDN, "1.2.3.4", 7},
        {RVL_IDENTITY_FQDN, "CN=a", 4},
        {RVL_IDENTITY_FQDN, "0x00", 4},
        {RVL_IDENTITY_FQDN, "dn:x", 4},
        {RVL_IDENTITY_RFC822_ADDR, "no-at", 5},
        {RVL_IDENTITY_IPV4_ADDR, "abc", 3},
        {RVL_IDENTITY_IPV4_ADDR, "0123456789abcdef", 16},
        {RVL_IDENTITY_IPV6_ADDR, "abcd", 4},
        {RVL_IDENTITY_DER_ASN1_DN, "0", 1},
        {RVL_IDENTITY_DER_ASN1_DN, "\x30\x84\xff\xff\xff\xff", 6},
        {RVL_IDENTITY_DER_ASN1_DN, "\x30\x02\x31\x00", 4},
        {RVL_IDENTITY_DER_ASN1_DN, "\x30\x80\x00\x00", 4},
        {RVL_IDENTITY_KEY_ID, "\x1b[2J\\", 5},
        {RVL_IDENTITY_KEY_ID, "\xe2\x80\xae", 3},
        {RVL_IDENTITY_DER_ASN1_GN, "\x82\x01x", 3},
        {255, "\x00", 1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvlIdentity) identity = rvl_identity_new(rows[i].type, rows[i].octets, rows[i].n);
        g_autofree char *text = rvl_identity_format(identity);
        g_autoptr(RvlIdentity) again = parse(text);

        for (const char *at = text; *at != '\0'; at++)
            g_assert_false(g_ascii_iscntrl(*at));
        g_assert_true(g_utf8_validate(text, -1, NULL));
        if (!rvl_identity_equal(identity, again))
            g_test_message("row %zu reads back as '%s'", i, text);
        g_assert_true(rvl_identity_equal(identity, again));
    }
}

static void
empty_identities_are_shown(void)
{
    static const uint8_t types[] = {RVL_IDENTITY_NONE, RVL_IDENTITY_FQDN, RVL_IDENTITY_DER_ASN1_DN,
                                    RVL_IDENTITY_IPV4_ADDR, RVL_IDENTITY_NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr(RvlIdentity) identity = rvl_identity_new(types[i], NULL, 0);
        g_autofree char *text = rvl_identity_format(identity);

        g_assert_cmpstr(text, !=, "");
    }
}

/* Each single-octet change of a good name is shown, or shown as octets, and never misread. */
static void
mutated_names_never_lie(void)
{
    g_autoptr(RvlIdentity) good = parse("C=CH, O=Example+OU=Unit, CN=gw.example.org");
    size_t n;
    const uint8_t *octets = rvl_identity_octets(good, &n);
    g_autofree uint8_t *mutant = g_memdup2(octets, n);

    for (size_t i = 0; i < n; i++) {
        for (unsigned value = 0; value < 256; value += 3) {
            g_autoptr(RvlIdentity) identity = NULL;
            g_autoptr(RvlIdentity) again = NULL;
            g_autofree char *text = NULL;

            mutant[i] = (uint8_t)value;
            identity = rvl_identity_new(RVL_IDENTITY_DER_ASN1_DN, mutant, n);
            text = rvl_identity_format(identity);
            again = parse(text);
            g_assert_true(rvl_identity_equal(identity, again));
        }
        mutant[i] = octets[i];
    }
}

static void
address_becomes_identity(void)
{
    RvlAddress address;
    g_autoptr(RvlIdentity) identity = NULL;
    g_autofree char *text = NULL;

    g_assert_true(rvl_address_parse("2001:db8::7", &address));
    identity = rvl_identity_from_address(&address);
    text = rvl_identity_format(identity);
    g_assert_cmpstr(text, ==, "2001:db8::7");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lib/identity/text-reads-back", text_reads_back);
    g_test_add_func("/lib/identity/broken-text-is-refused", broken_text_is_refused);
    g_test_add_func("/lib/identity/names-are-encoded-as-certificates-have-them",
                    names_are_encoded_as_certificates_have_them);
    g_test_add_func("/lib/identity/long-values-have-long-lengths", long_values_have_long_lengths);
    g_test_add_func("/lib/identity/too-long-text-is-refused", too_long_text_is_refused);
    g_test_add_func("/lib/identity/comparison-knows-types-and-case",
                    comparison_knows_types_and_case);
    g_test_add_func("/lib/identity/peers-octets-read-back", peers_octets_read_back);
    g_test_add_func("/lib/identity/empty-identities-are-shown", empty_identities_are_shown);
    g_test_add_func("/lib/identity/mutated-names-never-lie", mutated_names_never_lie);
    g_test_add_func("/lib/identity/address-becomes-identity", address_becomes_identity);
    return g_test_run();
}
