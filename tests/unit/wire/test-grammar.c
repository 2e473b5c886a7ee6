/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of IKEv2's messages: what each must hold, may hold, and must not repeat. */
#include "config.h"

#include "wire/grammar-v2.h"

#include <string.h>

#include <ravelin/error.h>
#include "wire/draft.h"
#include "wire/notify.h"

#define NONCE RVL_OCTETS("0123456789abcdef", 16)

/* A letter a payload, so that a message is a word. */
static void
add(RvlDraft *draft, char letter)
{
    static const RvlProposal ike = {.number = 1, .protocol = RVL_PROTOCOL_IKE};
    static const RvlProposal esp = {
        .number = 1, .protocol = RVL_PROTOCOL_ESP, .spi = {(const guint8 *)"spi1", 4}};
    RvlSelector any;

    rvl_selector_any(RVL_FAMILY_IPV4, &any);
    g_autoptr(RvlSelectors) selectors = rvl_selectors_new(&any, 1);
    g_autoptr(RvlIdentity) identity = rvl_identity_new(RVL_IDENTITY_FQDN, "a.b", 3);

    switch (letter) {
    case 'S':
        rvl_draft_add_sa(draft, &ike, 1);
        break;
    case 's':
        rvl_draft_add_sa(draft, &esp, 1);
        break;
    case 'K':
        rvl_draft_add_key_exchange(draft, 31, NONCE);
        break;
    case 'N':
        rvl_draft_add_nonce(draft, NONCE);
        break;
    case 'i':
        rvl_draft_add_identity(draft, RVL_PAYLOAD_IDI, identity);
        break;
    case 'r':
        rvl_draft_add_identity(draft, RVL_PAYLOAD_IDR, identity);
        break;
    case 'A':
        rvl_draft_add_auth(draft, 2, NONCE);
        break;
    case 'C':
        rvl_draft_add_certificate(draft, 4, NONCE);
        break;
    case 'Q':
        rvl_draft_add_certificate_request(draft, 4, RVL_OCTETS_NONE);
        break;
    case 'x':
        rvl_draft_add_selectors(draft, RVL_PAYLOAD_TSI, selectors);
        break;
    case 'y':
        rvl_draft_add_selectors(draft, RVL_PAYLOAD_TSR, selectors);
        break;
    case 'P':
        rvl_draft_add_configuration(draft, RVL_CFG_REQUEST, NULL, 0);
        break;
    case 'E':
        rvl_draft_add_eap(draft, RVL_OCTETS("\003\001\000\004", 4));
        break;
    case 'D':
        rvl_draft_add_delete_ike(draft);
        break;
    case 'c':
        rvl_draft_add_notify(draft, RVL_NOTIFY_COOKIE, NONCE);
        break;
    case 'e':
        rvl_draft_add_notify(draft, RVL_NOTIFY_NO_PROPOSAL_CHOSEN, RVL_OCTETS_NONE);
        break;
    case 'n':
        rvl_draft_add_notify(draft, RVL_NOTIFY_MOBIKE_SUPPORTED, RVL_OCTETS_NONE);
        break;
    case 'v':
        rvl_draft_add_vendor_id(draft, NONCE);
        break;
    case 'V':
        rvl_draft_add_raw(draft, RVL_PAYLOAD_VENDOR_ID, true, NONCE);
        break;
    case 'u':
        rvl_draft_add_raw(draft, 201, false, NONCE);
        break;
    case '!':
        rvl_draft_add_raw(draft, 202, true, NONCE);
        break;
    default:
        g_assert_not_reached();
    }
}

static RvlMessage *
spell(const char *word)
{
    const RvlIsakmpHeader header = {.version = RVL_IKE_VERSION_2};
    g_autoptr(RvlDraft) draft = rvl_draft_new();
    g_autoptr(GError) error = NULL;

    for (const char *letter = word; *letter != '\0'; letter++)
        add(draft, *letter);
    g_autoptr(GBytes) octets = rvl_draft_finish_clear(draft, &header, &error);

    g_assert_no_error(error);
    RvlMessage *message =
        rvl_message_parse(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets), &error);

    g_assert_no_error(error);
    return message;
}

