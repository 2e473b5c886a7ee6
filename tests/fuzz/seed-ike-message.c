/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes the seeds of fuzz-ike-message: one message of each exchange, made by our own encoder. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <ravelin/error.h>
#include "wire/draft.h"
#include "wire/encrypted.h"
#include "wire/notify.h"

#define OCTETS(text) RVL_OCTETS(text, strlen(text))
#define NONCE OCTETS("0123456789abcdef0123456789abcdef")
#define HASH OCTETS("0123456789abcdef0123")

static void
add_sa(RvlDraft *draft, RvlProtocol protocol, const char *spi)
{
    static const RvlProposedTransform transforms[] = {
        {{RVL_TRANSFORM_ENCR, 20, 256}, true}, {{RVL_TRANSFORM_ENCR, 12, 128}, true},
        {{RVL_TRANSFORM_PRF, 5, 0}, true},     {{RVL_TRANSFORM_INTEG, 12, 0}, true},
        {{RVL_TRANSFORM_KE, 31, 0}, true},     {{RVL_TRANSFORM_ESN, 0, 0}, true},
    };
    const RvlProposal proposals[] = {
        {1, (uint8_t)protocol, OCTETS(spi), transforms, G_N_ELEMENTS(transforms)},
        {2, (uint8_t)protocol, OCTETS(spi), transforms + 1, 2},
    };

    rvl_draft_add_sa(draft, proposals, G_N_ELEMENTS(proposals));
}

static void
add_selectors(RvlDraft *draft)
{
    g_autoptr(RvlSelectors) selectors = NULL;
    RvlSelector list[2];

    rvl_selector_any(RVL_FAMILY_IPV4, &list[0]);
    rvl_selector_any(RVL_FAMILY_IPV6, &list[1]);
    selectors = rvl_selectors_new(list, G_N_ELEMENTS(list));
    rvl_draft_add_selectors(draft, RVL_PAYLOAD_TSI, selectors);
    rvl_draft_add_selectors(draft, RVL_PAYLOAD_TSR, selectors);
}

static void
add_identity(RvlDraft *draft, RvlPayloadType type)
{
    g_autoptr(RvlIdentity) identity = rvl_identity_new(RVL_IDENTITY_FQDN, "vpn.example.org", 15);

    rvl_draft_add_identity(draft, type, identity);
}

static void
ike_sa_init(RvlDraft *draft)
{
    rvl_draft_add_notify(draft, RVL_NOTIFY_COOKIE, HASH);
    add_sa(draft, RVL_PROTOCOL_IKE, "");
    rvl_draft_add_key_exchange(draft, 31, NONCE);
    rvl_draft_add_nonce(draft, NONCE);
    rvl_draft_add_notify(draft, RVL_NOTIFY_NAT_DETECTION_SOURCE_IP, HASH);
    rvl_draft_add_notify(draft, RVL_NOTIFY_NAT_DETECTION_DESTINATION_IP, HASH);
    rvl_draft_add_notify(draft, RVL_NOTIFY_SIGNATURE_HASH_ALGORITHMS, OCTETS("\001\002\001\003"));
    rvl_draft_add_vendor_id(draft, OCTETS("vendor"));
}

static void
ike_auth(RvlDraft *draft)
{
    const RvlConfigurationAttribute attributes[] = {
        {RVL_CFG_INTERNAL_IP4_ADDRESS, OCTETS("\012\001\001\001")},
        {RVL_CFG_INTERNAL_IP6_DNS, RVL_OCTETS_NONE},
    };

    add_identity(draft, RVL_PAYLOAD_IDI);
    add_identity(draft, RVL_PAYLOAD_IDR);
    rvl_draft_add_certificate(draft, RVL_CERTIFICATE_X509_SIGNATURE, OCTETS("certificate"));
    rvl_draft_add_certificate_request(draft, RVL_CERTIFICATE_X509_SIGNATURE, HASH);
    rvl_draft_add_auth_signature(draft, OCTETS("der"), OCTETS("signature"));
    rvl_draft_add_configuration(draft, RVL_CFG_REQUEST, attributes, G_N_ELEMENTS(attributes));
    add_sa(draft, RVL_PROTOCOL_ESP, "spi1");
    add_selectors(draft);
}

