/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Diffie-Hellman modulo a prime by libgcrypt, with the group's p, g and (for some) q as parameters. */
#include "config.h"

#include "backend.h"

#include <ravelin/asymmetric-key.h>

/* A group as its row has it. */
typedef struct {
    gcry_mpi_t p;
    gcry_mpi_t g;
    gcry_mpi_t q; /* order of the subgroup; NULL where p is a safe prime */
    size_t octets;
} Group;

static void
group_clear(Group *group)
{
    gcry_mpi_release(group->p);
    gcry_mpi_release(group->g);
    gcry_mpi_release(group->q);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Group, group_clear)

static bool
group_read(Group *group, const RvlParameter *parameters, size_t n_parameters, GError **error)
{
    group->p = gcrypt_number(rvl_parameter_find(parameters, n_parameters, "p"));
    group->g = gcrypt_number(rvl_parameter_find(parameters, n_parameters, "g"));
    group->q = gcrypt_number(rvl_parameter_find(parameters, n_parameters, "q"));
    if (group->p == NULL || group->g == NULL)
        return gcrypt_fail(error, gcry_error(GPG_ERR_INV_DATA), "p and g of a MODP group");
    group->octets = (gcry_mpi_get_nbits(group->p) + 7) / 8;
    return true;
}

/* Bits of a private value: twice the strength of a safe prime's group (RFC 7919 5.2); the whole
 * length where the modulus is shorter than those, or the order of the subgroup. */
static unsigned
private_bits(const Group *group)
{
    static const struct {
        unsigned modulus_bits;
        unsigned private_bits;
    } rows[] = {
        {8192, 400}, {6144, 375}, {4096, 325}, {3072, 275}, {2048, 225},
    };
    unsigned bits = gcry_mpi_get_nbits(group->p);

    if (group->q != NULL)
        return gcry_mpi_get_nbits(group->q);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (bits >= rows[i].modulus_bits)
            return rows[i].private_bits;
    return bits - 1;
}

static gcry_mpi_t
private_new(const Group *group)
{
    g_auto(gcry_mpi_t) end = gcry_mpi_new(0);

    if (group->q != NULL)
        return gcrypt_random_number(group->q);
    gcry_mpi_set_highbit(end, private_bits(group));
    return gcrypt_random_number(end);
}

/* A public value in its range: 1 < y < p - 1 (RFC 6989 2.1). */
static gcry_mpi_t
public_from(const Group *group, const RvlOctets *octets, GError **error)
{
    g_auto(gcry_mpi_t) last = gcry_mpi_new(0);
    g_auto(gcry_mpi_t) y = octets->size <= group->octets ? gcrypt_number(octets) : NULL;
    gcry_mpi_t taken;

    gcry_mpi_sub_ui(last, group->p, 1);
    if (y == NULL || gcry_mpi_cmp_ui(y, 1) <= 0 || gcry_mpi_cmp(y, last) >= 0) {
        gcrypt_refuse(error, "peer's MODP public value");
        return NULL;
    }
    taken = y;
    y = NULL;
    return taken;
}

static GBytes *
public_of(const Group *group, gcry_mpi_t private_value)
{
    g_auto(gcry_mpi_t) y = gcry_mpi_new(0);
    uint8_t *octets = g_malloc(group->octets);

    gcry_mpi_powm(y, group->g, private_value, group->p);
    gcrypt_number_write(y, octets, group->octets); /* fits: it is below p */
    return g_bytes_new_take(octets, group->octets);
}

static RvlSecret *
shared_from(const Group *group, gcry_mpi_t private_value, gcry_mpi_t peer)
{
    g_auto(gcry_mpi_t) z = gcry_mpi_snew(0);
    RvlSecret *shared = rvl_secret_new(group->octets);

    gcry_mpi_powm(z, peer, private_value, group->p);
    gcrypt_number_write(z, rvl_secret_fill(shared), group->octets);
    return shared;
}

static bool
offer(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      GBytes **public_value,
      RvlSecret **state,
      GError **error)
{
    g_auto(Group) group = {0};
    g_auto(gcry_mpi_t) private_value = NULL;
    g_autoptr(RvlSecret) kept = NULL;
    size_t octets;

    if (!group_read(&group, parameters, n_parameters, error))
        return false;
    octets = (private_bits(&group) + 7) / 8;
    kept = rvl_secret_new(octets);
    private_value = private_new(&group);
    if (private_value == NULL || !gcrypt_number_write(private_value, rvl_secret_fill(kept), octets))
        return gcrypt_fail(error, gcry_error(GPG_ERR_INTERNAL), "MODP private value");
    *public_value = public_of(&group, private_value);
    *state = g_steal_pointer(&kept);
    return true;
}

static bool
answer(void *self,
       const RvlParameter *parameters,
       size_t n_parameters,
       const RvlOctets *peer_public,
       GBytes **public_value,
       RvlSecret **shared,
       GError **error)
{
    g_auto(Group) group = {0};
    g_auto(gcry_mpi_t) peer = NULL;
    g_auto(gcry_mpi_t) private_value = NULL;

    if (!group_read(&group, parameters, n_parameters, error))
        return false;
    peer = public_from(&group, peer_public, error);
    if (peer == NULL)
        return false;
    private_value = private_new(&group);
    if (private_value == NULL)
        return gcrypt_fail(error, gcry_error(GPG_ERR_INTERNAL), "MODP private value");
    *public_value = public_of(&group, private_value);
    *shared = shared_from(&group, private_value, peer);
    return true;
}

static bool
finish(void *self,
       const RvlParameter *parameters,
       size_t n_parameters,
       const RvlSecret *state,
       const RvlOctets *peer_public,
       RvlSecret **shared,
       GError **error)
{
    g_auto(Group) group = {0};
    g_auto(gcry_mpi_t) peer = NULL;
    g_auto(gcry_mpi_t) private_value = gcrypt_secret_number(state);

    if (!group_read(&group, parameters, n_parameters, error))
        return false;
    peer = public_from(&group, peer_public, error);
    if (peer == NULL)
        return false;
    if (private_value == NULL)
        return gcrypt_fail(error, gcry_error(GPG_ERR_INV_DATA), "MODP private value");
    *shared = shared_from(&group, private_value, peer);
    return true;
}

/* In range, and in a group with a subgroup of order q: y^q = 1 (RFC 6989 2.2). */
static bool
check(void *self,
      const RvlParameter *parameters,
      size_t n_parameters,
      const RvlOctets *peer_public,
      GError **error)
{
    g_auto(Group) group = {0};
    g_auto(gcry_mpi_t) y = NULL;
    g_auto(gcry_mpi_t) z = gcry_mpi_new(0);

    if (!group_read(&group, parameters, n_parameters, error))
        return false;
    y = public_from(&group, peer_public, error);
    if (y == NULL || group.q == NULL)
        return y != NULL;
    gcry_mpi_powm(z, y, group.q, group.p);
    return gcry_mpi_cmp_ui(z, 1) == 0 || gcrypt_refuse(error, "peer's MODP public value");
}

void
gcrypt_kem_set_modp(GcryptKem *kem)
{
    kem->kem.offer = offer;
    kem->kem.answer = answer;
    kem->kem.finish = finish;
    kem->kem.check = check;
}
