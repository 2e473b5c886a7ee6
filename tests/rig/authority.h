/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates that a test makes for itself: no key lies in the tree. */
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <stdbool.h>

#include <glib.h>

/* A certificate and its private key. */
typedef struct {
    X509 *certificate;
    EVP_PKEY *key;
    GBytes *der;
} Issued;

#define ISSUE_MAX_EXTENSIONS 8

/**
 * IssueRequest:
 * @subject: `C=XX/O=lab/CN=lab CA`; empty for an empty name
 * @key: `rsa:2048`, `ec:P-256`, `ed25519`; made anew, and reused through @same_key_as
 * @issuer: NULL: signed by itself
 * @extensions: as in OpenSSL's configuration: `subjectAltName=DNS:r.lab.test`
 * @from_s, @until_s: from now; both 0: an hour ago to in an hour
 * @digest: NULL: SHA2-256
 */
typedef struct {
    const char *subject;
    const char *key;
    const Issued *issuer;
    const Issued *same_key_as;
    const char *extensions[ISSUE_MAX_EXTENSIONS];
    long from_s;
    long until_s;
    const char *digest;
} IssueRequest;

Issued *issue(const IssueRequest *request);
void issued_free(Issued *issued);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Issued, issued_free)

/* `rsa:2048` and the like. */
EVP_PKEY *issue_key(const char *kind);

/* A root authority, an intermediate below it, and an end entity with a DNS name: what most tests need. */
Issued *issue_root(const char *subject, const char *key);
Issued *issue_intermediate(const char *subject, const Issued *issuer);
Issued *issue_peer(const char *dns, const char *key, const Issued *issuer);
