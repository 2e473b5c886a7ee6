/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages of IKEv2 as rows (RFC 7296 1.2, 1.3, 1.4, 2.6, 2.16 and appendix C). */
#pragma once

#include "wire/grammar.h"

/**
 * RvlGrammarV2:
 *
 * A message by exchange, role and state. EAP begins with a first request without AUTH
 * (RFC 7296 2.16); "round" are the messages that carry EAP, "last" those with AUTH after it.
 */
typedef enum {
    RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST,
    RVL_GRAMMAR_V2_IKE_SA_INIT_RESPONSE,
    RVL_GRAMMAR_V2_IKE_INTERMEDIATE,  /* RFC 9242: request and response */
    RVL_GRAMMAR_V2_IKE_AUTH_REQUEST,  /* the first, with AUTH or, for EAP, without */
    RVL_GRAMMAR_V2_IKE_AUTH_RESPONSE, /* to a first request with AUTH, which establishes the SA */
    RVL_GRAMMAR_V2_IKE_AUTH_EAP_RESPONSE, /* to a first request without AUTH: IDr, CERT, AUTH, EAP */
    RVL_GRAMMAR_V2_IKE_AUTH_EAP_ROUND,    /* request and response */
    RVL_GRAMMAR_V2_IKE_AUTH_LAST_REQUEST,
    RVL_GRAMMAR_V2_IKE_AUTH_LAST_RESPONSE,
    RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST, /* new Child SA, and rekey of one */
    RVL_GRAMMAR_V2_CREATE_CHILD_RESPONSE,
    RVL_GRAMMAR_V2_REKEY_IKE_REQUEST,
    RVL_GRAMMAR_V2_REKEY_IKE_RESPONSE,
    RVL_GRAMMAR_V2_INFORMATIONAL, /* request and response */
    RVL_GRAMMAR_V2_COUNT_,
} RvlGrammarV2;

/** rvl_grammar_v2: (transfer none): the rows of @message. */
const RvlGrammar *rvl_grammar_v2(RvlGrammarV2 message);

/**
 * rvl_grammar_v2_of_create_child:
 * @message: of CREATE_CHILD_SA, unchecked
 *
 * Which of the exchange's two shapes a request has: it rekeys the IKE SA where its SA payload
 * proposes for IKE (RFC 7296 1.3.2), and makes or rekeys a Child SA otherwise.
 */
RvlGrammarV2 rvl_grammar_v2_of_create_child(const RvlMessage *message);
