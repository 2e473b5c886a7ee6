/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names: what a certificate holds by RFC 4945 3.1, and what patterns of the configuration take. */
#include "config.h"

#include "names.h"

#include <ravelin/error.h>

#include "rig/authority.h"

/* Identities that a certificate of these names does and doesn't hold (RFC 4945 3.1). */
#define NAMES                                                                                      \
    "subjectAltName=DNS:r.lab.test,DNS:*.wild.test,email:Ann@lab.test,IP:192.0.2.7,IP:2001:db8::7"
static const struct {
    const char *identity;
    bool held;
} names[] = {
    {"r.lab.test", true},
    {"R.Lab.Test", true},
    {"lab.test", false},
    {"x.r.lab.test", false},
    {"r.lab.test.", false},
    {"a.wild.test", false},     /* no wildcards in IKE */
    {"common.lab.test", false}, /* the common name is no identity */
    {"Ann@LAB.test", true},
    {"ann@lab.test", false}, /* a mailbox's case may matter */
    {"192.0.2.7", true},
    {"192.0.2.8", false},
    {"2001:db8::7", true},
    {"2001:db8::8", false},
    {"fqdn:192.0.2.7", false},
    {"keyid:r.lab.test", false},
    {"email:r.lab.test", false},
    {"C=XX, O=lab, CN=common.lab.test", true},
    {"C=XX, O=LAB, CN=Common.lab.test", true}, /* RFC 5280 7.1 */
    {"C=XX, O=lab", false},
    {"O=lab, C=XX, CN=common.lab.test", false},
    {"C=XX, O=lab, CN=common.lab.test, CN=x", false},
};

static void
identity_must_stand_in_the_certificate(void)
{
    g_autoptr(Issued) peer = issue(&(IssueRequest){
        .subject = "C=XX/O=lab/CN=common.lab.test",
        .key = "ec:P-256",
        .extensions = {NAMES},
    });

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(RvlIdentity) identity = rvl_identity_parse(names[i].identity, NULL);
        g_autoptr(GError) error = NULL;

        g_test_message("%s", names[i].identity);
        g_assert_true(names_check(peer->certificate, identity, &error) == names[i].held);
        g_assert_true(error == NULL || g_error_matches(error, RVL_ERROR, RVL_CAUSE_SAN_MISMATCH));
    }
}

/* A subjectAltName "r.lab.test\0.evil.test" is another name (CVE-2009-2408's kind). */
static void
zero_in_a_name_ends_nothing(void)
{
    g_autoptr(Issued) peer = issue(&(IssueRequest){
        .subject = "C=XX/O=lab/CN=r",
        .key = "ec:P-256",
        /* SEQUENCE { [2] "r.lab.test\0.evil.test" } */
        .extensions =
            {"subjectAltName=DER:30:17:82:15:72:2e:6c:61:62:2e:74:65:73:74:00:2e:65:76:69:"
             "6c:2e:74:65:73:74"},
    });
    g_autoptr(RvlIdentity) identity = rvl_identity_parse("r.lab.test", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_false(names_check(peer->certificate, identity, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_SAN_MISMATCH);
}

static const struct {
    const char *identity;
    const char *pattern;
    bool matches;
} patterns[] = {
    {"r.lab.test", "r.lab.test", true},
    {"R.lab.test", "r.LAB.test", true},
    {"r.lab.test", "*.lab.test", true},
    {"a.b.lab.test", "*.lab.test", true},
    {"lab.test", "*.lab.test", false},
    {".lab.test", "*.lab.test", false},
    {"xlab.test", "*.lab.test", false},
    {"ann@lab.test", "*@lab.test", true},
    {"ann@xlab.test", "*@lab.test", false},
    {"fqdn:ann@lab.test", "*@lab.test", false},
    {"r.lab.test", "*", false},
    {"r.lab.test", "email:r.lab.test", false},
    {"192.0.2.1", "192.0.2.1", true},
    {"192.0.2.1", "192.0.2.2", false},
    {"keyid:abc", "keyid:abc", true},
    {"keyid:abc", "keyid:ABC", false},
    {"C=XX, O=lab, CN=r", "C=XX, O=lab, CN=r", true},
    {"C=XX, O=Lab, CN=R", "C=XX, O=lab, CN=r", true},
    {"C=XX, O=lab, CN=r", "C=XX, O=lab, CN=*", true},
    {"C=XX, O=other, CN=r", "C=XX, O=lab, CN=*", false},
    {"C=XX, O=lab, CN=r", "C=XX, O=lab", false},
    {"C=XX, O=lab, CN=*", "C=XX, O=lab, CN=r", false},
    {"C=XX, O=lab, OU=r", "C=XX, O=lab, CN=*", false},
    {"zz.lab.test", "a.lab.test", false},
    {"dn:0x300c310a300806035504030c0172", "CN=r", true},
    {"dn:0x300c310a300806035504030c017200", "CN=r", false}, /* an octet behind the name */
    {"dn:0x3000", "dn:0x3000", false},
    {"dn:0x30", "C=XX", false},
};

static void
patterns_match_by_the_type_s_rules(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
        g_autoptr(RvlIdentity) identity = rvl_identity_parse(patterns[i].identity, NULL);
        g_autoptr(RvlIdentity) pattern = rvl_identity_parse(patterns[i].pattern, NULL);

        g_test_message("%s | %s", patterns[i].identity, patterns[i].pattern);
        g_assert_nonnull(identity);
        g_assert_nonnull(pattern);
        g_assert_true(names_match(identity, pattern) == patterns[i].matches);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/x509/names/identity-must-stand-in-the-certificate",
                    identity_must_stand_in_the_certificate);
    g_test_add_func("/x509/names/zero-ends-nothing", zero_in_a_name_ends_nothing);
    g_test_add_func("/x509/names/patterns-match-by-the-type-s-rules",
                    patterns_match_by_the_type_s_rules);
    return g_test_run();
}
