/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Children's policies: selectors with `dynamic` filled in, and offers with ESN and groups. */
#include "config.h"

#include "policy/connection.h"

RvlSelectors *
rvl_child_policy_selectors(const RvlChildPolicy *child, bool is_local, const RvlAddress *own)
{
    const RvlSelectors *configured = is_local ? child->local : child->remote;
    size_t n = rvl_selectors_count(configured);
    g_autofree RvlSelector *filled = g_new0(RvlSelector, n + 1);

    for (size_t i = 0; i < n; i++) {
        filled[i] = *rvl_selectors_get(configured, i);
        if (filled[i].range.first.family == RVL_FAMILY_NONE)
            filled[i].range = (RvlRange){*own, *own};
    }
    return rvl_selectors_new(filled, n);
}

static void
add(GArray *transforms, RvlTransformType type, uint16_t id)
{
    RvlProposedTransform proposed = {{(uint8_t)type, id, 0}, true};

    g_array_append_val(transforms, proposed);
}

/* The transforms of one offered proposal, by type. */
static GArray *
transforms_of(const RvlProposal *proposal, const RvlChildPolicy *child, bool has_esn, bool has_ke)
{
    GArray *transforms = g_array_new(FALSE, FALSE, sizeof(RvlProposedTransform));

    for (size_t i = 0; i < proposal->n_transforms; i++) {
        const RvlProposedTransform *proposed = &proposal->transforms[i];

        if (proposed->transform.type != RVL_TRANSFORM_KE || (has_ke && child->pfs != RVL_PFS_NO))
            g_array_append_vals(transforms, proposed, 1);
    }
    if (has_ke && child->pfs == RVL_PFS_YES) /* a peer without PFS is taken, as the last choice */
        add(transforms, RVL_TRANSFORM_KE, RVL_TRANSFORM_ID_NONE);
    if (has_esn && child->esn != RVL_ESN_NO)
        add(transforms, RVL_TRANSFORM_ESN, RVL_TRANSFORM_ID_ESN_YES);
    if (child->esn != RVL_ESN_YES)
        add(transforms, RVL_TRANSFORM_ESN, RVL_TRANSFORM_ID_ESN_NO);
    return transforms;
}

RvlProposals *
rvl_child_policy_offer(const RvlChildPolicy *child, bool has_esn, bool has_key_exchange)
{
    const RvlProposals *configured = child->proposals;
    g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autofree RvlProposal *offered = g_new0(RvlProposal, configured->n + 1);

    for (size_t i = 0; i < configured->n; i++) {
        GArray *transforms = transforms_of(&configured->list[i], child, has_esn, has_key_exchange);

        g_ptr_array_add(lists, transforms);
        offered[i] = (RvlProposal){
            .protocol = configured->list[i].protocol,
            .transforms = (const RvlProposedTransform *)(const void *)transforms->data,
            .n_transforms = transforms->len,
        };
    }
    return rvl_proposals_new(offered, configured->n, configured->words, configured->weak);
}
