/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates that a test makes for itself: no key lies in the tree. */
#include "config.h"

#include "authority.h"

#include <string.h>

#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#define HOUR_S 3600

EVP_PKEY *
issue_key(const char *kind)
{
    EVP_PKEY *key = NULL;

    if (g_str_has_prefix(kind, "rsa:"))
        key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
                                (size_t)g_ascii_strtoull(kind + strlen("rsa:"), NULL, 10));
    else if (g_str_has_prefix(kind, "ec:"))
        key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind + strlen("ec:"));
    else
        key = EVP_PKEY_Q_keygen(NULL, NULL, kind);
    g_assert_nonnull(key);
    return key;
}

static void
add_names(X509_NAME *name, const char *subject)
{
    g_auto(GStrv) attributes = g_strsplit(subject, "/", -1); /* none of an empty name */

    for (size_t i = 0; attributes[i] != NULL; i++) {
        char *value = strchr(attributes[i], '=');

        g_assert_nonnull(value);
        *value++ = '\0';
        g_assert_cmpint(X509_NAME_add_entry_by_txt(name, attributes[i], MBSTRING_UTF8,
                                                   (const unsigned char *)value, -1, -1, 0),
                        ==, 1);
    }
}

static void
add_extension(X509 *certificate, X509 *issuer, const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, "=", 2);
    X509V3_CTX context;
    X509_EXTENSION *extension;

    if (g_str_equal(parts[0], "authorityKeyIdentifier") && X509_get0_subject_key_id(issuer) == NULL)
        return; /* there is nothing to identify the issuer's key by */
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_nconf(NULL, &context, parts[0], parts[1]);
    g_assert_nonnull(extension);
    g_assert_cmpint(X509_add_ext(certificate, extension, -1), ==, 1);
    X509_EXTENSION_free(extension);
}

static void
sign(X509 *certificate, EVP_PKEY *key, const char *digest)
{
    const EVP_MD *md = NULL;

    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 &&
        EVP_PKEY_get_base_id(key) != EVP_PKEY_ED448) /* they hash by themselves */
        md = EVP_get_digestbyname(digest != NULL ? digest : "SHA256");
    g_assert_cmpint(X509_sign(certificate, key, md), >, 0);
}

static GBytes *
encode(X509 *certificate)
{
    unsigned char *der = NULL;
    int n = i2d_X509(certificate, &der);
    GBytes *bytes;

    g_assert_cmpint(n, >, 0);
    bytes = g_bytes_new(der, (size_t)n);
    OPENSSL_free(der);
    return bytes;
}

Issued *
issue(const IssueRequest *request)
{
    static gint serial;
    Issued *issued = g_new0(Issued, 1);
    X509 *certificate = X509_new();
    X509 *issuer = request->issuer != NULL ? request->issuer->certificate : certificate;
    bool is_default = request->from_s == 0 && request->until_s == 0;

    issued->certificate = certificate;
    if (request->same_key_as != NULL)
        g_assert_cmpint(EVP_PKEY_up_ref(issued->key = request->same_key_as->key), ==, 1);
    else
        issued->key = issue_key(request->key);

    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), g_atomic_int_add(&serial, 1) + 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), is_default ? -HOUR_S : request->from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), is_default ? HOUR_S : request->until_s);
    add_names(X509_get_subject_name(certificate), request->subject);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    X509_set_pubkey(certificate, issued->key);
    for (size_t i = 0; i < ISSUE_MAX_EXTENSIONS && request->extensions[i] != NULL; i++)
        add_extension(certificate, issuer, request->extensions[i]);
    sign(certificate, request->issuer != NULL ? request->issuer->key : issued->key,
         request->digest);
    issued->der = encode(certificate);
    return issued;
}

void
issued_free(Issued *issued)
{
    X509_free(issued->certificate);
    EVP_PKEY_free(issued->key);
    g_bytes_unref(issued->der);
    g_free(issued);
}

Issued *
issue_root(const char *subject, const char *key)
{
    const IssueRequest request = {
        .subject = subject,
        .key = key,
        .extensions = {"basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign",
                       "subjectKeyIdentifier=hash"},
    };

    return issue(&request);
}

Issued *
issue_intermediate(const char *subject, const Issued *issuer)
{
    const IssueRequest request = {
        .subject = subject,
        .key = "ec:P-256",
        .issuer = issuer,
        .extensions = {"basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign",
                       "subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"},
    };

    return issue(&request);
}

Issued *
issue_peer(const char *dns, const char *key, const Issued *issuer)
{
    g_autofree char *subject = g_strconcat("C=XX/O=lab/CN=", dns, NULL);
    g_autofree char *san = g_strconcat("subjectAltName=DNS:", dns, NULL);
    const IssueRequest request = {
        .subject = subject,
        .key = key,
        .issuer = issuer,
        .extensions = {san, "keyUsage=digitalSignature", "extendedKeyUsage=serverAuth,clientAuth",
                       "authorityKeyIdentifier=keyid"},
    };

    return issue(&request);
}
