/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Child SA's policy, of a [child] or a [connection]. */
#include "config.h"

#include <string.h>

#include "policy/compile-parts.h"
#include "policy/protect.h"

static const char *
text_of(const RvlConfigGroup *group, const char *key)
{
    return rvl_settings_text(group->settings, key, "");
}

static bool
compile_selectors(const RvlCompiler *compiler, const RvlConfigGroup *group, RvlChildPolicy *child)
{
    const char *text = rvl_settings_text(group->settings, "protect", NULL);
    GError *error = NULL;

    if (text == NULL) {
        rvl_compiler_say(compiler, group, NULL, "write protect = LOCAL <-> REMOTE",
                         "the group protects nothing");
        return false;
    }
    if (rvl_protect_parse(text, &child->local, &child->remote, &error))
        return true;
    rvl_compiler_add(compiler, group, "protect", error);
    return false;
}

static bool
compile_shape(const RvlCompiler *compiler, const RvlConfigGroup *group, RvlChildPolicy *child)
{
    child->protocol = RVL_PROTOCOL_ESP;
    child->mode = RVL_MODE_TUNNEL;
    if (strcmp(text_of(group, "protocol"), "esp") != 0)
        rvl_compiler_say(compiler, group, "protocol", "write esp",
                         "this release does not serve AH yet");
    else if (strcmp(text_of(group, "mode"), "tunnel") != 0)
        rvl_compiler_say(compiler, group, "mode", "write tunnel",
                         "this release does not serve transport mode yet");
    else
        return true;
    return false;
}

static RvlKeep
keep_of(const RvlConfigGroup *group, const RvlConnection *connection)
{
    const char *text = text_of(group, "keep");

    if (*text == '\0')
        return rvl_connection_has_remote(connection) ? RVL_KEEP_UP : RVL_KEEP_NONE;
    return strcmp(text, "up") == 0     ? RVL_KEEP_UP
           : strcmp(text, "trap") == 0 ? RVL_KEEP_TRAP
                                       : RVL_KEEP_NONE;
}

static bool
compile_keep(const RvlCompiler *compiler,
             const RvlConnection *connection,
             const RvlConfigGroup *group,
             RvlChildPolicy *child)
{
    child->keep = keep_of(group, connection);
    if (child->keep == RVL_KEEP_NONE || rvl_connection_has_remote(connection))
        return true;
    rvl_compiler_say(compiler, group, "keep", "name the peer by remote-address",
                     "nobody can be called without an address");
    return false;
}

static void
compile_words(const RvlConfigGroup *group, RvlChildPolicy *child)
{
    const char *esn = text_of(group, "esn");
    const char *pfs = text_of(group, "pfs");

    child->esn = strcmp(esn, "yes") == 0  ? RVL_ESN_YES
                 : strcmp(esn, "no") == 0 ? RVL_ESN_NO
                                          : RVL_ESN_AUTO;
    child->pfs = strcmp(pfs, "require") == 0 ? RVL_PFS_REQUIRE
                 : strcmp(pfs, "no") == 0    ? RVL_PFS_NO
                                             : RVL_PFS_YES;
    child->rekey = strcmp(text_of(group, "rekey"), "no") != 0;
    child->replay_window = (uint32_t)rvl_settings_number(group->settings, "replay-window", 0);
}

static bool
compile_lifetime(const RvlCompiler *compiler,
                 const RvlProfile *profile,
                 const RvlConfigGroup *group,
                 RvlChildPolicy *child)
{
    GError *error = NULL;

    child->lifetime = rvl_lifetime_of(rvl_settings_find(group->settings, "lifetime"));
    if (rvl_profile_bound(profile, &profile->lifetime, &child->lifetime, &error))
        return true;
    rvl_compiler_add(compiler, group, "lifetime", error);
    return false;
}

static bool
has_group(const RvlProposal *proposal)
{
    for (size_t i = 0; i < proposal->n_transforms; i++) {
        if (proposal->transforms[i].transform.type == RVL_TRANSFORM_KE)
            return true;
    }
    return false;
}

