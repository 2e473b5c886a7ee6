/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SK payloads, sealed and opened in place. */
#include "config.h"

#include "crypto/message-protection.h"

#include <ravelin/error.h>

#include "crypto/suite.h"

/* Scratch of one suite. */
typedef struct {
    RvlProtection *protection;
    RvlProtectionScratch *scratch;
} Suite;

struct RvlMessageProtector {
    RvlCrypto *crypto;
    GArray *suites; /* of Suite: as many as connections have suites */
};

static void
suite_clear(void *data)
{
    Suite *suite = data;

    rvl_protection_scratch_free(suite->scratch);
    rvl_protection_unref(suite->protection);
}

RvlMessageProtector *
rvl_message_protector_new(RvlCrypto *crypto)
{
    RvlMessageProtector *protector = g_new0(RvlMessageProtector, 1);

    protector->crypto = crypto;
    protector->suites = g_array_new(FALSE, FALSE, sizeof(Suite));
    g_array_set_clear_func(protector->suites, suite_clear);
    return protector;
}

void
rvl_message_protector_free(RvlMessageProtector *protector)
{
    if (protector == NULL)
        return;
    g_array_unref(protector->suites);
    g_free(protector);
}

static RvlProtectionScratch *
find_scratch(const RvlMessageProtector *protector, const RvlProtection *protection)
{
    for (guint i = 0; i < protector->suites->len; i++) {
        const Suite *suite = &g_array_index(protector->suites, Suite, i);

        if (suite->protection == protection)
            return suite->scratch;
    }
    return NULL;
}

static RvlProtectionScratch *
scratch_of(RvlMessageProtector *protector, const RvlProtection *protection, GError **error)
{
    RvlProtectionScratch *scratch = find_scratch(protector, protection);

    if (scratch != NULL)
        return scratch;
    scratch = rvl_protection_scratch_new(protection);
    if (scratch == NULL) {
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%s has no room for a thread's scratch",
                      rvl_protection_backend(protection));
        return NULL;
    }
    const Suite suite = {rvl_protection_ref(protection), scratch};

    g_array_append_val(protector->suites, suite);
    return scratch;
}

static RvlProtectionKey *
key_new(RvlMessageProtector *protector,
        const RvlProtection *protection,
        const RvlSecret *encr,
        const RvlSecret *integ,
        GError **error)
{
    RvlProtectionShape shape;

    shape = *rvl_protection_shape(protection);
    return rvl_protection_key_new(protection, rvl_crypto_next_key_id(protector->crypto), encr,
                                  shape.integ_octets != 0 ? integ : NULL, error);
}

bool
rvl_message_keys_init(RvlMessageKeys *message_keys,
                      RvlMessageProtector *protector,
                      const RvlTransform *encr,
                      const RvlTransform *integ,
                      const RvlIkeKeys *keys,
                      bool is_initiator,
                      GError **error)
{
    g_autoptr(RvlProtection) protection =
        rvl_crypto_protection(protector->crypto, encr, integ, RVL_USE_IKE, error);

    *message_keys = (RvlMessageKeys){0};
    if (protection == NULL || scratch_of(protector, protection, error) == NULL)
        return false;
    g_autoptr(RvlProtectionKey) initiator =
        key_new(protector, protection, keys->sk_ei, keys->sk_ai, error);
    g_autoptr(RvlProtectionKey) responder =
        initiator != NULL ? key_new(protector, protection, keys->sk_er, keys->sk_ar, error) : NULL;

    if (responder == NULL)
        return false;
    *message_keys = (RvlMessageKeys){
        .protection = g_steal_pointer(&protection),
        .inbound = rvl_protection_key_ref(is_initiator ? responder : initiator),
        .outbound = rvl_protection_key_ref(is_initiator ? initiator : responder),
        .sequence = 1,
    };
    return true;
}

static void
drop_key(RvlProtectionScratch *scratch, RvlProtectionKey *key)
{
    if (scratch != NULL)
        rvl_protection_scratch_forget(scratch, rvl_protection_key_id(key));
    rvl_protection_key_unref(key);
}

void
rvl_message_keys_clear(RvlMessageKeys *message_keys, RvlMessageProtector *protector)
{
    if (message_keys->protection == NULL)
        return;
    RvlProtectionScratch *scratch = find_scratch(protector, message_keys->protection);

    drop_key(scratch, message_keys->inbound);
    drop_key(scratch, message_keys->outbound);
    rvl_protection_unref(message_keys->protection);
    *message_keys = (RvlMessageKeys){0};
}

void
rvl_message_keys_shape(const RvlMessageKeys *message_keys, RvlEncryptedShape *shape)
{
    RvlProtectionShape protection;

    protection = *rvl_protection_shape(message_keys->protection);
    *shape = (RvlEncryptedShape){
        .iv_octets = protection.iv_octets,
        .icv_octets = protection.icv_octets,
        .alignment = protection.alignment,
    };
}

/* What is authenticated before the IV is the same for both kinds of suite (RFC 7296 3.14 for a MAC,
 * RFC 5282 5.1 for a combined cipher). */
static RvlPacket
packet_of(const RvlProtectionKey *key,
          uint64_t sequence,
          uint8_t *octets,
          const RvlEncryptedLayout *layout)
{
    return (RvlPacket){
        .key = key,
        .sequence = sequence,
        .aad = RVL_OCTETS(octets, layout->aad),
        .iv = octets + layout->iv,
        .source = octets + layout->ciphertext,
        .destination = octets + layout->ciphertext,
        .octets = (uint32_t)layout->ciphertext_octets,
        .icv = octets + layout->icv,
    };
}

bool
rvl_message_seal(RvlMessageProtector *protector,
                 RvlMessageKeys *message_keys,
                 RvlEncryptedFrame *frame,
                 GError **error)
{
    RvlProtectionScratch *scratch = scratch_of(protector, message_keys->protection, error);

    if (scratch == NULL)
        return false;
    if (message_keys->sequence == UINT64_MAX) {
        rvl_error_set(error, RVL_CAUSE_SEQUENCE_EXHAUSTED, "no sequence number is left");
        return false;
    }
    RvlPacket packet =
        packet_of(message_keys->outbound, message_keys->sequence++, frame->octets, &frame->layout);

    if (rvl_protection_seal(scratch, &packet, sizeof packet, 1) == 1)
        return true;
    rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%s failed to seal a message",
                  rvl_protection_backend(message_keys->protection));
    return false;
}

bool
rvl_message_open(RvlMessageProtector *protector,
                 const RvlMessageKeys *message_keys,
                 uint8_t *octets,
                 const RvlEncryptedLayout *layout,
                 GError **error)
{
    RvlProtectionScratch *scratch = scratch_of(protector, message_keys->protection, error);

    if (scratch == NULL)
        return false;
    RvlPacket packet = packet_of(message_keys->inbound, 0, octets, layout);

    if (rvl_protection_open(scratch, &packet, sizeof packet, 1) == 1)
        return true;
    if (packet.status == RVL_CRYPT_FORGED)
        rvl_error_set(error, RVL_CAUSE_MESSAGE_FORGED, NULL);
    else
        rvl_error_set(error, RVL_CAUSE_PLUGIN_FAILED, "%s failed to open a message",
                      rvl_protection_backend(message_keys->protection));
    return false;
}
