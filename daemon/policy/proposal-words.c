/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proposals out of words that plugins own: `aes256gcm16-sha384-ecp384`. */
#include "config.h"

#include <string.h>

#include "config/nearest.h"
#include "policy/proposals.h"
#include "registry/algorithms.h"

/* Most transforms of one kind in a proposal. */
#define ALTERNATIVES_MAX 32

typedef struct {
    RvlProposedTransform list[ALTERNATIVES_MAX];
    size_t n;
} Alternatives;

/* One proposal while its words are read. */
typedef struct {
    const RvlRegistry *registry;
    RvlProtocol protocol;
    bool skips_unknown;
    const char *text;
    Alternatives encr;
    Alternatives prf;     /* by words that mean nothing else */
    Alternatives prf_too; /* by words that mean integrity as well, */
    Alternatives integ;   /* and these with them */
    Alternatives group;
    bool has_combined;
    bool has_other_cipher;
    GString *weak; /* words of weak rows so far, of all proposals */
} Parsing;

static bool refuse(GError **error, const char *remedy, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool
refuse(GError **error, const char *remedy, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list arguments;

    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "%s", what);
    if (remedy != NULL)
        rvl_error_set_remedy(error, remedy);
    return false;
}

static void
add(Alternatives *alternatives, uint8_t type, uint16_t id, uint16_t key_bits)
{
    RvlTransform transform = {type, id, key_bits};

    for (size_t i = 0; i < alternatives->n; i++) {
        if (rvl_transform_equal(&alternatives->list[i].transform, &transform))
            return;
    }
    if (alternatives->n < ALTERNATIVES_MAX)
        alternatives->list[alternatives->n++] = (RvlProposedTransform){transform, true};
}

static uint32_t
use_of(RvlProtocol protocol)
{
    return protocol == RVL_PROTOCOL_IKE  ? RVL_USE_IKE
           : protocol == RVL_PROTOCOL_AH ? RVL_USE_AH
                                         : RVL_USE_ESP;
}

static void
note_weak(Parsing *parsing, const char *word)
{
    g_auto(GStrv) noted = g_strsplit(parsing->weak->str, ", ", -1);

    if (!g_strv_contains((const char *const *)noted, word))
        g_string_append_printf(parsing->weak, "%s%s", parsing->weak->len > 0 ? ", " : "", word);
}

/* Adds a suite's row where it can serve the protocol. */
static bool
add_suite(Parsing *parsing, Alternatives *alternatives, uint16_t space, const RvlSuiteEntry *entry)
{
    uint16_t number;

    if (entry == NULL || !rvl_suite_row_number(entry->row, space, &number) ||
        (entry->row->uses & use_of(parsing->protocol)) == 0)
        return false;
    if (parsing->protocol == RVL_PROTOCOL_IKE && entry->row->type == RVL_TRANSFORM_ENCR &&
        number == RVL_TRANSFORM_ID_ENCR_NULL)
        return false;
    add(alternatives, entry->row->type, number, entry->row->key_bits);
    if (entry->row->is_legacy)
        note_weak(parsing, entry->row->word);
    return true;
}

static bool
add_group(Parsing *parsing, const RvlGroupEntry *entry)
{
    uint16_t number;

    if (entry == NULL || !rvl_group_row_number(entry->row, RVL_SPACE_IKEV2_KE, &number))
        return false;
    add(&parsing->group, RVL_TRANSFORM_KE, number, 0);
    if (entry->row->is_legacy)
        note_weak(parsing, entry->row->word);
    return true;
}

static bool
add_match(Parsing *parsing, const RvlWordMatch *match)
{
    bool is_ike = parsing->protocol == RVL_PROTOCOL_IKE;
    bool is_encr = parsing->protocol != RVL_PROTOCOL_AH &&
                   add_suite(parsing, &parsing->encr, RVL_SPACE_IKEV2_ENCR, match->encr);
    bool is_integ = add_suite(parsing, &parsing->integ, RVL_SPACE_IKEV2_INTEG, match->integ);
    bool is_prf = is_ike && add_suite(parsing, is_integ ? &parsing->prf_too : &parsing->prf,
                                      RVL_SPACE_IKEV2_PRF, match->prf);

    if (is_encr && match->encr->row->is_combined)
        parsing->has_combined = true;
    else if (is_encr)
        parsing->has_other_cipher = true;
    return add_group(parsing, match->group) || is_encr || is_integ || is_prf;
}

static bool
refuse_unknown(const Parsing *parsing, const char *at, size_t n, GError **error)
{
    g_autofree char *word = g_strndup(at, n);
    g_autofree char *remedy = NULL;
    RvlNearest nearest;
    const char *known;

    rvl_nearest_init(&nearest, word);
    for (size_t i = 0; (known = rvl_registry_word_at(parsing->registry, i)) != NULL; i++)
        rvl_nearest_offer(&nearest, known);
    remedy = nearest.best != NULL ? rvl_nearest_remedy(&nearest)
                                  : g_strdup("ravelinctl algorithms lists those that are there");
    return refuse(error, remedy, "'%s' names no algorithm of a loaded plugin", word);
}

