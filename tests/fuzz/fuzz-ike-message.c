/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fuzz target: a datagram through all that reads it before it is verified, and a chain behind it. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <ravelin/error.h>
#include "wire/draft.h"
#include "wire/encrypted.h"
#include "wire/grammar-v2.h"
#include "wire/identification.h"
#include "wire/message.h"
#include "wire/proposal-text.h"

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size);

static void
require(bool holds)
{
    if (!holds)
        abort();
}

/* Views of a payload lie within the octets that its message owns. */
static void
check_view(const RvlMessage *message, RvlOctets view)
{
    require(view.size == 0 ||
            (view.data >= message->octets.data &&
             view.data + view.size <= message->octets.data + message->octets.size));
}

static void
check_identity(const RvlPayload *payload)
{
    g_autoptr(RvlIdentity) identity = rvl_identification_identity(&payload->id);
    g_autofree char *text = rvl_identity_format(identity);

    require(text != NULL && g_utf8_validate(text, -1, NULL));
}

static void
check_payload(const RvlMessage *message, const RvlPayload *payload)
{
    check_view(message, payload->body);
    if (payload->type == RVL_PAYLOAD_IDI || payload->type == RVL_PAYLOAD_IDR)
        check_identity(payload);
    if (payload->type == RVL_PAYLOAD_DELETE)
        for (size_t i = 0; i < payload->del.n; i++)
            (void)rvl_delete_payload_spi(&payload->del, i);
    if (payload->type == RVL_PAYLOAD_NOTIFY) {
        check_view(message, payload->notify.data);
        (void)rvl_notify_payload_spi(&payload->notify);
    }
    if (payload->type == RVL_PAYLOAD_SA) {
        g_autofree char *text =
            rvl_proposals_format(payload->sa.proposals, payload->sa.n, NULL, NULL);

        require(strlen(text) <= RVL_PROPOSALS_TEXT_MAX + strlen("…"));
    }
}

/* A message that parsed, written again payload by payload, parses to the same bodies. */
static void
check_again(const RvlMessage *message)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    uint8_t first;

    for (size_t i = 0; i < message->n_payloads; i++)
        rvl_draft_add_raw(draft, message->payloads[i].type, message->payloads[i].is_critical,
                          message->payloads[i].body);
    g_autoptr(GBytes) chain = rvl_draft_finish_chain(draft, &first, NULL);

    require(chain != NULL);
    RvlOctets octets = rvl_octets_from_bytes(chain);
    g_autoptr(RvlMessage) again =
        rvl_message_parse_inner(&message->header, first, octets.data, octets.size, 0, NULL);

    require(again != NULL && again->n_payloads == message->n_payloads);
}

static void
check_message(RvlMessage *message, bool is_inner)
{
    for (size_t i = 0; i < message->n_payloads; i++)
        check_payload(message, &message->payloads[i]);
    if (is_inner)
        check_again(message);
    for (unsigned g = 0; g < RVL_GRAMMAR_V2_COUNT_; g++) {
        g_autoptr(GError) error = NULL;

        if (!rvl_grammar_check(rvl_grammar_v2((RvlGrammarV2)g), message, &error))
            require(rvl_error_cause(error) != RVL_CAUSE_NONE);
    }
}

static void
check_outside(const uint8_t *octets, size_t size)
{
    static const RvlEncryptedShape shapes[] = {{8, 16, 1}, {16, 16, 16}, {0, 0, 1}};
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlMessage) message = rvl_message_parse(octets, size, &error);
    RvlEncryptedLayout layout;
    RvlPayload payload;

    require((message == NULL) == (error != NULL));
    if (message != NULL)
        check_message(message, false);
    if (!rvl_encrypted_find(octets, size, &payload, NULL))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
        size_t content;

        if (!rvl_encrypted_layout(&payload, &shapes[i], &layout, NULL))
            continue;
        require(layout.icv + shapes[i].icv_octets == size);
        if (rvl_encrypted_strip(octets + layout.ciphertext, layout.ciphertext_octets, &content,
                                NULL))
            require(content < layout.ciphertext_octets);
    }
}

/* What lies behind the header, as the chain that an SK payload held. */
static void
check_inside(const uint8_t *octets, size_t size)
{
    const RvlIsakmpHeader header = {.version = RVL_IKE_VERSION_2};

    if (size < RVL_ISAKMP_HEADER_OCTETS)
        return;
    g_autoptr(RvlMessage) message =
        rvl_message_parse_inner(&header, octets[16], octets + RVL_ISAKMP_HEADER_OCTETS,
                                size - RVL_ISAKMP_HEADER_OCTETS, RVL_ISAKMP_HEADER_OCTETS, NULL);

    if (message != NULL)
        check_message(message, true);
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
    check_outside(octets, size);
    check_inside(octets, size);
    return 0;
}
