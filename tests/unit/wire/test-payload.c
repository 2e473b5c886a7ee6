/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payloads of IKEv2: each goes out and comes back the same; each lie is refused where it stands. */
#include "config.h"

#include "wire/message.h"

#include <string.h>

#include <ravelin/error.h>
#include "support/hex.h"
#include "wire/draft.h"
#include "wire/identification.h"
#include "wire/notify.h"

#define OCTETS(text) RVL_OCTETS(text, strlen(text))
#define NONCE "0123456789abcdef"

static const RvlIsakmpHeader header = {
    .initiator_spi = 0x0102030405060708,
    .responder_spi = 0x1112131415161718,
    .version = RVL_IKE_VERSION_2,
    .exchange = RVL_EXCHANGE_IKE_AUTH,
    .flags = RVL_IKE_FLAG_INITIATOR,
    .message_id = 1,
};

/* Sends a draft through its octets; ends the test where that fails. */
static RvlMessage *
come_back(RvlDraft *draft)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) octets = rvl_draft_finish_clear(draft, &header, &error);

    g_assert_no_error(error);
    RvlMessage *message =
        rvl_message_parse(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets), &error);

    g_assert_no_error(error);
    g_assert_nonnull(message);
    return message;
}

static const RvlPayload *
only(const RvlMessage *message, RvlPayloadType type)
{
    g_assert_cmpuint(message->n_payloads, ==, 1);
    g_assert_cmpuint(message->payloads[0].type, ==, type);
    g_assert_true(message->payloads[0].is_known);
    g_assert_false(message->payloads[0].is_critical);
    return &message->payloads[0];
}

static void
assert_octets(RvlOctets octets, const char *text)
{
    g_assert_cmpmem(octets.data, octets.size, text, strlen(text));
}

static void
sa_comes_back(void)
{
    const RvlProposedTransform first[] = {
        {{RVL_TRANSFORM_ENCR, 20, 256}, true},
        {{RVL_TRANSFORM_PRF, 5, 0}, true},
        {{RVL_TRANSFORM_KE, 31, 0}, true},
    };
    const RvlProposedTransform second[] = {{{RVL_TRANSFORM_ESN, 1, 0}, true}};
    const RvlProposal proposals[] = {
        {1, RVL_PROTOCOL_IKE, OCTETS("12345678"), first, G_N_ELEMENTS(first)},
        {2, RVL_PROTOCOL_ESP, OCTETS("abcd"), second, G_N_ELEMENTS(second)},
    };
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_sa(draft, proposals, G_N_ELEMENTS(proposals));
    g_autoptr(RvlMessage) message = come_back(draft);
    const RvlSaPayload *sa = &only(message, RVL_PAYLOAD_SA)->sa;

    g_assert_cmpuint(sa->n, ==, 2);
    for (gsize i = 0; i < sa->n; i++) {
        g_assert_cmpuint(sa->proposals[i].number, ==, proposals[i].number);
        g_assert_cmpuint(sa->proposals[i].protocol, ==, proposals[i].protocol);
        g_assert_cmpmem(sa->proposals[i].spi.data, sa->proposals[i].spi.size, proposals[i].spi.data,
                        proposals[i].spi.size);
        g_assert_cmpuint(sa->proposals[i].n_transforms, ==, proposals[i].n_transforms);
        for (gsize t = 0; t < proposals[i].n_transforms; t++) {
            g_assert_true(sa->proposals[i].transforms[t].is_acceptable);
            g_assert_true(rvl_transform_equal(&sa->proposals[i].transforms[t].transform,
                                              &proposals[i].transforms[t].transform));
        }
    }
}

static void
key_exchange_and_nonce_come_back(void)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_key_exchange(draft, 0xfedc, OCTETS("public value"));
    rvl_draft_add_nonce(draft, OCTETS(NONCE));
    g_autoptr(RvlMessage) message = come_back(draft);

    g_assert_cmpuint(message->n_payloads, ==, 2);
    g_assert_cmpuint(message->payloads[0].ke.method, ==, 0xfedc);
    assert_octets(message->payloads[0].ke.value, "public value");
    assert_octets(message->payloads[1].body, NONCE);
}

