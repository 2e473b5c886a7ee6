/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making forgeries. */
#include "config.h"

#include "forge.h"

#include <string.h>

#include "wire/draft.h"
#include "wire/notify.h"

#define LENGTH_OFFSET 24 /* in the header (RFC 7296 3.1) */
#define FIRST_OFFSET 16
#define MOST_DATA 64

static const uint16_t notifies[] = {
#define RVL_NOTIFY_ROW(symbol, number, min, max, unit, source) number,
#include "wire/notify-types.def"
#undef RVL_NOTIFY_ROW
    2,     /* an error that no RFC has */
    40961, /* a status for private use */
};

static const uint8_t exchanges[] = {0,
                                    RVL_EXCHANGE_V1_MAIN,
                                    RVL_EXCHANGE_V1_AGGRESSIVE,
                                    RVL_EXCHANGE_V1_INFORMATIONAL,
                                    RVL_EXCHANGE_V1_QUICK,
                                    33,
                                    RVL_EXCHANGE_IKE_SA_INIT,
                                    RVL_EXCHANGE_IKE_AUTH,
                                    RVL_EXCHANGE_CREATE_CHILD_SA,
                                    RVL_EXCHANGE_INFORMATIONAL,
                                    RVL_EXCHANGE_IKE_SESSION_RESUME,
                                    RVL_EXCHANGE_IKE_INTERMEDIATE,
                                    RVL_EXCHANGE_IKE_FOLLOWUP_KE,
                                    255};

static const uint8_t own_exchanges[] = {RVL_EXCHANGE_IKE_SA_INIT, RVL_EXCHANGE_IKE_AUTH,
                                        RVL_EXCHANGE_CREATE_CHILD_SA, RVL_EXCHANGE_INFORMATIONAL};

ForgeTarget
forge_target_of(const RvlIkeSa *ike)
{
    const RvlExchange *asking = ike->exchanges.asking;
    ForgeTarget target = {
        .initiator_spi = rvl_ike_sa_initiator_spi(ike),
        .responder_spi = rvl_ike_sa_responder_spi(ike),
        .is_initiator = ike->is_initiator,
        .request_id = ike->window.expected,
        .answer_id = asking != NULL && asking->phase == RVL_PHASE_SENT
                         ? asking->message_id
                         : ike->window.next_request - 1,
        .answer_exchange = asking != NULL ? asking->kind->type : RVL_EXCHANGE_INFORMATIONAL,
        .child_spi = ike->children != NULL ? ike->children->spi_out : 0,
        .shape = {.iv_octets = 8, .icv_octets = 16, .alignment = 1},
    };

    if (rvl_sa_keys_are_ready(&ike->keys))
        rvl_message_keys_shape(&ike->keys.messages, &target.shape);
    return target;
}

/* As the peer would send it, but for what the caller changes. */
static RvlIsakmpHeader
header_of(const ForgeTarget *target, bool is_response)
{
    return (RvlIsakmpHeader){
        .initiator_spi = target->initiator_spi,
        .responder_spi = target->responder_spi,
        .version = RVL_IKE_VERSION_2,
        .exchange = is_response ? target->answer_exchange : RVL_EXCHANGE_INFORMATIONAL,
        .flags = (uint8_t)((target->is_initiator ? 0 : RVL_IKE_FLAG_INITIATOR) |
                           (is_response ? RVL_IKE_FLAG_RESPONSE : 0)),
        .message_id = is_response ? target->answer_id : target->request_id,
    };
}

static void
send_draft(RvlDraft *draft,
           const RvlIsakmpHeader *header,
           const char *what,
           ForgeSend send,
           void *user_data)
{
    g_autoptr(GBytes) octets = rvl_draft_finish_clear(draft, header, NULL);

    g_assert_nonnull(octets);
    send(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets), what, user_data);
}

/* With as much data as its RFC asks for; zeros: no group, no hash, no address of anybody's. */
static void
add_notify(RvlDraft *draft, uint16_t type)
{
    static const uint8_t zeros[MOST_DATA];
    const RvlNotifyInfo *info = rvl_notify_info(type);

    rvl_draft_add_notify(draft, type, RVL_OCTETS(zeros, info != NULL ? info->min_octets : 0));
}

static void
send_notify(uint16_t type,
            const RvlIsakmpHeader *header,
            const char *what,
            ForgeSend send,
            void *user_data)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    add_notify(draft, type);
    send_draft(draft, header, what, send, user_data);
}

