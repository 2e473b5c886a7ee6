/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers between the contract's octets and the library's form. */
#include "config.h"

#include "backend.h"

#include <string.h>

gcry_mpi_t
gcrypt_number(const RvlOctets *octets)
{
    gcry_mpi_t number = NULL;

    if (octets == NULL ||
        gcry_mpi_scan(&number, GCRYMPI_FMT_USG, octets->data, octets->size, NULL) != 0)
        return NULL;
    return number;
}

static gcry_mpi_t
secret_number_from(const uint8_t *octets, size_t size)
{
    gcry_mpi_t number = NULL;

    if (gcry_mpi_scan(&number, GCRYMPI_FMT_USG, octets, size, NULL) != 0)
        return NULL;
    gcry_mpi_set_flag(number, GCRYMPI_FLAG_SECURE);
    return number;
}

gcry_mpi_t
gcrypt_secret_number(const RvlSecret *secret)
{
    return secret != NULL ? secret_number_from(rvl_secret_octets(secret), rvl_secret_size(secret))
                          : NULL;
}

gcry_mpi_t
gcrypt_random_number(gcry_mpi_t end)
{
    unsigned bits = gcry_mpi_get_nbits(end);
    size_t octets = (bits + 7) / 8;
    g_autoptr(RvlSecret) drawn = rvl_secret_new(octets);
    uint8_t *fill = rvl_secret_fill(drawn);

    for (;;) {
        gcry_mpi_t number;

        gcry_randomize(fill, octets, GCRY_STRONG_RANDOM);
        fill[0] &= 0xff >> (8 * octets - bits);
        number = secret_number_from(fill, octets);
        if (number == NULL || (gcry_mpi_cmp_ui(number, 0) > 0 && gcry_mpi_cmp(number, end) < 0))
            return number;
        gcry_mpi_release(number);
    }
}

bool
gcrypt_number_write(gcry_mpi_t number, uint8_t *out, size_t octets)
{
    size_t needed = (gcry_mpi_get_nbits(number) + 7) / 8;
    size_t written;

    if (needed > octets)
        return false;
    memset(out, 0, octets);
    return needed == 0 ||
           gcry_mpi_print(GCRYMPI_FMT_USG, out + octets - needed, needed, &written, number) == 0;
}