static void
identity_comes_back(void)
{
    g_autoptr(RvlIdentity) sent =
        rvl_identity_new(RVL_IDENTITY_FQDN, "vpn.example.org", strlen("vpn.example.org"));
    g_autoptr(GBytes) body = rvl_identification_body(sent);
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_identity(draft, RVL_PAYLOAD_IDR, sent);
    g_assert_cmpmem(rvl_draft_last_body(draft).data, rvl_draft_last_body(draft).size,
                    g_bytes_get_data(body, NULL), g_bytes_get_size(body));
    g_autoptr(RvlMessage) message = come_back(draft);
    const RvlPayload *payload = only(message, RVL_PAYLOAD_IDR);
    g_autoptr(RvlIdentity) received = rvl_identification_identity(&payload->id);

    g_assert_true(rvl_identity_equal(sent, received));
    g_assert_cmpmem(payload->body.data, payload->body.size, g_bytes_get_data(body, NULL),
                    g_bytes_get_size(body));
}

/* What AUTH covers of an ID are the octets as they came, reserved ones too (RFC 7296 2.15). */
static void
reserved_octets_of_identity_are_kept(void)
{
    g_autoptr(GBytes) octets = rvl_test_unhex("0000000b 02aabbcc 612e62");
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlMessage) message =
        rvl_message_parse_inner(&header, RVL_PAYLOAD_IDI, g_bytes_get_data(octets, NULL),
                                g_bytes_get_size(octets), 0, &error);

    g_assert_no_error(error);
    rvl_test_assert_hex(message->payloads[0].body, "02aabbcc612e62");
    assert_octets(message->payloads[0].id.data, "a.b");
}

static void
certificates_come_back(void)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_certificate(draft, RVL_CERTIFICATE_X509_SIGNATURE, OCTETS("certificate"));
    rvl_draft_add_certificate(draft, RVL_CERTIFICATE_X509_SIGNATURE, OCTETS("intermediate"));
    rvl_draft_add_certificate_request(draft, RVL_CERTIFICATE_X509_SIGNATURE, RVL_OCTETS_NONE);
    g_autoptr(RvlMessage) message = come_back(draft);
    const RvlPayload *first = rvl_message_find(message, RVL_PAYLOAD_CERT);
    const RvlPayload *second = rvl_message_next(message, RVL_PAYLOAD_CERT, first);

    g_assert_cmpuint(first->cert.encoding, ==, RVL_CERTIFICATE_X509_SIGNATURE);
    assert_octets(first->cert.data, "certificate");
    assert_octets(second->cert.data, "intermediate");
    g_assert_null(rvl_message_next(message, RVL_PAYLOAD_CERT, second));
    g_assert_cmpuint(rvl_message_find(message, RVL_PAYLOAD_CERTREQ)->cert.data.size, ==, 0);
    g_assert_cmpuint(rvl_message_count(message, RVL_PAYLOAD_CERT), ==, 2);
}

static void
auth_comes_back(void)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_auth(draft, 2, OCTETS("mac"));
    g_autoptr(RvlMessage) message = come_back(draft);
    const RvlAuthPayload *auth = &only(message, RVL_PAYLOAD_AUTH)->auth;

    g_assert_cmpuint(auth->method, ==, 2);
    assert_octets(auth->data, "mac");
    g_assert_cmpuint(auth->algorithm.size + auth->signature.size, ==, 0);
}

static void
digital_signature_comes_back(void)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_auth_signature(draft, OCTETS("der"), OCTETS("signature"));
    g_autoptr(RvlMessage) message = come_back(draft);
    const RvlAuthPayload *auth = &only(message, RVL_PAYLOAD_AUTH)->auth;

    g_assert_cmpuint(auth->method, ==, RVL_AUTH_DIGITAL_SIGNATURE);
    assert_octets(auth->algorithm, "der");
    assert_octets(auth->signature, "signature");
    assert_octets(auth->data, "\003dersignature");
}

