/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One certificate: read from DER by OpenSSL, and what is asked of it. */
#include "config.h"

#include "certificate.h"

#include <string.h>
#include <time.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <ravelin/error.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GENERAL_NAMES, GENERAL_NAMES_free)

X509 *
certificate_read(const RvlOctets *der, GError **error)
{
    const unsigned char *at = der->data;
    g_autoptr(X509) read = NULL;

    if (der->size <= CERTIFICATE_MAX_OCTETS)
        read = d2i_X509(NULL, &at, (long)der->size);
    /* Extensions are read lazily; one that is broken must not pass for one that is absent. */
    if (read != NULL && at == der->data + der->size &&
        (X509_get_extension_flags(read) & EXFLAG_INVALID) == 0 && X509_get0_pubkey(read) != NULL) {
        return g_steal_pointer(&read);
    }
    ERR_clear_error();
    rvl_error_set(error, RVL_CAUSE_MESSAGE_MALFORMED, "%zu octets are no certificate in DER%s",
                  der->size, der->size > CERTIFICATE_MAX_OCTETS ? ": too long" : "");
    return NULL;
}

RvlIdentity *
certificate_name_identity(const X509_NAME *name)
{
    const unsigned char *der;
    size_t octets;

    if (X509_NAME_entry_count(name) == 0 || X509_NAME_get0_der(name, &der, &octets) != 1 ||
        octets > RVL_IDENTITY_MAX_OCTETS)
        return NULL;
    return rvl_identity_new(RVL_IDENTITY_DER_ASN1_DN, der, octets);
}

char *
certificate_name_text(const X509_NAME *name)
{
    g_autoptr(RvlIdentity) identity = certificate_name_identity(name);

    if (identity != NULL)
        return rvl_identity_format(identity);
    return g_strdup(X509_NAME_entry_count(name) == 0 ? "an empty name" : "a name that is too long");
}

static RvlIdentity *
text_identity(uint8_t type, const ASN1_STRING *text)
{
    int octets = ASN1_STRING_length(text);

    if (octets <= 0 || octets > RVL_IDENTITY_MAX_OCTETS)
        return NULL;
    return rvl_identity_new(type, ASN1_STRING_get0_data(text), (size_t)octets);
}

static RvlIdentity *
address_identity(const ASN1_STRING *octets)
{
    switch (ASN1_STRING_length(octets)) {
    case 4:
        return text_identity(RVL_IDENTITY_IPV4_ADDR, octets);
    case 16:
        return text_identity(RVL_IDENTITY_IPV6_ADDR, octets);
    default:
        return NULL;
    }
}

/* The identity that a subjectAltName stands for; NULL where its type is no ID type's. */
static RvlIdentity *
general_name_identity(const GENERAL_NAME *name)
{
    int type;
    const void *value = GENERAL_NAME_get0_value(name, &type);

    switch (type) {
    case GEN_DNS:
        return text_identity(RVL_IDENTITY_FQDN, value);
    case GEN_EMAIL:
        return text_identity(RVL_IDENTITY_RFC822_ADDR, value);
    case GEN_IPADD:
        return address_identity(value);
    case GEN_DIRNAME:
        return certificate_name_identity(value);
    default:
        return NULL;
    }
}

GPtrArray *
certificate_identities(const X509 *certificate)
{
    GPtrArray *identities = g_ptr_array_new_with_free_func((GDestroyNotify)rvl_identity_unref);
    g_autoptr(GENERAL_NAMES) names =
        X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    RvlIdentity *subject = certificate_name_identity(X509_get_subject_name(certificate));

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        RvlIdentity *identity = general_name_identity(sk_GENERAL_NAME_value(names, i));

        if (identity != NULL)
            g_ptr_array_add(identities, identity);
    }
    if (subject != NULL)
        g_ptr_array_add(identities, subject);
    return identities;
}

bool
certificate_time(const ASN1_TIME *time, RvlWallTime *out)
{
    struct tm parts;

    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
        return false;
    out->unix_s = timegm(&parts);
    return true;
}

char *
certificate_time_text(RvlWallTime time)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(time.unix_s);

    return date != NULL ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ")
                        : g_strdup_printf("%" G_GINT64_FORMAT " s", time.unix_s);
}
