/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which suite a capability has. */
#include "config.h"

#include <ravelin/conformance.h>

bool
rvl_conformance_capability(const RvlConformanceRun *run,
                           uint32_t capability,
                           const void *interface,
                           void *self)
{
    switch (capability) {
    case RVL_CAPABILITY_CRYPTO_BACKEND:
        rvl_conformance_crypto_backend(run->to, interface, self);
        return true;
    case RVL_CAPABILITY_CRYPTO_SUITE:
        rvl_conformance_crypto_suite(run->to, interface, self, NULL, run->host->primitives);
        return true;
    case RVL_CAPABILITY_KEY_EXCHANGE:
        rvl_conformance_key_exchange(run->to, interface, run->host->primitives);
        return true;
    case RVL_CAPABILITY_AUTHENTICATOR:
        rvl_conformance_authenticator(run, interface, self);
        return true;
    case RVL_CAPABILITY_CERTIFICATE_VERIFIER:
        rvl_conformance_certificate_verifier(run, interface, self);
        return true;
    case RVL_CAPABILITY_CREDENTIAL_SOURCE:
        rvl_conformance_credential_source(run, interface, self);
        return true;
    case RVL_CAPABILITY_INSTALLER:
        rvl_conformance_installer(run, interface, self);
        return true;
    case RVL_CAPABILITY_ROUTES:
        rvl_conformance_routes(run, interface, self);
        return true;
    default: /* the list may grow, and not each has a suite yet */
        return false;
    }
}