static void
notifies_come_back(void)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_notify_spi(draft, RVL_NOTIFY_REKEY_SA, RVL_PROTOCOL_ESP, 0xc0ffee01);
    rvl_draft_add_notify(draft, RVL_NOTIFY_COOKIE, OCTETS("cookie"));
    rvl_draft_add_notify(draft, 16000, OCTETS("private error"));
    g_autoptr(RvlMessage) message = come_back(draft);
    const RvlNotifyPayload *rekey = rvl_message_find_notify(message, RVL_NOTIFY_REKEY_SA);

    g_assert_cmpuint(rekey->protocol, ==, RVL_PROTOCOL_ESP);
    g_assert_cmphex(rvl_notify_payload_spi(rekey), ==, 0xc0ffee01);
    g_assert_cmpuint(rekey->data.size, ==, 0);
    assert_octets(rvl_message_find_notify(message, RVL_NOTIFY_COOKIE)->data, "cookie");
    g_assert_cmphex(rvl_notify_payload_spi(&message->payloads[1].notify), ==, 0);
    g_assert_cmpuint(rvl_message_find_error(message)->type, ==, 16000);
    g_assert_null(rvl_message_find_notify(message, RVL_NOTIFY_REDIRECT));
}

static void
deletes_come_back(void)
{
    const guint32 spis[] = {0x01020304, 0xfffffffe};
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_delete_ike(draft);
    rvl_draft_add_delete(draft, RVL_PROTOCOL_ESP, spis, G_N_ELEMENTS(spis));
    g_autoptr(RvlMessage) message = come_back(draft);
    const RvlDeletePayload *ike = &message->payloads[0].del;
    const RvlDeletePayload *esp = &message->payloads[1].del;

    g_assert_cmpuint(ike->protocol, ==, RVL_PROTOCOL_IKE);
    g_assert_cmpuint(ike->n, ==, 0);
    g_assert_cmphex(rvl_delete_payload_spi(ike, 0), ==, 0);
    g_assert_cmpuint(esp->protocol, ==, RVL_PROTOCOL_ESP);
    g_assert_cmpuint(esp->n, ==, 2);
    g_assert_cmphex(rvl_delete_payload_spi(esp, 0), ==, spis[0]);
    g_assert_cmphex(rvl_delete_payload_spi(esp, 1), ==, spis[1]);
    g_assert_cmphex(rvl_delete_payload_spi(esp, 2), ==, 0);
}

static void
selectors_come_back(void)
{
    RvlSelector list[3];

    for (size_t i = 0; i < G_N_ELEMENTS(list); i++)
        rvl_selector_any(i == 1 ? RVL_FAMILY_IPV6 : RVL_FAMILY_IPV4, &list[i]);
    list[0].protocol = 6;
    list[0].first_port = list[0].last_port = 443;
    list[2].first_port = 65535; /* OPAQUE */
    list[2].last_port = 0;
    g_autoptr(RvlSelectors) sent = rvl_selectors_new(list, G_N_ELEMENTS(list));
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_selectors(draft, RVL_PAYLOAD_TSI, sent);
    g_autoptr(RvlMessage) message = come_back(draft);
    const RvlTsPayload *ts = &only(message, RVL_PAYLOAD_TSI)->ts;
    g_autoptr(RvlSelectors) received = rvl_selectors_new(ts->selectors, ts->n);

    g_assert_true(rvl_selectors_equal(sent, received));
    g_assert_cmpuint(ts->n_unknown, ==, 0);
}

static void
configuration_comes_back(void)
{
    const RvlConfigurationAttribute attributes[] = {
        {RVL_CFG_INTERNAL_IP4_ADDRESS, RVL_OCTETS("\012\001\001\001", 4)},
        {RVL_CFG_INTERNAL_IP6_DNS, RVL_OCTETS_NONE},
        {0x7abc, OCTETS("private")},
    };
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_configuration(draft, RVL_CFG_REPLY, attributes, G_N_ELEMENTS(attributes));
    g_autoptr(RvlMessage) message = come_back(draft);
    const RvlCpPayload *cp = &only(message, RVL_PAYLOAD_CP)->cp;

    g_assert_cmpuint(cp->type, ==, RVL_CFG_REPLY);
    g_assert_cmpuint(cp->n, ==, G_N_ELEMENTS(attributes));
    for (gsize i = 0; i < cp->n; i++) {
        g_assert_cmpuint(cp->attributes[i].type, ==, attributes[i].type);
        g_assert_cmpmem(cp->attributes[i].value.data, cp->attributes[i].value.size,
                        attributes[i].value.data, attributes[i].value.size);
    }
}