/* Messages as words, and what is said of each: NULL is nothing. */
static const struct {
    const char *name;
    RvlGrammarV2 grammar;
    const char *word;
    const char *what;
} rows[] = {
    {"init-request", RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST, "SKNnv", NULL},
    {"init-request-in-any-order", RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST, "cvNnKS", NULL},
    {"init-request-without-sa", RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST, "KN", "SA is missing"},
    {"init-request-without-ke", RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST, "SN", "KE is missing"},
    {"init-request-without-nonce", RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST, "SK", "Nonce is missing"},
    {"init-request-with-two-nonces", RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST, "SKNN",
     "Nonce appears more often than 1 times"},
    {"init-request-with-error-still-needs-all", RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST, "e",
     "SA is missing"},
    {"init-response", RVL_GRAMMAR_V2_IKE_SA_INIT_RESPONSE, "SKNQn", NULL},
    {"init-response-with-cookie-alone", RVL_GRAMMAR_V2_IKE_SA_INIT_RESPONSE, "c", NULL},
    {"init-response-with-error-alone", RVL_GRAMMAR_V2_IKE_SA_INIT_RESPONSE, "e", NULL},
    {"init-response-with-status-alone", RVL_GRAMMAR_V2_IKE_SA_INIT_RESPONSE, "n", "SA is missing"},
    {"auth-request", RVL_GRAMMAR_V2_IKE_AUTH_REQUEST, "iCCQrAPsxynv", NULL},
    {"auth-request-for-eap", RVL_GRAMMAR_V2_IKE_AUTH_REQUEST, "isxy", NULL},
    {"auth-request-childless", RVL_GRAMMAR_V2_IKE_AUTH_REQUEST, "iA", NULL},
    {"auth-request-without-identity", RVL_GRAMMAR_V2_IKE_AUTH_REQUEST, "Asxy", "IDi is missing"},
    {"auth-request-without-selectors", RVL_GRAMMAR_V2_IKE_AUTH_REQUEST, "iAs",
     "TSi is missing; it must come with SA"},
    {"auth-request-without-tsr", RVL_GRAMMAR_V2_IKE_AUTH_REQUEST, "iAsx",
     "TSr is missing; it must come with SA"},
    {"auth-request-with-selectors-alone", RVL_GRAMMAR_V2_IKE_AUTH_REQUEST, "iAxy",
     "SA is missing; it must come with TSi"},
    {"auth-request-with-two-identities", RVL_GRAMMAR_V2_IKE_AUTH_REQUEST, "iiA",
     "IDi appears more often than 1 times"},
    {"auth-request-with-two-auths", RVL_GRAMMAR_V2_IKE_AUTH_REQUEST, "iAA",
     "AUTH appears more often than 1 times"},
    {"auth-response", RVL_GRAMMAR_V2_IKE_AUTH_RESPONSE, "rCAPsxyn", NULL},
    {"auth-response-with-child-error", RVL_GRAMMAR_V2_IKE_AUTH_RESPONSE, "rAe", NULL},
    {"auth-response-with-error-alone", RVL_GRAMMAR_V2_IKE_AUTH_RESPONSE, "e", NULL},
    {"auth-response-without-auth", RVL_GRAMMAR_V2_IKE_AUTH_RESPONSE, "rsxy", "AUTH is missing"},
    {"eap-response", RVL_GRAMMAR_V2_IKE_AUTH_EAP_RESPONSE, "rCAE", NULL},
    {"eap-response-without-eap", RVL_GRAMMAR_V2_IKE_AUTH_EAP_RESPONSE, "rCA", "EAP is missing"},
    {"eap-round", RVL_GRAMMAR_V2_IKE_AUTH_EAP_ROUND, "E", NULL},
    {"eap-round-twice", RVL_GRAMMAR_V2_IKE_AUTH_EAP_ROUND, "EE",
     "EAP appears more often than 1 times"},
    {"last-request-without-auth", RVL_GRAMMAR_V2_IKE_AUTH_LAST_REQUEST, "n", "AUTH is missing"},
    {"last-response", RVL_GRAMMAR_V2_IKE_AUTH_LAST_RESPONSE, "APsxy", NULL},
    {"create-child-request", RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST, "nsNKxy", NULL},
    {"create-child-request-without-pfs", RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST, "sNxy", NULL},
    {"create-child-request-without-nonce", RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST, "sKxy",
     "Nonce is missing"},
    {"create-child-response", RVL_GRAMMAR_V2_CREATE_CHILD_RESPONSE, "sNxy", NULL},
    {"create-child-response-with-error", RVL_GRAMMAR_V2_CREATE_CHILD_RESPONSE, "e", NULL},
    {"rekey-ike-request", RVL_GRAMMAR_V2_REKEY_IKE_REQUEST, "SNK", NULL},
    {"rekey-ike-request-without-ke", RVL_GRAMMAR_V2_REKEY_IKE_REQUEST, "SN", "KE is missing"},
    {"rekey-ike-response-with-error", RVL_GRAMMAR_V2_REKEY_IKE_RESPONSE, "e", NULL},
    {"informational-empty", RVL_GRAMMAR_V2_INFORMATIONAL, "", NULL},
    {"informational-with-deletes", RVL_GRAMMAR_V2_INFORMATIONAL, "DDne", NULL},
    {"unknown-payload-is-passed-over", RVL_GRAMMAR_V2_INFORMATIONAL, "uu", NULL},
    {"unexpected-payload-is-passed-over", RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST, "PPsNxyAA", NULL},
    {"critical-bit-of-known-payload-means-nothing", RVL_GRAMMAR_V2_INFORMATIONAL, "V", NULL},
    {"unknown-critical-payload", RVL_GRAMMAR_V2_INFORMATIONAL, "n!",
     "payload at octet 36 is critical and of unknown type"},
    {"unknown-critical-payload-comes-before-all-else", RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST, "NN!",
     "payload at octet 68 is critical and of unknown type"},
};

