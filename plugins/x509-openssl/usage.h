/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a certificate may be used for: key usage and extended key usage (RFC 4945 5.1.3). */
#pragma once

#include <stdbool.h>

#include <openssl/x509.h>

#include <glib.h>

/**
 * usage_check_peer:
 * @is_server: the certificate's owner is the responder
 *
 * Whether the end entity's certificate may sign in IKE. Where it names key usages, one of them must
 * be digitalSignature or nonRepudiation; where it names extended ones, ipsecIKE, iKEIntermediate,
 * anyExtendedKeyUsage, serverAuth, or (of an initiator only) clientAuth.
 * Errors: RVL_CAUSE_EKU_MISSING with what it has and needs.
 */
bool usage_check_peer(X509 *certificate, bool is_server, GError **error);

/**
 * usage_check_authority:
 *
 * Whether an intermediate's certificate does not restrict extended key usage to what
 * usage_check_peer() wouldn't take. That it is an authority's is OpenSSL's to check: of
 * intermediates it wants basic constraints, and key usage where there is one.
 * Errors: RVL_CAUSE_CERTIFICATE_CONSTRAINT.
 */
bool usage_check_authority(X509 *certificate, bool is_server, GError **error);