/* The highest bit of an attribute's type is reserved (RFC 7296 3.15.1). */
static void
reserved_bit_of_attribute_is_ignored(void)
{
    g_autoptr(GBytes) octets = rvl_test_unhex("00000010 01000000 80010004 0a010101");
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlMessage) message = rvl_message_parse_inner(
        &header, RVL_PAYLOAD_CP, g_bytes_get_data(octets, NULL), 16, 0, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(message->payloads[0].cp.attributes[0].type, ==, RVL_CFG_INTERNAL_IP4_ADDRESS);
}

static void
eap_comes_back(void)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_eap(draft, RVL_OCTETS("\001\007\000\006\032x", 6));
    g_autoptr(RvlMessage) message = come_back(draft);
    const RvlPayload *payload = only(message, RVL_PAYLOAD_EAP);

    g_assert_cmpuint(payload->eap.code, ==, RVL_EAP_REQUEST);
    g_assert_cmpuint(payload->eap.identifier, ==, 7);
    g_assert_cmpuint(payload->eap.type, ==, 26);
    g_assert_cmpuint(payload->body.size, ==, 6);
}

static void
unknown_payload_keeps_type_and_critical_bit(void)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    rvl_draft_add_vendor_id(draft, OCTETS("vendor"));
    rvl_draft_add_raw(draft, 200, true, OCTETS("?"));
    g_autoptr(RvlMessage) message = come_back(draft);

    g_assert_cmpuint(message->payloads[1].type, ==, 200);
    g_assert_true(message->payloads[1].is_critical);
    g_assert_false(message->payloads[1].is_known);
    assert_octets(message->payloads[1].body, "?");
    assert_octets(message->payloads[0].body, "vendor");
}

static void
empty_draft_is_a_header(void)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();

    g_assert_true(rvl_draft_is_empty(draft));
    g_assert_cmpuint(rvl_draft_last_body(draft).size, ==, 0);
    g_autoptr(RvlMessage) message = come_back(draft);

    g_assert_cmpuint(message->n_payloads, ==, 0);
}

