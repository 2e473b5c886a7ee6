/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of capabilities. */
#include "config.h"

#include <ravelin/plugin.h>

const char *
rvl_capability_word(uint32_t capability)
{
    switch ((RvlCapability)capability) {
    case RVL_CAPABILITY_CRYPTO_BACKEND:
        return "crypto-backend";
    case RVL_CAPABILITY_CRYPTO_SUITE:
        return "crypto-suite";
    case RVL_CAPABILITY_KEY_EXCHANGE:
        return "key-exchange";
    case RVL_CAPABILITY_AUTHENTICATOR:
        return "authenticator";
    case RVL_CAPABILITY_EAP_METHOD:
        return "eap-method";
    case RVL_CAPABILITY_EAP_RELAY:
        return "eap-relay";
    case RVL_CAPABILITY_PASSWORD_VERIFIER:
        return "password-verifier";
    case RVL_CAPABILITY_CERTIFICATE_VERIFIER:
        return "certificate-verifier";
    case RVL_CAPABILITY_CREDENTIAL_SOURCE:
        return "credential-source";
    case RVL_CAPABILITY_INSTALLER:
        return "installer";
    case RVL_CAPABILITY_ROUTES:
        return "routes";
    case RVL_CAPABILITY_ADDRESS_POOL:
        return "address-pool";
    case RVL_CAPABILITY_STORE:
        return "store";
    case RVL_CAPABILITY_POLICY_SOURCE:
        return "policy-source";
    case RVL_CAPABILITY_EVENT_SINK:
        return "event-sink";
    case RVL_CAPABILITY_FRONT_END:
        return "front-end";
    }
    return "unknown";
}