/* Message IDs before, at and behind those that the target waits for. */
static size_t
message_ids(const ForgeTarget *target, uint32_t ids[8])
{
    const uint32_t all[] = {target->request_id - 1,
                            target->request_id,
                            target->request_id + 1,
                            target->answer_id - 1,
                            target->answer_id,
                            target->answer_id + 1,
                            0,
                            UINT32_MAX};
    size_t n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        size_t known = 0;

        while (known < n && ids[known] != all[i])
            known++;
        if (known == n)
            ids[n++] = all[i];
    }
    return n;
}

void
forge_clear_headers(const ForgeTarget *target, ForgeSend send, void *user_data)
{
    static const uint8_t versions[] = {0x00, RVL_IKE_VERSION_1, 0x21, 0x30, 0xff};
    static const uint16_t kinds[] = {RVL_NOTIFY_AUTHENTICATION_FAILED, RVL_NOTIFY_INVALID_SYNTAX,
                                     RVL_NOTIFY_INVALID_IKE_SPI, RVL_NOTIFY_NO_PROPOSAL_CHOSEN,
                                     RVL_NOTIFY_INITIAL_CONTACT};
    uint32_t ids[8];
    size_t n_ids = message_ids(target, ids);
    size_t turn = 0;

    for (size_t e = 0; e < G_N_ELEMENTS(exchanges); e++) {
        for (size_t i = 0; i < n_ids; i++) {
            for (unsigned flags = 0; flags < 4; flags++) {
                RvlIsakmpHeader header = header_of(target, (flags & 1) != 0);

                header.flags ^= (flags & 2) != 0 ? RVL_IKE_FLAG_INITIATOR : 0;
                header.message_id = ids[i];
                header.exchange = exchanges[e];
                send_notify(kinds[turn++ % G_N_ELEMENTS(kinds)], &header, "clear header", send,
                            user_data);
            }
        }
    }
    for (size_t v = 0; v < G_N_ELEMENTS(versions); v++) {
        RvlIsakmpHeader header = header_of(target, v % 2 == 0);

        header.version = versions[v];
        send_notify(RVL_NOTIFY_INVALID_MAJOR_VERSION, &header, "version", send, user_data);
    }
}

static void
send_deletes(const ForgeTarget *target,
             const RvlIsakmpHeader *header,
             ForgeSend send,
             void *user_data)
{
    g_autoptr(RvlDraft) ike = rvl_draft_new();
    g_autoptr(RvlDraft) child = rvl_draft_new();
    g_autoptr(RvlDraft) empty = rvl_draft_new();

    rvl_draft_add_delete_ike(ike);
    send_draft(ike, header, "clear delete", send, user_data);
    rvl_draft_add_delete(child, RVL_PROTOCOL_ESP, &target->child_spi, 1);
    send_draft(child, header, "clear delete of a child", send, user_data);
    send_draft(empty, header, "clear and empty", send, user_data);
}

void
forge_clear_payloads(const ForgeTarget *target, ForgeSend send, void *user_data)
{
    for (size_t e = 0; e < 2 * G_N_ELEMENTS(own_exchanges); e++) {
        RvlIsakmpHeader header = header_of(target, e % 2 == 0);

        header.exchange = own_exchanges[e / 2];
        if (header.exchange == RVL_EXCHANGE_IKE_SA_INIT)
            header.message_id = 0;
        for (size_t i = 0; i < G_N_ELEMENTS(notifies); i++) {
            if (notifies[i] != RVL_NOTIFY_COOKIE)
                send_notify(notifies[i], &header, "clear notify", send, user_data);
        }
        send_deletes(target, &header, send, user_data);
    }
}

static void
send_frame(const ForgeTarget *target,
           const RvlIsakmpHeader *header,
           uint16_t fragment,
           uint16_t total,
           size_t content_octets,
           ForgeSend send,
           void *user_data)
{
    static const uint8_t content[256] = {0, 0, 0, 8};
    bool is_fragment = fragment != 0 || total != 0;
    g_auto(RvlEncryptedFrame) frame = {0};

    g_assert_true(rvl_encrypted_frame_init(&frame, header, &target->shape, RVL_PAYLOAD_DELETE,
                                           is_fragment ? 1 : 0, is_fragment ? 1 : 0,
                                           RVL_OCTETS(content, content_octets), NULL));
    if (is_fragment) { /* numbers that no encoder writes */
        uint8_t *numbers = frame.octets + frame.layout.payload + 4;

        numbers[0] = (uint8_t)(fragment >> 8);
        numbers[1] = (uint8_t)fragment;
        numbers[2] = (uint8_t)(total >> 8);
        numbers[3] = (uint8_t)total;
    }
    send(frame.octets, frame.size, is_fragment ? "SKF under no key" : "SK under no key", user_data);
}

