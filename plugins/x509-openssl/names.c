/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a certificate, or a pattern of the configuration, holds an identity (RFC 4945 3.1). */
#include "config.h"

#include "names.h"

#include <string.h>

#include <openssl/err.h>

#include <ravelin/error.h>

#include "certificate.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_NAME, X509_NAME_free)

static X509_NAME *
read_name(const RvlIdentity *identity)
{
    size_t n;
    const unsigned char *octets = rvl_identity_octets(identity, &n);
    const unsigned char *at = octets;
    g_autoptr(X509_NAME) name = d2i_X509_NAME(NULL, &at, (long)n);

    if (name == NULL)
        ERR_clear_error();
    return name != NULL && at == octets + n ? g_steal_pointer(&name) : NULL;
}

/* The value `*`, which stands for any. */
static bool
is_any(const X509_NAME_ENTRY *entry)
{
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);

    return ASN1_STRING_length(value) == 1 && *ASN1_STRING_get0_data(value) == '*';
}

/* A name of the one attribute, since OpenSSL compares names by the rules of RFC 5280 7.1, not attributes. */
static X509_NAME *
single(const X509_NAME_ENTRY *entry)
{
    g_autoptr(X509_NAME) name = X509_NAME_new();

    if (name == NULL || X509_NAME_add_entry(name, entry, -1, 0) != 1)
        return NULL;
    return g_steal_pointer(&name);
}

static bool
attribute_matches(const X509_NAME_ENTRY *attribute, const X509_NAME_ENTRY *pattern)
{
    g_autoptr(X509_NAME) a = NULL;
    g_autoptr(X509_NAME) b = NULL;

    if (X509_NAME_ENTRY_set(attribute) != X509_NAME_ENTRY_set(pattern) ||
        OBJ_cmp(X509_NAME_ENTRY_get_object(attribute), X509_NAME_ENTRY_get_object(pattern)) != 0)
        return false;
    if (is_any(pattern))
        return true;
    a = single(attribute);
    b = single(pattern);
    return a != NULL && b != NULL && X509_NAME_cmp(a, b) == 0;
}

static bool
distinguished_names_match(const RvlIdentity *identity, const RvlIdentity *pattern)
{
    g_autoptr(X509_NAME) name = read_name(identity);
    g_autoptr(X509_NAME) wanted = read_name(pattern);
    int n;

    if (name == NULL || wanted == NULL)
        return false;
    n = X509_NAME_entry_count(name);
    if (n == 0 || n != X509_NAME_entry_count(wanted))
        return false;
    if (X509_NAME_cmp(name, wanted) == 0)
        return true;
    for (int i = 0; i < n; i++) {
        if (!attribute_matches(X509_NAME_get_entry(name, i), X509_NAME_get_entry(wanted, i)))
            return false;
    }
    return true;
}

/* `*.lab.test`, `*@lab.test`: whether @text ends in what follows the star, and has more before it. */
static bool
tail_matches(const RvlIdentity *identity, const RvlIdentity *pattern)
{
    size_t n, n_tail;
    const uint8_t *text = rvl_identity_octets(identity, &n);
    const uint8_t *tail = rvl_identity_octets(pattern, &n_tail);

    if (n_tail < 2 || tail[0] != '*' || (tail[1] != '.' && tail[1] != '@') || n < n_tail)
        return false;
    tail++;
    n_tail--;
    return memchr(text, '\0', n) == NULL &&
           g_ascii_strncasecmp((const char *)text + n - n_tail, (const char *)tail, n_tail) == 0;
}

bool
names_match(const RvlIdentity *identity, const RvlIdentity *pattern)
{
    if (rvl_identity_type(identity) != rvl_identity_type(pattern))
        return false;
    switch (rvl_identity_type(identity)) {
    case RVL_IDENTITY_DER_ASN1_DN:
        return distinguished_names_match(identity, pattern);
    case RVL_IDENTITY_FQDN:
    case RVL_IDENTITY_RFC822_ADDR:
        return rvl_identity_equal(identity, pattern) || tail_matches(identity, pattern);
    default:
        return rvl_identity_equal(identity, pattern);
    }
}

/* Exactly equal by the rules of the type: what a certificate says holds no patterns. */
static bool
holds(const RvlIdentity *of_certificate, const RvlIdentity *identity)
{
    if (rvl_identity_type(of_certificate) == RVL_IDENTITY_DER_ASN1_DN &&
        rvl_identity_type(identity) == RVL_IDENTITY_DER_ASN1_DN) {
        g_autoptr(X509_NAME) a = read_name(of_certificate);
        g_autoptr(X509_NAME) b = read_name(identity);

        return a != NULL && b != NULL && X509_NAME_cmp(a, b) == 0;
    }
    return rvl_identity_equal(of_certificate, identity);
}

static char *
list_identities(const GPtrArray *identities)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < identities->len; i++) {
        g_autofree char *text = rvl_identity_format(g_ptr_array_index(identities, i));

        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", text);
    }
    return g_string_free(list, FALSE);
}

bool
names_check(const X509 *certificate, const RvlIdentity *identity, GError **error)
{
    g_autoptr(GPtrArray) identities = certificate_identities(certificate);
    g_autofree char *wanted = NULL;
    g_autofree char *has = NULL;

    for (guint i = 0; i < identities->len; i++) {
        if (holds(g_ptr_array_index(identities, i), identity))
            return true;
    }
    wanted = rvl_identity_format(identity);
    has = list_identities(identities);
    rvl_error_set_found(error, RVL_CAUSE_SAN_MISMATCH, wanted,
                        identities->len > 0 ? has : "a name (the certificate has none)",
                        "the certificate does not hold the identity that the peer sent");
    return false;
}
