/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An authenticator that proves what it is told to, fails and delays, and leaves secrets behind. */
#pragma once

#include <ravelin/authenticator.h>
#include <ravelin/plugin.h>

#include "fakes/answers.h"

/**
 * FakeAuthenticator:
 * @verdict: of its next answers
 * @fails: an error comes with them; NONE: none does
 * @answers: (nullable): where answers wait; NULL: they come within the call, on the caller's thread
 * @secrets: (nullable): where it puts a state and an MSK into each answer, of a refusal too
 * @answer_octets: the length of the answer that it knows, 0: ours; @certificate_octets: of its rows
 * @n_certificates: how many it sends along, at most FAKE_AUTHENTICATOR_CERTIFICATES
 *
 * It refuses what has no AUTH of its own method, and any need.
 */
typedef struct {
    uint32_t verdict;
    RvlCause fails;
    FakeAnswers *answers;
    const RvlSecretServices *secrets;
    uint32_t answer_octets;
    size_t certificate_octets;
    size_t n_certificates;
} FakeAuthenticator;

#define FAKE_AUTHENTICATOR_CERTIFICATES 4
/** FAKE_AUTHENTICATOR_METHOD: of the private-use range (RFC 7296 3.8). */
#define FAKE_AUTHENTICATOR_METHOD 201
/** FAKE_AUTHENTICATOR_PROOF: what its AUTH payload holds. */
#define FAKE_AUTHENTICATOR_PROOF "fake proof"

/** fake_authenticator: its interface, `fake`; the instance is a FakeAuthenticator. */
extern const RvlAuthenticator fake_authenticator;
/** fake_authenticator_plugin: a descriptor that provides it, for a registry. */
extern const RvlPlugin fake_authenticator_plugin;
