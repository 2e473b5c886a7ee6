/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a peer's certificate to an authority that is trusted (RFC 5280 6). */
#pragma once

#include <openssl/x509.h>

#include <ravelin/certificate-verifier.h>

/* Certificates that a peer may send, and those between its own and an authority. */
#define CHAIN_MAX_CERTIFICATES 16
#define CHAIN_MAX_INTERMEDIATES 6

/**
 * chain_verify:
 * @not_after: (out): when the first certificate of the chain expires
 *
 * Judges the chain of @request by OpenSSL, at the request's time.
 *
 * Returns: (transfer full) (nullable): the peer's own certificate; NULL with the cause.
 */
X509 *chain_verify(const RvlCertificateRequest *request, RvlWallTime *not_after, GError **error);
