/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The messages of IKEv2 as rows: the RFC's figures, to be checked by eye. */
#include "config.h"

#include "wire/grammar-v2.h"

#include "wire/notify.h"

#define MANY RVL_GRAMMAR_MANY
#define UNLESS_REFUSED RVL_GRAMMAR_UNLESS_REFUSED
#define WITH RVL_GRAMMAR_WITH

/* HDR, SAi1, KEi, Ni (RFC 7296 1.2; 2.6 with N(COOKIE), 2.23 with N(NAT_DETECTION_…)) */
static const RvlGrammarRow ike_sa_init_request[] = {
    {RVL_PAYLOAD_SA, 1, 1},        {RVL_PAYLOAD_KE, 1, 1},           {RVL_PAYLOAD_NONCE, 1, 1},
    {RVL_PAYLOAD_NOTIFY, 0, MANY}, {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SAr1, KEr, Nr, [CERTREQ]; or HDR, N(COOKIE), or an error (1.2, 2.6, 2.21.1) */
static const RvlGrammarRow ike_sa_init_response[] = {
    {RVL_PAYLOAD_SA, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_KE, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_NONCE, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_CERTREQ, 0, MANY},
    {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {…}: what an additional key exchange puts there (RFC 9242, RFC 9370 2.2.2) */
static const RvlGrammarRow ike_intermediate[] = {
    {RVL_PAYLOAD_KE, 0, 1},
    {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {IDi, [CERT,] [CERTREQ,] [IDr,] [AUTH,] [CP,] [SAi2, TSi, TSr]} (1.2; 2.16; RFC 6023) */
static const RvlGrammarRow ike_auth_request[] = {
    {RVL_PAYLOAD_IDI, 1, 1},
    {RVL_PAYLOAD_IDR, 0, 1},
    {RVL_PAYLOAD_CERT, 0, MANY},
    {RVL_PAYLOAD_CERTREQ, 0, MANY},
    {RVL_PAYLOAD_AUTH, 0, 1},
    {RVL_PAYLOAD_CP, 0, 1},
    {RVL_PAYLOAD_SA, 1, 1, WITH, RVL_PAYLOAD_TSI},
    {RVL_PAYLOAD_TSI, 1, 1, WITH, RVL_PAYLOAD_SA},
    {RVL_PAYLOAD_TSR, 1, 1, WITH, RVL_PAYLOAD_SA},
    {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {IDr, [CERT,] AUTH, [CP,] [SAr2, TSi, TSr]}; an error about the Child SA stands beside
 * IDr and AUTH, another one alone (1.2, 2.21.2): the handler looks for AUTH in both */
static const RvlGrammarRow ike_auth_response[] = {
    {RVL_PAYLOAD_IDR, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_CERT, 0, MANY},
    {RVL_PAYLOAD_AUTH, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_CP, 0, 1},
    {RVL_PAYLOAD_SA, 1, 1, WITH, RVL_PAYLOAD_TSI},
    {RVL_PAYLOAD_TSI, 1, 1, WITH, RVL_PAYLOAD_SA},
    {RVL_PAYLOAD_TSR, 1, 1, WITH, RVL_PAYLOAD_SA},
    {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {IDr, [CERT,] [AUTH,] EAP} (2.16; without AUTH where EAP alone shall prove: RFC 5998) */
static const RvlGrammarRow ike_auth_eap_response[] = {
    {RVL_PAYLOAD_IDR, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_CERT, 0, MANY},
    {RVL_PAYLOAD_AUTH, 0, 1},
    {RVL_PAYLOAD_EAP, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {EAP} (2.16) */
static const RvlGrammarRow ike_auth_eap_round[] = {
    {RVL_PAYLOAD_EAP, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {AUTH} (2.16) */
static const RvlGrammarRow ike_auth_last_request[] = {
    {RVL_PAYLOAD_AUTH, 1, 1},
    {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {AUTH, [CP,] SAr2, TSi, TSr} (2.16) */
static const RvlGrammarRow ike_auth_last_response[] = {
    {RVL_PAYLOAD_AUTH, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_CP, 0, 1},
    {RVL_PAYLOAD_SA, 1, 1, WITH, RVL_PAYLOAD_TSI},
    {RVL_PAYLOAD_TSI, 1, 1, WITH, RVL_PAYLOAD_SA},
    {RVL_PAYLOAD_TSR, 1, 1, WITH, RVL_PAYLOAD_SA},
    {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {[N(REKEY_SA),] SA, Ni, [KEi,] TSi, TSr} (1.3.1, 1.3.3) */
static const RvlGrammarRow create_child_request[] = {
    {RVL_PAYLOAD_SA, 1, 1},           {RVL_PAYLOAD_NONCE, 1, 1}, {RVL_PAYLOAD_KE, 0, 1},
    {RVL_PAYLOAD_TSI, 1, 1},          {RVL_PAYLOAD_TSR, 1, 1},   {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {SA, Nr, [KEr,] TSi, TSr}, or an error (1.3.1, 1.3.3) */
static const RvlGrammarRow create_child_response[] = {
    {RVL_PAYLOAD_SA, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_NONCE, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_KE, 0, 1},
    {RVL_PAYLOAD_TSI, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_TSR, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {SA, Ni, KEi} (1.3.2) */
static const RvlGrammarRow rekey_ike_request[] = {
    {RVL_PAYLOAD_SA, 1, 1},        {RVL_PAYLOAD_NONCE, 1, 1},        {RVL_PAYLOAD_KE, 1, 1},
    {RVL_PAYLOAD_NOTIFY, 0, MANY}, {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {SA, Nr, KEr}, or an error (1.3.2) */
static const RvlGrammarRow rekey_ike_response[] = {
    {RVL_PAYLOAD_SA, 1, 1, UNLESS_REFUSED}, {RVL_PAYLOAD_NONCE, 1, 1, UNLESS_REFUSED},
    {RVL_PAYLOAD_KE, 1, 1, UNLESS_REFUSED}, {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

/* HDR, SK {[N,] [D,] [CP,] …} (1.4) */
static const RvlGrammarRow informational[] = {
    {RVL_PAYLOAD_DELETE, 0, MANY},
    {RVL_PAYLOAD_CP, 0, 1},
    {RVL_PAYLOAD_NOTIFY, 0, MANY},
    {RVL_PAYLOAD_VENDOR_ID, 0, MANY},
};

#define ROWS(rows) rows, G_N_ELEMENTS(rows)

static const RvlGrammar grammars[RVL_GRAMMAR_V2_COUNT_] = {
    [RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST] = {"IKE_SA_INIT request", ROWS(ike_sa_init_request)},
    [RVL_GRAMMAR_V2_IKE_SA_INIT_RESPONSE] = {"IKE_SA_INIT response",
                                             ROWS(ike_sa_init_response),
                                             {RVL_NOTIFY_COOKIE, RVL_NOTIFY_REDIRECT}},
    [RVL_GRAMMAR_V2_IKE_INTERMEDIATE] = {"IKE_INTERMEDIATE", ROWS(ike_intermediate)},
    [RVL_GRAMMAR_V2_IKE_AUTH_REQUEST] = {"IKE_AUTH request", ROWS(ike_auth_request)},
    [RVL_GRAMMAR_V2_IKE_AUTH_RESPONSE] = {"IKE_AUTH response", ROWS(ike_auth_response)},
    [RVL_GRAMMAR_V2_IKE_AUTH_EAP_RESPONSE] = {"IKE_AUTH response with EAP",
                                              ROWS(ike_auth_eap_response)},
    [RVL_GRAMMAR_V2_IKE_AUTH_EAP_ROUND] = {"IKE_AUTH with EAP", ROWS(ike_auth_eap_round)},
    [RVL_GRAMMAR_V2_IKE_AUTH_LAST_REQUEST] = {"IKE_AUTH request after EAP",
                                              ROWS(ike_auth_last_request)},
    [RVL_GRAMMAR_V2_IKE_AUTH_LAST_RESPONSE] = {"IKE_AUTH response after EAP",
                                               ROWS(ike_auth_last_response)},
    [RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST] = {"CREATE_CHILD_SA request", ROWS(create_child_request)},
    [RVL_GRAMMAR_V2_CREATE_CHILD_RESPONSE] = {"CREATE_CHILD_SA response",
                                              ROWS(create_child_response)},
    [RVL_GRAMMAR_V2_REKEY_IKE_REQUEST] = {"CREATE_CHILD_SA request that rekeys the IKE SA",
                                          ROWS(rekey_ike_request)},
    [RVL_GRAMMAR_V2_REKEY_IKE_RESPONSE] = {"CREATE_CHILD_SA response that rekeys the IKE SA",
                                           ROWS(rekey_ike_response)},
    [RVL_GRAMMAR_V2_INFORMATIONAL] = {"INFORMATIONAL", ROWS(informational)},
};

const RvlGrammar *
rvl_grammar_v2(RvlGrammarV2 message)
{
    return &grammars[message];
}

RvlGrammarV2
rvl_grammar_v2_of_create_child(const RvlMessage *message)
{
    const RvlPayload *sa = rvl_message_find(message, RVL_PAYLOAD_SA);
    bool is_ike = sa != NULL && sa->sa.n != 0 && sa->sa.proposals[0].protocol == RVL_PROTOCOL_IKE;

    return is_ike ? RVL_GRAMMAR_V2_REKEY_IKE_REQUEST : RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST;
}
