/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles: upper bounds of what connections may use, and their defaults. */
#include "config.h"

#include "policy/profile.h"

#include <string.h>

#include "config/value.h"
#include "registry/algorithms.h"

/* Words of `allow` that stand for many. */
#define ALLOW_MODERN "modern"
#define ALLOW_WEAK "weak"

static const char *const *
texts_of(const RvlConfigGroup *group, const char *key)
{
    const RvlSetting *setting = rvl_settings_find(group->settings, key);

    return setting != NULL ? setting->texts : NULL;
}

static RvlProposals *
defaults_of(const RvlConfigGroup *group,
            const char *key,
            RvlProtocol protocol,
            const RvlRegistry *registry)
{
    const char *const *words = texts_of(group, key);

    /* None of them may be there in a small build: who needs them is told then. */
    return words != NULL ? rvl_proposals_parse(registry, words, protocol, true, NULL) : NULL;
}

RvlLifetime
rvl_lifetime_of(const RvlSetting *setting)
{
    RvlLifetime lifetime = {0};
    int64_t number;

    if (setting == NULL)
        return lifetime;
    if (setting->texts == NULL) {
        lifetime.time = rvl_value_duration(setting->text, &number) ? number * RVL_MILLISECOND : 0;
        return lifetime;
    }
    for (size_t i = 0; setting->texts[i] != NULL; i++) {
        if (rvl_value_duration(setting->texts[i], &number))
            lifetime.time = number * RVL_MILLISECOND;
        else if (rvl_value_size(setting->texts[i], &number))
            lifetime.octets = (uint64_t)number;
        else if (rvl_value_packets(setting->texts[i], &number))
            lifetime.packets = (uint64_t)number;
    }
    return lifetime;
}

RvlProfile *
rvl_profile_new(const RvlConfigGroup *group, const RvlRegistry *registry, RvlProblems *problems)
{
    RvlProfile *profile = g_new0(RvlProfile, 1);

    profile->group = group;
    profile->ike = defaults_of(group, "ike-proposals", RVL_PROTOCOL_IKE, registry);
    profile->esp = defaults_of(group, "child-proposals", RVL_PROTOCOL_ESP, registry);
    profile->auth = texts_of(group, "auth");
    profile->allow = texts_of(group, "allow");
    profile->allow_auth = texts_of(group, "allow-auth");
    profile->ike_lifetime = rvl_lifetime_of(rvl_settings_find(group->settings, "ike-lifetime"));
    profile->lifetime = rvl_lifetime_of(rvl_settings_find(group->settings, "lifetime"));
    if ((profile->ike != NULL && profile->ike->weak != NULL) ||
        (profile->esp != NULL && profile->esp->weak != NULL)) {
        RvlPlace place = rvl_config_group_place(group, "ike-proposals");

        rvl_problems_say(problems, &place, "list them in allow: a connection must name them",
                         "a profile's defaults hold weak algorithms");
    }
    return profile;
}

void
rvl_profile_free(RvlProfile *profile)
{
    if (profile == NULL)
        return;
    g_clear_pointer(&profile->ike, rvl_proposals_unref);
    g_clear_pointer(&profile->esp, rvl_proposals_unref);
    g_free(profile);
}

static bool
lists(const char *const *words, const char *word)
{
    return words != NULL && word != NULL && g_strv_contains(words, word);
}

static bool
is_default(const RvlProposals *defaults, const RvlTransform *transform)
{
    for (size_t i = 0; defaults != NULL && i < defaults->n; i++) {
        for (size_t j = 0; j < defaults->list[i].n_transforms; j++) {
            if (rvl_transform_equal(&defaults->list[i].transforms[j].transform, transform))
                return true;
        }
    }
    return false;
}

static bool
is_weak(const RvlRegistry *registry, const RvlTransform *transform)
{
    const RvlGroupEntry *group =
        transform->type == RVL_TRANSFORM_KE ? rvl_registry_group_of(registry, transform) : NULL;
    const RvlSuiteEntry *suite =
        transform->type != RVL_TRANSFORM_KE ? rvl_registry_suite_of(registry, transform) : NULL;

    return (group != NULL && group->row->is_legacy) || (suite != NULL && suite->row->is_legacy);
}

static bool
allows(const RvlProfile *profile, const RvlTransform *transform, const RvlRegistry *registry)
{
    return lists(profile->allow, is_weak(registry, transform) ? ALLOW_WEAK : ALLOW_MODERN) ||
           lists(profile->allow, rvl_registry_transform_word(registry, transform)) ||
           is_default(profile->ike, transform) || is_default(profile->esp, transform);
}

bool
rvl_profile_allows(const RvlProfile *profile,
                   const RvlProposals *proposals,
                   const RvlRegistry *registry,
                   GError **error)
{
    for (size_t i = 0; i < proposals->n; i++) {
        for (size_t j = 0; j < proposals->list[i].n_transforms; j++) {
            const RvlTransform *transform = &proposals->list[i].transforms[j].transform;
            const char *word;

            if (allows(profile, transform, registry))
                continue;
            word = rvl_registry_transform_word(registry, transform);
            rvl_error_set(error, RVL_CAUSE_PROFILE_FORBIDS, "profile %s does not allow '%s'",
                          profile->group->name, word != NULL ? word : "?");
            return false;
        }
    }
    return true;
}

bool
rvl_profile_allows_auth(const RvlProfile *profile, const char *word, GError **error)
{
    if (lists(profile->auth, word) || lists(profile->allow_auth, word) ||
        lists(profile->allow_auth, "any"))
        return true;
    rvl_error_set(error, RVL_CAUSE_PROFILE_FORBIDS, "profile %s does not allow proof by '%s'",
                  profile->group->name, word);
    return false;
}

/* Sets one limit to the bound where it is open; false where it is above. */
static bool
bound_one(uint64_t bound, uint64_t *limit)
{
    if (*limit == 0)
        *limit = bound;
    return bound == 0 || *limit <= bound;
}

bool
rvl_profile_bound(const RvlProfile *profile,
                  const RvlLifetime *bound,
                  RvlLifetime *lifetime,
                  GError **error)
{
    uint64_t time = (uint64_t)lifetime->time;
    bool is_within = bound_one((uint64_t)bound->time, &time) &&
                     bound_one(bound->octets, &lifetime->octets) &&
                     bound_one(bound->packets, &lifetime->packets);

    lifetime->time = (RvlTime)time;
    if (!is_within)
        rvl_error_set(error, RVL_CAUSE_PROFILE_FORBIDS,
                      "the lifetime is longer than profile %s allows", profile->group->name);
    return is_within;
}
