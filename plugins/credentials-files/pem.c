/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and private keys out of PEM and DER, by OpenSSL. */
#include "config.h"

#include "pem.h"

#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ravelin/error.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)

/* First octet of what DER encodes here: a SEQUENCE. */
#define DER_SEQUENCE 0x30

static bool
is_der(const char *octets, size_t n)
{
    return n > 0 && (unsigned char)octets[0] == DER_SEQUENCE;
}

static GBytes *
encode(X509 *certificate)
{
    unsigned char *der = NULL;
    int n = i2d_X509(certificate, &der);
    GBytes *bytes = n > 0 ? g_bytes_new(der, (size_t)n) : NULL;

    OPENSSL_free(der);
    return bytes;
}

static GPtrArray *
refuse_certificates(GError **error)
{
    ERR_clear_error();
    rvl_error_set_found(error, RVL_CAUSE_CONFIG_INVALID, NULL, "certificates in PEM, or one in DER",
                        "no certificate can be read");
    return NULL;
}

GPtrArray *
pem_read_certificates(const char *octets, size_t n, GError **error)
{
    g_autoptr(GPtrArray) read = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    const unsigned char *at = (const unsigned char *)octets;
    g_autoptr(BIO) bio = BIO_new_mem_buf(octets, (int)n);

    for (;;) {
        g_autoptr(X509) certificate = is_der(octets, n) ? d2i_X509(NULL, &at, (long)n)
                                                        : PEM_read_bio_X509(bio, NULL, NULL, NULL);
        GBytes *der = certificate != NULL ? encode(certificate) : NULL;

        if (der == NULL)
            break;
        g_ptr_array_add(read, der);
        if (!is_der(octets, n))
            continue;
        return at == (const unsigned char *)octets + n ? g_steal_pointer(&read)
                                                       : refuse_certificates(error);
    }
    /* The end of PEM is told as "no start line"; anything else is a broken certificate. */
    if (read->len == 0 || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return refuse_certificates(error);
    ERR_clear_error();
    return g_steal_pointer(&read);
}

bool
pem_may_hold_key(const char *octets, size_t n)
{
    return is_der(octets, n) || g_strstr_len(octets, (gssize)n, "PRIVATE KEY-----") != NULL;
}

/* Nobody is there to be asked for a passphrase. */
static int
no_passphrase(char *out, int size, int for_writing, void *asked)
{
    (void)out;
    (void)size;
    (void)for_writing;
    *(bool *)asked = true;
    return -1;
}

OpensslKey *
pem_read_key(const char *octets, size_t n, GError **error)
{
    g_autoptr(BIO) bio = BIO_new_mem_buf(octets, (int)n);
    const unsigned char *at = (const unsigned char *)octets;
    bool is_encrypted = false;
    g_autoptr(EVP_PKEY) key =
        is_der(octets, n) ? d2i_AutoPrivateKey(NULL, &at, (long)n)
                          : PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &is_encrypted);

    ERR_clear_error();
    if (key != NULL)
        return openssl_key_new(key, true, error);
    rvl_error_set_found(error, RVL_CAUSE_CONFIG_INVALID,
                        is_encrypted ? "a key under a passphrase" : NULL,
                        "a private key in clear: PKCS #8, PKCS #1 or SEC 1, in PEM or DER",
                        "no private key can be read");
    return NULL;
}