static void
ike_auth_eap(RvlDraft *draft)
{
    rvl_draft_add_eap(draft, RVL_OCTETS("\001\007\000\006\032x", 6));
    rvl_draft_add_auth(draft, 2, NONCE);
}

static void
create_child(RvlDraft *draft)
{
    rvl_draft_add_notify_spi(draft, RVL_NOTIFY_REKEY_SA, RVL_PROTOCOL_ESP, 0xc0ffee01);
    add_sa(draft, RVL_PROTOCOL_ESP, "spi2");
    rvl_draft_add_nonce(draft, NONCE);
    rvl_draft_add_key_exchange(draft, 19, NONCE);
    add_selectors(draft);
}

static void
rekey_ike(RvlDraft *draft)
{
    add_sa(draft, RVL_PROTOCOL_IKE, "12345678");
    rvl_draft_add_nonce(draft, NONCE);
    rvl_draft_add_key_exchange(draft, 31, NONCE);
}

static void
informational(RvlDraft *draft)
{
    const uint32_t spis[] = {0x01020304, 0x05060708};

    rvl_draft_add_delete(draft, RVL_PROTOCOL_ESP, spis, G_N_ELEMENTS(spis));
    rvl_draft_add_delete_ike(draft);
    rvl_draft_add_notify(draft, RVL_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD, OCTETS("\310"));
    rvl_draft_add_raw(draft, 200, true, OCTETS("unknown"));
}

static const struct {
    const char *name;
    uint8_t exchange;
    void (*add)(RvlDraft *draft);
} seeds[] = {
    {"ike-sa-init", RVL_EXCHANGE_IKE_SA_INIT, ike_sa_init},
    {"ike-auth", RVL_EXCHANGE_IKE_AUTH, ike_auth},
    {"ike-auth-eap", RVL_EXCHANGE_IKE_AUTH, ike_auth_eap},
    {"create-child", RVL_EXCHANGE_CREATE_CHILD_SA, create_child},
    {"rekey-ike", RVL_EXCHANGE_CREATE_CHILD_SA, rekey_ike},
    {"informational", RVL_EXCHANGE_INFORMATIONAL, informational},
};

static void
save(const char *folder, const char *name, RvlOctets octets)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) error = NULL;

    if (!g_file_set_contents(path, (const char *)octets.data, (gssize)octets.size, &error))
        g_error("%s", error->message);
}

static void
save_frame(const char *folder, const char *name, const RvlIsakmpHeader *header, uint16_t n)
{
    static const RvlEncryptedShape shape = {.iv_octets = 8, .icv_octets = 16, .alignment = 1};
    g_auto(RvlEncryptedFrame) frame = {0};

    if (!rvl_encrypted_frame_init(&frame, header, &shape, RVL_PAYLOAD_IDI, n, n, NONCE, NULL))
        g_error("%s is too long", name);
    save(folder, name, RVL_OCTETS(frame.octets, frame.size));
}

int
main(int argc, char **argv)
{
    RvlIsakmpHeader header = {
        .initiator_spi = 0x0102030405060708,
        .responder_spi = 0x1112131415161718,
        .version = RVL_IKE_VERSION_2,
        .exchange = RVL_EXCHANGE_IKE_AUTH,
        .flags = RVL_IKE_FLAG_INITIATOR,
        .message_id = 1,
    };

    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    save_frame(argv[1], "encrypted", &header, 0);
    save_frame(argv[1], "fragment", &header, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(seeds); i++) {
        g_autoptr(RvlDraft) draft = rvl_draft_new();
        g_autoptr(GError) error = NULL;

        header.exchange = seeds[i].exchange;
        seeds[i].add(draft);
        g_autoptr(GBytes) octets = rvl_draft_finish_clear(draft, &header, &error);

        if (octets == NULL)
            g_error("%s: %s", seeds[i].name, error->message);
        save(argv[1], seeds[i].name, rvl_octets_from_bytes(octets));
    }
    return 0;
}
