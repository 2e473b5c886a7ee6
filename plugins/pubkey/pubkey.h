/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The instance, and the two halves of the method: proving ourselves, and checking the peer. */
#pragma once

#include <ravelin/authenticator.h>
#include <ravelin/certificate-verifier.h>
#include <ravelin/credential-source.h>
#include <ravelin/plugin.h>

/* RFC 7427 4: what is announced, and heard in the request's notifies. */
#define NOTIFY_SIGNATURE_HASH_ALGORITHMS 16431

/* Certificate in a CERT payload: X.509 signature (RFC 7296 3.6). */
#define ENCODING_X509 4

/* Kinds of credential sources: files, tokens. */
#define MAX_SOURCES 8

/* Certificates of one file that are looked at. */
#define MAX_CERTIFICATES 16

typedef struct {
    const RvlCredentialSource *source;
    void *self;
} Source;

typedef struct {
    const RvlHost *host;
    const RvlCertificateVerifier *verifier; /* NULL: no plugin verifies certificates here */
    void *verifier_self;
    Source sources[MAX_SOURCES];
    size_t n_sources;
} Pubkey;

/* The certificates of one name, copied from the first source that has it. */
typedef struct {
    GBytes *der[MAX_CERTIFICATES];
    size_t n;
} Certificates;

void certificates_clear(Certificates *certificates);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Certificates, certificates_clear)

/* Whether there is a verifier at all; RVL_CAUSE_PLUGIN_MISSING otherwise. */
bool pubkey_has_verifier(const Pubkey *self, GError **error);

/* Adds the certificates of @name to @certificates. */
bool pubkey_find_certificates(const Pubkey *self,
                              const char *name,
                              Certificates *certificates,
                              GError **error);

/* own.c */
bool own_is_ready(const Pubkey *self, const RvlSettings *settings, GError **error);
RvlIdentity *own_identity(const Pubkey *self, const RvlSettings *settings);
void own_prove(const Pubkey *self,
               const RvlAuthRequest *request,
               RvlAuthDone done,
               void *user_data);

/* peer.c */
bool peer_is_ready(const Pubkey *self, const RvlSettings *settings, GError **error);
GBytes *peer_certificate_request(const Pubkey *self, const RvlSettings *settings);
void peer_check(const Pubkey *self,
                const RvlAuthRequest *request,
                RvlAuthDone done,
                void *user_data);
