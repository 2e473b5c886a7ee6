/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of an IKE SA that holds what was negotiated for it and the keys that came of it. */
#pragma once

#include "crypto/message-protection.h"
#include "policy/proposals.h"

/**
 * RvlSaKeys:
 * @choice: what was chosen
 * @sk_d: of the IKE SA's children and successors; NULL before keys exist
 * @sk_pi, @sk_pr: handles, for proofs; released once both ends proved themselves
 * @messages: protection of what comes and goes
 */
typedef struct {
    RvlChoice choice;
    RvlSecret *sk_d;
    RvlSecretId sk_pi;
    RvlSecretId sk_pr;
    RvlMessageKeys messages;
} RvlSaKeys;

static inline bool
rvl_sa_keys_are_ready(const RvlSaKeys *keys)
{
    return keys->sk_d != NULL;
}

/** rvl_sa_keys_for: the keys that protect message @message_id: they may change within an SA's life. */
static inline RvlMessageKeys *
rvl_sa_keys_for(RvlSaKeys *keys, uint32_t message_id)
{
    (void)
        message_id; /* there is one set as long as no IKE_INTERMEDIATE changes them (RFC 9370 2.2) */
    return &keys->messages;
}

/** RvlSaKeysBase: what keys are derived from. @sk_d: (nullable): of the IKE SA that is replaced. */
typedef struct {
    RvlNonces nonces;
    uint64_t initiator_spi;
    uint64_t responder_spi;
    RvlSecretId shared; /* handle: released by rvl_sa_keys_derive() */
    const RvlSecret *sk_d;
    uint16_t old_prf; /* of the IKE SA that is replaced */
} RvlSaKeysBase;

/**
 * rvl_sa_keys_derive:
 * @keys: whose choice is set
 * @is_initiator: whether this end is the SA's initiator, which decides the directions
 *
 * SKEYSEED, all SK_ keys and the protection of both directions (RFC 7296 2.14, 2.18).
 */
bool rvl_sa_keys_derive(RvlSaKeys *keys,
                        RvlMessageProtector *protector,
                        RvlCrypto *crypto,
                        const RvlSecretServices *secrets,
                        const RvlSaKeysBase *base,
                        bool is_initiator,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** rvl_sa_keys_forget_proofs: releases SK_pi and SK_pr. */
void rvl_sa_keys_forget_proofs(RvlSaKeys *keys, const RvlSecretServices *secrets);
void rvl_sa_keys_clear(RvlSaKeys *keys,
                       RvlMessageProtector *protector,
                       const RvlSecretServices *secrets);
