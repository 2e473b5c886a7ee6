/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `LOCAL <-> REMOTE`: selectors as configuration writes them. */
#include "config.h"

#include "policy/protect.h"

#include <string.h>

#include "config/value.h"

/* Bits of families that a side has. */
enum { HAS_IPV4 = 1, HAS_IPV6 = 2 };

static bool
refuse(GError **error, const char *text, const char *what)
{
    rvl_error_set(error, RVL_CAUSE_CONFIG_INVALID, "'%s' %s", text, what);
    return false;
}

/* Appends `any` or `dynamic` with what may stand in brackets. */
static bool
append_word(GArray *selectors, const char *text, size_t word_octets, bool is_any, GError **error)
{
    const char *bracket = text + word_octets;
    RvlSelector selector = {.first_port = 0, .last_port = 65535};
    size_t n = strlen(bracket);

    if (n > 0) {
        g_autofree char *protocol = n > 2 ? g_strndup(bracket + 1, n - 2) : NULL;

        if (*bracket != '[' || bracket[n - 1] != ']' || protocol == NULL)
            return refuse(error, text, "is no selector");
        if (!rvl_selector_parse_protocol(protocol, &selector, error))
            return false;
    }
    if (!is_any) {
        g_array_append_val(selectors, selector);
        return true;
    }
    for (unsigned i = 0; i < 2; i++) {
        RvlSelector any;

        rvl_selector_any(i == 0 ? RVL_FAMILY_IPV4 : RVL_FAMILY_IPV6, &any);
        selector.range = any.range;
        g_array_append_val(selectors, selector);
    }
    return true;
}

static bool
append_element(GArray *selectors, const char *text, GError **error)
{
    size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
    RvlSelector selector;

    if (letters == strlen("any") && strncmp(text, "any", letters) == 0)
        return append_word(selectors, text, letters, true, error);
    if (letters == strlen("dynamic") && strncmp(text, "dynamic", letters) == 0)
        return append_word(selectors, text, letters, false, error);
    if (!rvl_selector_parse(text, &selector, error))
        return false;
    g_array_append_val(selectors, selector);
    return true;
}

static RvlSelectors *
parse_side(const char *text, GError **error)
{
    g_auto(GStrv) elements = rvl_value_split(text);
    g_autoptr(GArray) selectors = g_array_new(FALSE, FALSE, sizeof(RvlSelector));

    for (size_t i = 0; elements[i] != NULL; i++) {
        if (!append_element(selectors, elements[i], error))
            return NULL;
    }
    if (selectors->len == 0 || selectors->len > RVL_SELECTORS_MAX) {
        (void)refuse(error, text, "holds no selectors, or more than 255");
        return NULL;
    }
    return rvl_selectors_new((const RvlSelector *)(const void *)selectors->data, selectors->len);
}

static unsigned
families(const RvlSelectors *selectors)
{
    unsigned bits = 0;

    for (size_t i = 0; i < rvl_selectors_count(selectors); i++) {
        switch ((RvlFamily)rvl_selectors_get(selectors, i)->range.first.family) {
        case RVL_FAMILY_IPV4:
            bits |= HAS_IPV4;
            break;
        case RVL_FAMILY_IPV6:
            bits |= HAS_IPV6;
            break;
        case RVL_FAMILY_NONE: /* dynamic */
            bits |= HAS_IPV4 | HAS_IPV6;
            break;
        }
    }
    return bits;
}

bool
rvl_protect_parse(const char *text, RvlSelectors **local, RvlSelectors **remote, GError **error)
{
    const char *arrow = strstr(text, "<->");
    g_autofree char *left = arrow != NULL ? g_strndup(text, (size_t)(arrow - text)) : NULL;
    g_autoptr(RvlSelectors) ours = NULL;
    g_autoptr(RvlSelectors) theirs = NULL;

    if (arrow == NULL)
        return refuse(error, text, "lacks '<->'");
    ours = parse_side(left, error);
    theirs = ours != NULL ? parse_side(arrow + strlen("<->"), error) : NULL;
    if (theirs == NULL)
        return false;
    if ((families(ours) & families(theirs)) == 0)
        return refuse(error, text, "has IPv4 on one side and IPv6 on the other");
    *local = g_steal_pointer(&ours);
    *remote = g_steal_pointer(&theirs);
    return true;
}

char *
rvl_protect_format(const RvlSelectors *selectors)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < rvl_selectors_count(selectors); i++) {
        const RvlSelector *selector = rvl_selectors_get(selectors, i);
        char one[RVL_SELECTOR_TEXT];
        const char *shown = rvl_selector_format(selector, one);

        g_string_append(text, i > 0 ? ", " : "");
        if (selector->range.first.family == RVL_FAMILY_NONE) /* formatted as "any" */
            g_string_append_printf(text, "dynamic%s", shown + strlen("any"));
        else
            g_string_append(text, shown);
    }
    return g_string_free(text, FALSE);
}