/* Appends the IKE proposals' groups, each once, by preference. */
static void
append_groups(GArray *transforms, const RvlProposals *ike)
{
    for (size_t i = 0; i < ike->n; i++) {
        for (size_t j = 0; j < ike->list[i].n_transforms; j++) {
            const RvlProposedTransform *group = &ike->list[i].transforms[j];
            bool is_there = group->transform.type != RVL_TRANSFORM_KE;

            for (guint k = 0; k < transforms->len && !is_there; k++)
                is_there = rvl_transform_equal(
                    &g_array_index(transforms, RvlProposedTransform, k).transform,
                    &group->transform);
            if (!is_there)
                g_array_append_vals(transforms, group, 1);
        }
    }
}

/* Proposals that name no group get those of the IKE SA. */
static RvlProposals *
with_groups(const RvlProposals *named, const RvlProposals *ike)
{
    g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autofree RvlProposal *proposals = g_new0(RvlProposal, named->n + 1);

    for (size_t i = 0; i < named->n; i++) {
        GArray *transforms = g_array_new(FALSE, FALSE, sizeof(RvlProposedTransform));

        g_array_append_vals(transforms, named->list[i].transforms,
                            (guint)named->list[i].n_transforms);
        if (!has_group(&named->list[i]))
            append_groups(transforms, ike);
        g_ptr_array_add(lists, transforms);
        proposals[i] = named->list[i];
        proposals[i].transforms = (const RvlProposedTransform *)(const void *)transforms->data;
        proposals[i].n_transforms = transforms->len;
    }
    return rvl_proposals_new(proposals, named->n, named->words, named->weak);
}

/* The same lists make the same proposals: children of a whole gateway share a few. */
static RvlProposals *
shared_with_groups(const RvlCompiler *compiler, const RvlProposals *named, const RvlProposals *ike)
{
    g_autofree char *shared_as =
        g_strdup_printf("%p with groups of %p", (const void *)named, (const void *)ike);
    RvlProposals *shared = g_hash_table_lookup(compiler->proposals, shared_as);

    if (shared == NULL) {
        shared = with_groups(named, ike);
        g_hash_table_insert(compiler->proposals, g_steal_pointer(&shared_as), shared);
    }
    return rvl_proposals_ref(shared);
}

static bool
compile_proposals(const RvlCompiler *compiler,
                  const RvlConnection *connection,
                  const RvlProfile *profile,
                  const RvlConfigGroup *group,
                  RvlChildPolicy *child)
{
    /* A further child goes by the connection's proposals where it names none. */
    const RvlConfigGroup *own = g_ptr_array_index(connection->parts->groups, 0);
    bool is_named = rvl_settings_find(group->settings, "child-proposals") != NULL;
    g_autoptr(RvlProposals) named = rvl_compiler_proposals(
        compiler, is_named ? group : own, profile, "child-proposals", RVL_PROTOCOL_ESP);

    if (named == NULL || connection->ike_proposals == NULL)
        return false;
    child->proposals = shared_with_groups(compiler, named, connection->ike_proposals);
    return true;
}

bool
rvl_compile_child(const RvlCompiler *compiler,
                  const RvlConnection *connection,
                  const RvlProfile *profile,
                  const RvlConfigGroup *group,
                  RvlChildPolicy *child)
{
    const char *slash = strchr(group->name, '/');
    bool is_good;

    child->name = g_strdup(slash != NULL ? slash + 1 : group->name);
    child->settings = rvl_settings_ref(group->settings);
    compile_words(group, child);
    if (rvl_connection_child(connection, child->name) != child) {
        rvl_compiler_say(compiler, group, NULL, "choose another name",
                         "the connection's own child has this name already");
        return false;
    }
    is_good = compile_selectors(compiler, group, child);
    is_good &= compile_shape(compiler, group, child);
    is_good &= compile_keep(compiler, connection, group, child);
    is_good &= compile_lifetime(compiler, profile, group, child);
    is_good &= compile_proposals(compiler, connection, profile, group, child);
    return is_good;
}
