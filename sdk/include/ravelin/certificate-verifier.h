/* SPDX-License-Identifier: MIT */
/* Certificate verifiers: chains, names, validity, revocation. */
#pragma once

#include <ravelin/authenticator.h>
#include <ravelin/crypto-backend.h>

G_BEGIN_DECLS

/* Bits of RvlCertificateRequest.needs. */
#define RVL_CERTIFICATE_NEEDS_REVOCATION (1u << 0)

/** RvlRevocation: how strictly revocation is asked for. */
typedef enum {
    RVL_REVOCATION_NO = 0,
    RVL_REVOCATION_RELAXED = 1, /* refused only where it is known to be revoked */
    RVL_REVOCATION_STRICT = 2,
} RvlRevocation;

/**
 * RvlCertificateRequest:
 * @certificates: (array length=n_certificates): DER; the first is the peer's own, then what it sent
 *   of its chain, in any order
 * @anchors: (array length=n_anchors): DER of trusted authorities
 * @identity: that the certificate must hold as subject or subjectAltName (RFC 7296 4, RFC 4945 3.1)
 * @is_server: the peer is the responder: serverAuth or ikeIntermediate where the certificate
 *   restricts extended key usage
 * @wall: time to judge validity by
 * @revocation: optional: RvlRevocation
 */
typedef struct {
    uint32_t size;
    uint32_t needs;
    const RvlOctets *certificates;
    size_t n_certificates;
    const RvlOctets *anchors;
    size_t n_anchors;
    const RvlIdentity *identity;
    bool is_server;
    RvlWallTime wall;
    uint32_t revocation;
} RvlCertificateRequest;

/** RvlCertificateAnswer: borrowed for the length of done. */
typedef struct {
    uint32_t size;
    const RvlAsymmetricKey *key; /* its public key */
    uint32_t key_bits;           /* for policies */
    const char *subject;         /* DN as text */
    const char *issuer;
    RvlWallTime not_after; /* of the chain */
} RvlCertificateAnswer;

typedef void (*RvlCertificateDone)(const RvlCertificateAnswer *answer,
                                   const GError *error,
                                   void *user_data);

/** RvlCertificateFacts: what a certificate of our own says, without judging it. */
typedef struct {
    uint32_t size;
    const char *subject;
    const char *issuer;
    RvlWallTime not_before;
    RvlWallTime not_after;
    const RvlAsymmetricKey *key;
    const RvlIdentity *const *names; /* SANs in order, then the subject */
    size_t n_names;
    const uint8_t *key_sha1; /* of the SubjectPublicKeyInfo: what CERTREQ holds (RFC 7296 3.7) */
} RvlCertificateFacts;

/**
 * RvlCertificateVerifier:
 * @size: sizeof(RvlCertificateVerifier) when the plugin was compiled
 * @verify: judges a chain
 * @facts: reads one certificate (DER); the answer is borrowed for the length of @use
 * @identity_matches: whether an identity that a peer sent is @pattern by the rules of its type
 *   (RFC 4945 3.1); DNs attribute by attribute
 *
 * Thread: any. Errors: causes certificate-*, san-mismatch, eku-missing, chain-incomplete,
 * revocation-unknown.
 * Source: RFC 5280 6; RFC 4945 3 and 5.
 */
typedef struct {
    uint32_t size;
    const char *name;
    void (*verify)(void *self,
                   const RvlCertificateRequest *request,
                   RvlCertificateDone done,
                   void *user_data);
    bool (*facts)(void *self,
                  const RvlOctets *certificate,
                  void (*use)(const RvlCertificateFacts *facts, void *user_data),
                  void *user_data,
                  GError **error);
    bool (*identity_matches)(void *self, const RvlIdentity *identity, const RvlIdentity *pattern);
} RvlCertificateVerifier;

G_END_DECLS
