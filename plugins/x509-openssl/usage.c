/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a certificate may be used for: key usage and extended key usage (RFC 4945 5.1.3). */
#include "config.h"

#include "usage.h"

#include <string.h>

#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include <ravelin/error.h>

#include "certificate.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free)

/* Extended key usages that allow IKE. A user's certificate must not pass for a gateway's. */
static const struct {
    const char *oid;
    const char *word;
    bool of_server;
} allowed[] = {
    {"1.3.6.1.5.5.7.3.17", "ipsecIKE", true}, /* RFC 4945 5.1.3.12 */
    {"1.3.6.1.5.5.8.2.2", "iKEIntermediate", true}, {"2.5.29.37.0", "anyExtendedKeyUsage", true},
    {"1.3.6.1.5.5.7.3.1", "serverAuth", true},      {"1.3.6.1.5.5.7.3.2", "clientAuth", false},
};

static bool
is_allowed(const char *oid, bool is_server)
{
    for (size_t i = 0; i < G_N_ELEMENTS(allowed); i++) {
        if (strcmp(allowed[i].oid, oid) == 0)
            return allowed[i].of_server || !is_server;
    }
    return false;
}

static char *
list_allowed(bool is_server)
{
    GString *list = g_string_new("one of ");

    for (size_t i = 0; i < G_N_ELEMENTS(allowed); i++) {
        if (allowed[i].of_server || !is_server)
            g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", allowed[i].word);
    }
    return g_string_free(list, FALSE);
}

/* Whether the extended key usages that are there, if any, allow IKE; @has lists them otherwise. */
static bool
extended_usage_allows(X509 *certificate, bool is_server, char **has)
{
    g_autoptr(EXTENDED_KEY_USAGE) usages = NULL;
    g_autoptr(GString) list = g_string_new(NULL);

    if ((X509_get_extension_flags(certificate) & EXFLAG_XKUSAGE) == 0)
        return true;
    usages = X509_get_ext_d2i(certificate, NID_ext_key_usage, NULL, NULL);
    for (int i = 0; i < sk_ASN1_OBJECT_num(usages); i++) {
        const ASN1_OBJECT *usage = sk_ASN1_OBJECT_value(usages, i);
        char oid[80];
        char text[80];

        OBJ_obj2txt(oid, sizeof(oid), usage, 1);
        if (is_allowed(oid, is_server))
            return true;
        OBJ_obj2txt(text, sizeof(text), usage, 0);
        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", text);
    }
    *has = g_string_free(g_steal_pointer(&list), FALSE);
    return false;
}

bool
usage_check_peer(X509 *certificate, bool is_server, GError **error)
{
    g_autofree char *wanted = NULL;
    g_autofree char *has = NULL;

    if ((X509_get_extension_flags(certificate) & EXFLAG_KUSAGE) != 0 &&
        (X509_get_key_usage(certificate) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0) {
        rvl_error_set_found(error, RVL_CAUSE_EKU_MISSING, "another key usage",
                            "digitalSignature or nonRepudiation",
                            "the certificate's key may not sign");
        rvl_error_set_remedy(error, "issue a certificate with the key usage that is named");
        return false;
    }
    if (extended_usage_allows(certificate, is_server, &has))
        return true;
    wanted = list_allowed(is_server);
    rvl_error_set_found(error, RVL_CAUSE_EKU_MISSING, has, wanted,
                        "the certificate is not meant for %s",
                        is_server ? "an IKE responder" : "IKE");
    return false;
}

bool
usage_check_authority(X509 *certificate, bool is_server, GError **error)
{
    g_autofree char *name = NULL;
    g_autofree char *has = NULL;

    if (extended_usage_allows(certificate, is_server, &has))
        return true;
    name = certificate_name_text(X509_get_subject_name(certificate));
    rvl_error_set_found(error, RVL_CAUSE_CERTIFICATE_CONSTRAINT, has, "a use that allows IKE",
                        "%s restricts what the certificates below it are for", name);
    return false;
}