static void
draft_refuses_what_fits_no_field(void)
{
    g_autofree RvlProposedTransform *many = g_new0(RvlProposedTransform, 256);
    g_autofree guint8 *large = g_malloc0(RVL_IKE_MESSAGE_MAX_OCTETS);
    const RvlProposal proposal = {1, RVL_PROTOCOL_IKE, RVL_OCTETS_NONE, many, 256};
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    g_autoptr(GError) error = NULL;
    guint8 first;

    rvl_draft_add_sa(draft, &proposal, 1);
    g_assert_null(rvl_draft_finish_chain(draft, &first, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
    g_clear_error(&error);
    g_clear_pointer(&draft, rvl_draft_free);

    draft = rvl_draft_new();
    rvl_draft_add_nonce(draft, RVL_OCTETS(large, RVL_IKE_MESSAGE_MAX_OCTETS));
    rvl_draft_add_nonce(draft, OCTETS(NONCE));
    g_assert_null(rvl_draft_finish_chain(draft, &first, &error));
    g_assert_nonnull(error);
}

/* Chains of one payload that are accepted, though something in them is odd. */
static const struct {
    const char *name;
    guint8 type;
    const char *hex;
} accepted[] = {
    {"reserved-bits-set", RVL_PAYLOAD_KE, "007f0009 001fffff aa"},
    {"single-proposal-of-any-number", RVL_PAYLOAD_SA,
     "00000014 00000010 03010001 00000008 05000001"},
    {"proposal-numbers-with-gaps", RVL_PAYLOAD_SA,
     "00000024 02000010 02010001 00000008 01000014 00000010 05010001 00000008 01000014"},
    {"proposal-for-unknown-protocol", RVL_PAYLOAD_SA, "0000000f 0000000b 01090300 aabbcc"},
    {"vendor-id-empty", RVL_PAYLOAD_VENDOR_ID, "00000004"},
    {"certreq-without-authority", RVL_PAYLOAD_CERTREQ, "00000005 04"},
    {"ipv6-address-without-prefix-length", RVL_PAYLOAD_CP,
     "0000001c 02000000 00080010 20010db8 00000000 00000000 00000001"},
    {"delete-of-no-spi", RVL_PAYLOAD_DELETE, "00000008 03040000"},
    {"notify-of-unknown-type", RVL_PAYLOAD_NOTIFY, "00000009 0000ffff aa"},
};

static void
payload_is_accepted(gconstpointer data)
{
    const typeof(accepted[0]) *c = data;
    g_autoptr(GBytes) octets = rvl_test_unhex(c->hex);
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlMessage) message = rvl_message_parse_inner(
        &header, c->type, g_bytes_get_data(octets, NULL), g_bytes_get_size(octets), 0, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(message->n_payloads, ==, 1);
}

/* A transform with an attribute that nobody here knows is skipped, not the message (3.3.6). */
static const struct {
    const char *name;
    const char *hex; /* a transform, ENCR 12 */
    gboolean is_acceptable;
    guint16 key_bits;
} transforms[] = {
    {"without-attributes", "00000008 0100000c", TRUE, 0},
    {"with-key-length", "0000000c 0100000c 800e0100", TRUE, 256},
    {"with-unknown-value", "0000000c 0100000c 80120001", FALSE, 0},
    {"with-unknown-octets", "0000000f 0100000c 00120003 aabbcc", FALSE, 0},
    {"with-key-length-as-octets", "0000000e 0100000c 000e0002 0100", FALSE, 0},
    {"with-two-key-lengths", "00000010 0100000c 800e0080 800e0100", FALSE, 128},
    {"with-key-length-of-zero", "0000000c 0100000c 800e0000", FALSE, 0},
};

static void
transform_is_judged(gconstpointer data)
{
    const typeof(transforms[0]) *c = data;
    g_autoptr(GBytes) transform = rvl_test_unhex(c->hex);
    gsize size = g_bytes_get_size(transform);
    g_autofree char *hex =
        g_strdup_printf("0000%04zx 0000%04zx 01010001 %s", size + 12, size + 8, c->hex);
    g_autoptr(GBytes) octets = rvl_test_unhex(hex);
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlMessage) message =
        rvl_message_parse_inner(&header, RVL_PAYLOAD_SA, g_bytes_get_data(octets, NULL),
                                g_bytes_get_size(octets), 0, &error);

    g_assert_no_error(error);
    const RvlProposedTransform *parsed = &message->payloads[0].sa.proposals[0].transforms[0];

    g_assert_cmpint(parsed->is_acceptable, ==, c->is_acceptable);
    g_assert_cmpuint(parsed->transform.key_bits, ==, c->key_bits);
    g_assert_cmpuint(parsed->transform.id, ==, 12);
}

static void
unknown_selector_is_skipped(void)
{
    g_autoptr(GBytes) octets = rvl_test_unhex("0000001e 02000000 0a000006 0006 "
                                              "07000010 0000ffff 0a000001 0a000002");
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlMessage) message =
        rvl_message_parse_inner(&header, RVL_PAYLOAD_TSI, g_bytes_get_data(octets, NULL),
                                g_bytes_get_size(octets), 0, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(message->payloads[0].ts.n, ==, 1);
    g_assert_cmpuint(message->payloads[0].ts.n_unknown, ==, 1);
}

/* One payload of the type, alone in its chain, and the octet that the report must point at. */
static const struct {
    const char *name;
    guint8 type;
    const char *hex;
    gsize offset;
} refused[] = {
    {"length-below-payload-header", RVL_PAYLOAD_KE, "00000003", 2},
    {"length-past-end-of-message", RVL_PAYLOAD_KE, "0000000a 0013", 2},
    {"header-cut", RVL_PAYLOAD_KE, "000000", 2},
    {"chain-ends-before-octets", RVL_PAYLOAD_VENDOR_ID, "00000004 00", 4},
    {"next-payload-is-not-there", RVL_PAYLOAD_VENDOR_ID, "2b000004", 4},
    {"key-exchange-without-a-group", RVL_PAYLOAD_KE, "00000004", 4},
    {"key-exchange-without-data", RVL_PAYLOAD_KE, "00000008 001f0000", 8},
    {"nonce-too-short", RVL_PAYLOAD_NONCE, "00000005 00", 4},
    {"identity-without-type", RVL_PAYLOAD_IDI, "00000004", 4},
    {"ipv4-identity-of-three-octets", RVL_PAYLOAD_IDI, "0000000b 01000000 c00002", 8},
    {"ipv6-identity-of-four-octets", RVL_PAYLOAD_IDR, "0000000c 05000000 c0000201", 8},
    {"certificate-without-encoding", RVL_PAYLOAD_CERT, "00000004", 4},
    {"auth-without-method", RVL_PAYLOAD_AUTH, "00000004", 4},
    {"signature-algorithm-past-end", RVL_PAYLOAD_AUTH, "0000000a 0e000000 05aa", 9},
    {"signature-without-algorithm-length", RVL_PAYLOAD_AUTH, "00000008 0e000000", 8},
    {"notify-cut", RVL_PAYLOAD_NOTIFY, "00000007 010000", 6},
    {"notify-spi-past-end", RVL_PAYLOAD_NOTIFY, "0000000a 03044009 0102", 8},
    {"nat-detection-of-no-sha1", RVL_PAYLOAD_NOTIFY, "0000000a 00004004 0102", 8},
    {"nat-detection-longer-than-sha1", RVL_PAYLOAD_NOTIFY,
     "0000001d 00004004 000102030405060708090a0b0c0d0e0f1011121314", 8},
    {"invalid-ke-without-group", RVL_PAYLOAD_NOTIFY, "00000008 00000011", 8},
    {"signature-hashes-of-odd-length", RVL_PAYLOAD_NOTIFY, "0000000b 0000402f 000200", 8},
    {"delete-announces-more-spis", RVL_PAYLOAD_DELETE, "0000000c 03040002 01020304", 6},
    {"delete-holds-more-spis", RVL_PAYLOAD_DELETE, "0000000c 03040000 01020304", 6},
    {"delete-of-ike-with-spi", RVL_PAYLOAD_DELETE, "00000010 01080001 0102030405060708", 5},
    {"delete-of-esp-by-eight-octets", RVL_PAYLOAD_DELETE, "00000010 03080001 0102030405060708", 5},
    {"delete-counts-spis-of-no-octets", RVL_PAYLOAD_DELETE, "00000008 0900ffff", 6},
    {"no-selector", RVL_PAYLOAD_TSI, "00000008 00000000", 4},
    {"selector-announced-but-absent", RVL_PAYLOAD_TSI, "00000008 01000000", 4},
    {"more-selectors-than-announced", RVL_PAYLOAD_TSI,
     "00000028 01000000 07000010 0000ffff 0a000001 0a000002 07000010 0000ffff 0a000001 0a000002",
     24},
    {"fewer-selectors-than-announced", RVL_PAYLOAD_TSI,
     "00000018 02000000 07000010 0000ffff 0a000001 0a000002", 4},
    {"selector-of-wrong-length", RVL_PAYLOAD_TSR,
     "00000018 01000000 07000014 0000ffff 0a000001 0a000002", 10},
    {"selector-past-end", RVL_PAYLOAD_TSR, "00000014 01000000 07000010 0000ffff 0a000001", 12},
    {"selector-of-unknown-type-too-short", RVL_PAYLOAD_TSR, "0000000c 01000000 0a000003", 10},
    {"selector-ends-before-it-begins", RVL_PAYLOAD_TSI,
     "00000018 01000000 07000010 0000ffff 0a000002 0a000001", 8},
    {"ports-are-no-range", RVL_PAYLOAD_TSI, "00000018 01000000 07060010 00020001 0a000001 0a000002",
     8},
    {"no-proposal", RVL_PAYLOAD_SA, "00000004", 4},
    {"proposal-cut", RVL_PAYLOAD_SA, "00000007 000000", 6},
    {"proposal-below-its-header", RVL_PAYLOAD_SA, "0000000c 00000007 01010000", 6},
    {"proposal-past-end", RVL_PAYLOAD_SA, "0000000c 00000009 01010000", 6},
    {"proposal-says-last-but-is-not", RVL_PAYLOAD_SA,
     "00000014 00000008 01010000 00000008 02010000", 4},
    {"proposal-says-more-but-is-last", RVL_PAYLOAD_SA, "0000000c 02000008 01010000", 4},
    {"proposal-numbers-repeat", RVL_PAYLOAD_SA, "00000014 02000008 01010000 00000008 01010000", 16},
    {"esp-proposal-with-long-spi", RVL_PAYLOAD_SA, "00000014 00000010 01030800 0102030405060708",
     10},
    {"ike-proposal-with-short-spi", RVL_PAYLOAD_SA, "00000010 0000000c 01010400 01020304", 10},
    {"spi-past-end", RVL_PAYLOAD_SA, "0000000c 00000008 01090400", 12},
    {"fewer-transforms-than-announced", RVL_PAYLOAD_SA,
     "00000014 00000010 01010002 00000008 01000014", 11},
    {"transform-below-its-header", RVL_PAYLOAD_SA, "00000014 00000010 01010001 00000007 01000014",
     14},
    {"transform-past-end", RVL_PAYLOAD_SA, "00000014 00000010 01010001 00000009 01000014", 14},
    {"transform-says-more-but-is-last", RVL_PAYLOAD_SA,
     "00000014 00000010 01010001 03000008 01000014", 12},
    {"attribute-cut", RVL_PAYLOAD_SA, "00000017 00000013 01010001 0000000b 01000014 800e01", 22},
    {"attribute-past-end", RVL_PAYLOAD_SA, "00000018 00000014 01010001 0000000c 01000014 00120001",
     24},
    {"configuration-without-type", RVL_PAYLOAD_CP, "00000004", 4},
    {"configuration-attribute-cut", RVL_PAYLOAD_CP, "0000000a 01000000 0001", 10},
    {"configuration-attribute-past-end", RVL_PAYLOAD_CP, "0000000c 01000000 00190001", 12},
    {"configuration-address-of-five-octets", RVL_PAYLOAD_CP,
     "00000011 02000000 00010005 0a00000100", 10},
    {"eap-cut", RVL_PAYLOAD_EAP, "00000007 010100", 6},
    {"eap-length-differs", RVL_PAYLOAD_EAP, "0000000a 01010005 0132", 6},
    {"eap-of-unknown-code", RVL_PAYLOAD_EAP, "00000008 05010004", 4},
    {"eap-request-without-type", RVL_PAYLOAD_EAP, "00000008 01010004", 6},
    {"eap-success-with-data", RVL_PAYLOAD_EAP, "00000009 03010005 01", 6},
    {"encrypted-within-encrypted", RVL_PAYLOAD_SK, "00000004", 0},
    {"fragment-within-encrypted", RVL_PAYLOAD_SKF, "00000008 00010001", 0},
};

static void
payload_is_refused(gconstpointer data)
{
    const typeof(refused[0]) *c = data;
    g_autoptr(GBytes) octets = rvl_test_unhex(c->hex);
    g_autoptr(GError) error = NULL;

    g_assert_null(rvl_message_parse_inner(&header, c->type, g_bytes_get_data(octets, NULL),
                                          g_bytes_get_size(octets), 0, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
    g_assert_cmpuint(rvl_error_offset(error), ==, c->offset);
    g_assert_true(g_str_has_prefix(rvl_error_where(error), "IKE_AUTH request"));
}

/* Long values: built here, since a row of text would hide them. */
static void
long_nonce_and_identity_are_refused(void)
{
    g_autofree guint8 *zeros = g_malloc0(RVL_IDENTITY_MAX_OCTETS + 5);
    const struct {
        RvlPayloadType type;
        gsize most;
    } rows[] = {{RVL_PAYLOAD_NONCE, RVL_NONCE_MAX_OCTETS},
                {RVL_PAYLOAD_IDI, RVL_IDENTITY_MAX_OCTETS + 4}};

    zeros[0] = RVL_IDENTITY_KEY_ID;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (gsize over = 0; over <= 1; over++) {
            g_autoptr(RvlDraft) draft = rvl_draft_new();
            g_autoptr(GError) error = NULL;
            guint8 first;

            rvl_draft_add_raw(draft, (guint8)rows[i].type, false,
                              RVL_OCTETS(zeros, rows[i].most + over));
            g_autoptr(GBytes) chain = rvl_draft_finish_chain(draft, &first, &error);
            g_autoptr(RvlMessage) message = rvl_message_parse_inner(
                &header, first, g_bytes_get_data(chain, NULL), g_bytes_get_size(chain), 0, &error);

            g_assert_true((message == NULL) == (over != 0));
        }
    }
}

static void
offsets_count_from_the_base(void)
{
    g_autoptr(GBytes) octets = rvl_test_unhex("00000004");
    g_autoptr(GError) error = NULL;

    g_assert_null(rvl_message_parse_inner(&header, RVL_PAYLOAD_KE, g_bytes_get_data(octets, NULL),
                                          4, 100, &error));
    g_assert_cmpuint(rvl_error_offset(error), ==, 104);
}

static void
payloads_are_bounded(void)
{
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    g_autoptr(GError) error = NULL;
    guint8 first;

    for (guint i = 0; i < RVL_MESSAGE_MAX_PAYLOADS; i++)
        rvl_draft_add_vendor_id(draft, RVL_OCTETS_NONE);
    g_autoptr(RvlMessage) message = come_back(draft);

    g_assert_cmpuint(message->n_payloads, ==, RVL_MESSAGE_MAX_PAYLOADS);
    for (guint i = 0; i <= RVL_MESSAGE_MAX_PAYLOADS; i++)
        rvl_draft_add_vendor_id(draft, RVL_OCTETS_NONE);
    g_autoptr(GBytes) chain = rvl_draft_finish_chain(draft, &first, &error);

    g_assert_null(rvl_message_parse_inner(&header, first, g_bytes_get_data(chain, NULL),
                                          g_bytes_get_size(chain), 0, &error));
    g_assert_cmpuint(rvl_error_offset(error), ==, 4 * RVL_MESSAGE_MAX_PAYLOADS);
}

/* Numbers of IKEv1's payloads mean nothing in IKEv2. */
static void
payload_types_of_ikev1_are_unknown(void)
{
    const guint8 octets[] = {0, 0, 0, 4};

    for (guint type = 1; type < RVL_PAYLOAD_SA; type++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(RvlMessage) message =
            rvl_message_parse_inner(&header, (guint8)type, octets, sizeof octets, 0, &error);

        g_assert_no_error(error);
        g_assert_false(message->payloads[0].is_known);
        g_assert_null(rvl_payload_name((guint8)type));
    }
}

#define ADD(path, rows, function)                                                                  \
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {                                               \
        g_autofree char *name = g_strconcat(path, rows[i].name, NULL);                             \
        g_test_add_data_func(name, &rows[i], function);                                            \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/payload/sa-comes-back", sa_comes_back);
    g_test_add_func("/wire/payload/key-exchange-and-nonce-come-back",
                    key_exchange_and_nonce_come_back);
    g_test_add_func("/wire/payload/identity-comes-back", identity_comes_back);
    g_test_add_func("/wire/payload/reserved-octets-of-identity-are-kept",
                    reserved_octets_of_identity_are_kept);
    g_test_add_func("/wire/payload/certificates-come-back", certificates_come_back);
    g_test_add_func("/wire/payload/auth-comes-back", auth_comes_back);
    g_test_add_func("/wire/payload/digital-signature-comes-back", digital_signature_comes_back);
    g_test_add_func("/wire/payload/notifies-come-back", notifies_come_back);
    g_test_add_func("/wire/payload/deletes-come-back", deletes_come_back);
    g_test_add_func("/wire/payload/selectors-come-back", selectors_come_back);
    g_test_add_func("/wire/payload/configuration-comes-back", configuration_comes_back);
    g_test_add_func("/wire/payload/reserved-bit-of-attribute-is-ignored",
                    reserved_bit_of_attribute_is_ignored);
    g_test_add_func("/wire/payload/eap-comes-back", eap_comes_back);
    g_test_add_func("/wire/payload/unknown-payload-keeps-type-and-critical-bit",
                    unknown_payload_keeps_type_and_critical_bit);
    g_test_add_func("/wire/payload/empty-draft-is-a-header", empty_draft_is_a_header);
    g_test_add_func("/wire/payload/draft-refuses-what-fits-no-field",
                    draft_refuses_what_fits_no_field);
    g_test_add_func("/wire/payload/unknown-selector-is-skipped", unknown_selector_is_skipped);
    g_test_add_func("/wire/payload/long-nonce-and-identity-are-refused",
                    long_nonce_and_identity_are_refused);
    g_test_add_func("/wire/payload/offsets-count-from-the-base", offsets_count_from_the_base);
    g_test_add_func("/wire/payload/payloads-are-bounded", payloads_are_bounded);
    g_test_add_func("/wire/payload/payload-types-of-ikev1-are-unknown",
                    payload_types_of_ikev1_are_unknown);
    ADD("/wire/payload/accepted/", accepted, payload_is_accepted)
    ADD("/wire/payload/transform/", transforms, transform_is_judged)
    ADD("/wire/payload/refused/", refused, payload_is_refused)
    return g_test_run();
}
