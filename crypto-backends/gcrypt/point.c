/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A point on a curve from its coordinates: the library takes any pair of numbers. */
#include "config.h"

#include "backend.h"

gcry_mpi_point_t
gcrypt_point(gcry_ctx_t curve, const RvlOctets *coordinates)
{
    const RvlOctets first = {coordinates->data, coordinates->size / 2};
    const RvlOctets second = {coordinates->data + first.size, first.size};
    g_auto(gcry_mpi_t) p = gcry_mpi_ec_get_mpi("p", curve, 0);
    g_auto(gcry_mpi_t) x = gcrypt_number(&first);
    g_auto(gcry_mpi_t) y = gcrypt_number(&second);
    g_auto(gcry_mpi_point_t) point = NULL;

    if (x == NULL || y == NULL || gcry_mpi_cmp(x, p) >= 0 || gcry_mpi_cmp(y, p) >= 0)
        return NULL;
    point = gcry_mpi_point_set(NULL, x, y, GCRYMPI_CONST_ONE);
    return gcry_mpi_ec_curve_point(point, curve) ? g_steal_pointer(&point) : NULL;
}
