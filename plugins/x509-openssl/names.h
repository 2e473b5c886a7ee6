/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a certificate, or a pattern of the configuration, holds an identity (RFC 4945 3.1). */
#pragma once

#include <openssl/x509.h>

#include <ravelin/identity.h>

/**
 * names_check:
 *
 * Whether @certificate holds @identity: addresses, FQDN and RFC822 in a subjectAltName of that
 * type, a DN as subject or directoryName. No wildcards, no common names; other types never match.
 * Errors: RVL_CAUSE_SAN_MISMATCH with the identity and all that the certificate holds.
 */
bool names_check(const X509 *certificate, const RvlIdentity *identity, GError **error);

/**
 * names_match:
 *
 * Whether @identity is @pattern: equal by the rules of its type; a pattern `*.lab.test` takes any
 * labels before the dot, `*@lab.test` any mailbox, and a DN's attribute `*` any value.
 */
bool names_match(const RvlIdentity *identity, const RvlIdentity *pattern);