static void
message_is_judged(gconstpointer data)
{
    const typeof(rows[0]) *c = data;
    g_autoptr(RvlMessage) message = spell(c->word);
    g_autoptr(GError) error = NULL;
    gboolean held = rvl_grammar_check(rvl_grammar_v2(c->grammar), message, &error);

    g_assert_cmpint(held, ==, c->what == NULL);
    if (held)
        return;
    g_assert_cmpstr(rvl_error_what(error), ==, c->what);
    g_assert_true(g_str_has_prefix(rvl_error_where(error), rvl_grammar_v2(c->grammar)->name));
}

static void
critical_payload_is_named_by_number(void)
{
    g_autoptr(RvlMessage) message = spell("!");
    g_autoptr(GError) error = NULL;

    g_assert_false(
        rvl_grammar_check(rvl_grammar_v2(RVL_GRAMMAR_V2_INFORMATIONAL), message, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_CRITICAL_PAYLOAD_UNKNOWN);
    g_assert_cmpstr(rvl_error_found(error), ==, "202");
    g_assert_cmpuint(rvl_grammar_find_critical(message)->type, ==, 202);
}

static void
repeated_payload_is_pointed_at(void)
{
    g_autoptr(RvlMessage) message = spell("SKNN");
    g_autoptr(GError) error = NULL;

    g_assert_false(
        rvl_grammar_check(rvl_grammar_v2(RVL_GRAMMAR_V2_IKE_SA_INIT_REQUEST), message, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
    g_assert_cmpuint(rvl_error_offset(error), ==, message->payloads[3].offset);
}

/* What the grammar doesn't name, no handler sees. */
static void
unexpected_payload_is_not_found(void)
{
    g_autoptr(RvlMessage) message = spell("PsNxy");
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(rvl_message_find(message, RVL_PAYLOAD_CP));
    g_assert_true(
        rvl_grammar_check(rvl_grammar_v2(RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST), message, &error));
    g_assert_null(rvl_message_find(message, RVL_PAYLOAD_CP));
    g_assert_nonnull(rvl_message_find(message, RVL_PAYLOAD_TSR));
}

static void
rekey_of_ike_is_told_by_its_proposal(void)
{
    g_autoptr(RvlMessage) ike = spell("SNK");
    g_autoptr(RvlMessage) child = spell("sNxy");
    g_autoptr(RvlMessage) neither = spell("N");

    g_assert_cmpint(rvl_grammar_v2_of_create_child(ike), ==, RVL_GRAMMAR_V2_REKEY_IKE_REQUEST);
    g_assert_cmpint(rvl_grammar_v2_of_create_child(child), ==, RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST);
    g_assert_cmpint(rvl_grammar_v2_of_create_child(neither), ==,
                    RVL_GRAMMAR_V2_CREATE_CHILD_REQUEST);
}

static void
notify_types_ascend(void)
{
    guint n = 0;

    for (guint type = 0; type <= G_MAXUINT16; type++) {
        const RvlNotifyInfo *info = rvl_notify_info((guint16)type);

        if (info == NULL)
            continue;
        g_assert_cmpuint(info->type, ==, type);
        n++;
    }
    /* a binary search finds each row only where they stand in order */
#define RVL_NOTIFY_ROW(symbol, number, min, max, unit, source) n--;
#include "wire/notify-types.def"
#undef RVL_NOTIFY_ROW
    g_assert_cmpuint(n, ==, 0);
    g_assert_cmpstr(rvl_notify_name(14), ==, "NO_PROPOSAL_CHOSEN");
    g_assert_null(rvl_notify_name(8191));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/grammar/critical-payload-is-named-by-number",
                    critical_payload_is_named_by_number);
    g_test_add_func("/wire/grammar/repeated-payload-is-pointed-at", repeated_payload_is_pointed_at);
    g_test_add_func("/wire/grammar/unexpected-payload-is-not-found",
                    unexpected_payload_is_not_found);
    g_test_add_func("/wire/grammar/rekey-of-ike-is-told-by-its-proposal",
                    rekey_of_ike_is_told_by_its_proposal);
    g_test_add_func("/wire/notify/types-ascend", notify_types_ascend);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strconcat("/wire/grammar/", rows[i].name, NULL);

        g_test_add_data_func(name, &rows[i], message_is_judged);
    }
    return g_test_run();
}