void
forge_sealed(const ForgeTarget *target, ForgeSend send, void *user_data)
{
    static const uint16_t numbers[][2] = {
        {0, 1},   {1, 1},  {1, 2},   {2, 2}, {2, 1},          {1, 64},
        {64, 64}, {1, 65}, {65, 65}, {1, 0}, {1, UINT16_MAX}, {UINT16_MAX, UINT16_MAX}};
    static const size_t sizes[] = {0, 1, 8, 64, 256};
    uint32_t ids[8];
    size_t n_ids = message_ids(target, ids);

    for (unsigned flags = 0; flags < 4; flags++) {
        RvlIsakmpHeader header = header_of(target, (flags & 1) != 0);

        header.flags ^= (flags & 2) != 0 ? RVL_IKE_FLAG_INITIATOR : 0;
        for (size_t i = 0; i < n_ids; i++) {
            for (size_t e = 0; e < G_N_ELEMENTS(own_exchanges); e++) {
                header.message_id = ids[i];
                header.exchange = own_exchanges[e];
                send_frame(target, &header, 0, 0, 8, send, user_data);
            }
        }
        header = header_of(target, (flags & 1) != 0);
        header.flags ^= (flags & 2) != 0 ? RVL_IKE_FLAG_INITIATOR : 0;
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
            send_frame(target, &header, 0, 0, sizes[i], send, user_data);
        for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
            send_frame(target, &header, numbers[i][0], numbers[i][1], 16, send, user_data);
    }
}

/* Mutants of genuine messages */

static void
write_length(uint8_t *octets, size_t at, size_t length, size_t n)
{
    for (size_t i = 0; i < n; i++)
        octets[at + i] = (uint8_t)(length >> 8 * (n - 1 - i));
}

/* Both lengths, of message and first payload, say what is there. */
static void
send_cut(const uint8_t *octets, size_t n, size_t cut, ForgeSend send, void *user_data)
{
    g_autofree uint8_t *copy = g_malloc0(MAX(n, cut) + 1);

    memcpy(copy, octets, MIN(n, cut));
    send(copy, cut, "length that lies", user_data);
    if (cut < RVL_ISAKMP_HEADER_OCTETS)
        return;
    write_length(copy, LENGTH_OFFSET, cut, 4);
    send(copy, cut, "payload length that lies", user_data);
    if (cut < RVL_ISAKMP_HEADER_OCTETS + 4)
        return;
    write_length(copy, RVL_ISAKMP_HEADER_OCTETS + 2, cut - RVL_ISAKMP_HEADER_OCTETS, 2);
    send(copy, cut, "another length", user_data);
}

/* A clear notify before what is sealed. */
static void
send_prefixed(const uint8_t *octets, size_t n, ForgeSend send, void *user_data)
{
    const uint8_t notify[] = {octets[FIRST_OFFSET], 0, 0, 8, 0, 0, 0, RVL_NOTIFY_INVALID_SYNTAX};
    size_t whole = n + sizeof notify;
    g_autofree uint8_t *copy = g_malloc(whole);

    memcpy(copy, octets, RVL_ISAKMP_HEADER_OCTETS);
    memcpy(copy + RVL_ISAKMP_HEADER_OCTETS, notify, sizeof notify);
    memcpy(copy + RVL_ISAKMP_HEADER_OCTETS + sizeof notify, octets + RVL_ISAKMP_HEADER_OCTETS,
           n - RVL_ISAKMP_HEADER_OCTETS);
    copy[FIRST_OFFSET] = RVL_PAYLOAD_NOTIFY;
    write_length(copy, LENGTH_OFFSET, whole, 4);
    send(copy, whole, "payload before SK", user_data);
}

void
forge_mutants(GBytes *genuine, size_t from, ForgeSend send, void *user_data)
{
    gsize n;
    const uint8_t *octets = g_bytes_get_data(genuine, &n);
    g_autofree uint8_t *copy = g_memdup2(octets, n);

    for (size_t at = from; at < n; at++) {
        bool is_header = at < RVL_ISAKMP_HEADER_OCTETS;

        for (unsigned bit = is_header ? 0 : at % 8; bit < (is_header ? 8 : at % 8 + 1); bit++) {
            copy[at] ^= (uint8_t)(1u << bit);
            send(copy, n, is_header ? "flipped header" : "flipped octet", user_data);
            copy[at] ^= (uint8_t)(1u << bit);
        }
    }
    for (size_t cut = from; cut < n; cut += MAX(1, n / 16))
        send_cut(octets, n, cut, send, user_data);
    send_cut(octets, n, n - 1, send, user_data);
    send_cut(octets, n, n + 1, send, user_data);
    send_cut(octets, n, n + 16, send, user_data);
    send_prefixed(octets, n, send, user_data);
}
