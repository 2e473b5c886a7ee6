/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles: upper bounds of what connections may use, and their defaults. Data, not code. */
#pragma once

#include "config/configuration.h"
#include "policy/connection.h"

/**
 * RvlProfile:
 * @ike, @esp: (nullable): defaults, as far as plugins have them
 * @auth: (nullable): default methods
 * @allow, @allow_auth: (nullable): what may be named besides
 * @ike_lifetime, @lifetime: bounds and defaults; 0: none
 */
typedef struct {
    const RvlConfigGroup *group;
    RvlProposals *ike;
    RvlProposals *esp;
    const char *const *auth;
    const char *const *allow;
    const char *const *allow_auth;
    RvlLifetime ike_lifetime;
    RvlLifetime lifetime;
} RvlProfile;

/** rvl_profile_new: @group: (transfer none): outlives the profile. What is wrong is in @problems. */
RvlProfile *rvl_profile_new(const RvlConfigGroup *group,
                            const RvlRegistry *registry,
                            RvlProblems *problems);
void rvl_profile_free(RvlProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlProfile, rvl_profile_free)

/** rvl_profile_allows: whether @proposals keep within it. RVL_CAUSE_PROFILE_FORBIDS. */
bool rvl_profile_allows(const RvlProfile *profile,
                        const RvlProposals *proposals,
                        const RvlRegistry *registry,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_profile_allows_auth: whether @word may be used. RVL_CAUSE_PROFILE_FORBIDS. */
bool rvl_profile_allows_auth(const RvlProfile *profile,
                             const char *word,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_profile_bound:
 * @bound: of the profile
 * @lifetime: (inout): limits that are 0 are set to the profile's
 *
 * RVL_CAUSE_PROFILE_FORBIDS where a limit is above the profile's.
 */
bool rvl_profile_bound(const RvlProfile *profile,
                       const RvlLifetime *bound,
                       RvlLifetime *lifetime,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_lifetime_of: the limits that a setting of type LIFETIME or DURATION holds; NULL: none. */
RvlLifetime rvl_lifetime_of(const RvlSetting *setting);