static bool
parse_words(Parsing *parsing, GError **error)
{
    const char *at = parsing->text;

    for (;;) {
        size_t n = strcspn(at, "-+");
        RvlWordMatch match;

        if (n == 0)
            return refuse(error, NULL, "'%s' has an empty word", parsing->text);
        if (rvl_registry_longest_word(parsing->registry, at, &match)) {
            n = match.octets;
            if (!add_match(parsing, &match) && !parsing->skips_unknown)
                return refuse(error, NULL, "'%.*s' cannot be used for %s", (int)n, at,
                              parsing->protocol == RVL_PROTOCOL_IKE ? "IKE" : "Child SAs");
        } else if (!parsing->skips_unknown) {
            return refuse_unknown(parsing, at, n, error);
        }
        at += n;
        if (*at == '\0')
            return true;
        if (*at == '+')
            return refuse(error, "remove it and what follows",
                          "'%s': this release does not serve additional key exchanges yet", at);
        at++;
    }
}

/* Settles what words meant that stand for integrity and PRF alike. */
static bool
settle(Parsing *parsing, GError **error)
{
    if (parsing->has_combined && parsing->has_other_cipher)
        return refuse(error, "write two proposals",
                      "'%s' mixes combined and other ciphers (RFC 5282 8)", parsing->text);
    if (parsing->has_combined && parsing->protocol == RVL_PROTOCOL_ESP && parsing->integ.n > 0)
        return refuse(error, "leave out the integrity algorithm",
                      "'%s': the cipher brings its own integrity", parsing->text);
    if (parsing->has_combined)
        parsing->integ.n = 0;
    if (parsing->prf.n == 0)
        parsing->prf = parsing->prf_too;
    return true;
}

/* What the proposal lacks, or NULL. */
static const char *
lack_of(const Parsing *parsing)
{
    bool is_ike = parsing->protocol == RVL_PROTOCOL_IKE;

    if (parsing->protocol == RVL_PROTOCOL_AH)
        return parsing->integ.n == 0 ? "an integrity algorithm" : NULL;
    if (parsing->encr.n == 0)
        return "a cipher";
    if (!parsing->has_combined && parsing->integ.n == 0)
        return "an integrity algorithm";
    if (is_ike && parsing->prf.n == 0)
        return "a PRF";
    return is_ike && parsing->group.n == 0 ? "a group" : NULL;
}

static void
append(GArray *transforms, const Alternatives *alternatives)
{
    g_array_append_vals(transforms, alternatives->list, (guint)alternatives->n);
}

/* Reads one proposal; false without @error where it is skipped. */
static bool
parse_one(Parsing *parsing, GArray *transforms, GError **error)
{
    if (!parse_words(parsing, error) || !settle(parsing, error))
        return false;
    if (lack_of(parsing) != NULL)
        return parsing->skips_unknown
                   ? false
                   : refuse(error, NULL, "'%s' lacks %s", parsing->text, lack_of(parsing));
    append(transforms, &parsing->encr);
    if (parsing->protocol == RVL_PROTOCOL_IKE)
        append(transforms, &parsing->prf);
    append(transforms, &parsing->integ);
    append(transforms, &parsing->group);
    return true;
}

RvlProposals *
rvl_proposals_parse(const RvlRegistry *registry,
                    const char *const *words,
                    RvlProtocol protocol,
                    bool skips_unknown,
                    GError **error)
{
    g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autofree char *all = g_strjoinv(", ", (char **)words);
    RvlProposal proposals[RVL_PROPOSALS_MAX] = {0};
    g_autoptr(GString) weak = g_string_new(NULL);

    for (size_t i = 0; words[i] != NULL; i++) {
        g_autofree Parsing *parsing = g_new0(Parsing, 1);
        GArray *transforms = g_array_new(FALSE, FALSE, sizeof(RvlProposedTransform));
        GError *refused = NULL;

        *parsing = (Parsing){.registry = registry,
                             .protocol = protocol,
                             .text = words[i],
                             .skips_unknown = skips_unknown,
                             .weak = weak};
        g_ptr_array_add(lists, transforms);
        if (!parse_one(parsing, transforms, &refused)) {
            if (refused != NULL) {
                g_propagate_error(error, refused);
                return NULL;
            }
            g_ptr_array_remove_index(lists, lists->len - 1);
            continue;
        }
        if (lists->len > RVL_PROPOSALS_MAX) {
            (void)refuse(error, NULL, "there are more than %d proposals", RVL_PROPOSALS_MAX);
            return NULL;
        }
        proposals[lists->len - 1] = (RvlProposal){
            .protocol = (uint8_t)protocol,
            .transforms = (const RvlProposedTransform *)(const void *)transforms->data,
            .n_transforms = transforms->len,
        };
    }
    if (lists->len == 0) {
        (void)refuse(error, "load the plugins that have them", "no algorithm of '%s' is there",
                     all);
        return NULL;
    }
    return rvl_proposals_new(proposals, lists->len, all, weak->len > 0 ? weak->str : NULL);
}
