/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signatures between the contract's octets and the library's S-expressions. */
#include "config.h"

#include "backend.h"

#include <ravelin/asymmetric-key.h>
#include <ravelin/reader.h>
#include <ravelin/writer.h>

#define DER_SEQUENCE 0x30
#define DER_INTEGER 0x02
#define DER_ONE_OCTET_LENGTH 0x81 /* a length of 128 to 255 follows */
#define DER_LONGEST 256

/* Only as long as the modulus, and below it (RFC 8017 8.2.2). */
gcry_sexp_t
gcrypt_proof_from_rsa(const RvlAsymmetricKey *key, const RvlOctets *octets)
{
    g_auto(gcry_mpi_t) n = gcrypt_number(rvl_asymmetric_key_parameter(key, "n"));
    g_auto(gcry_mpi_t) s = gcrypt_number(octets);
    gcry_sexp_t sexp = NULL;

    if (n == NULL || s == NULL || octets->size != (gcry_mpi_get_nbits(n) + 7) / 8 ||
        gcry_mpi_cmp(s, n) >= 0 || gcry_sexp_build(&sexp, NULL, "(sig-val (rsa (s %M)))", s) != 0)
        return NULL;
    return sexp;
}

/* A length in DER: the shortest form of it. */
static size_t
read_length(RvlReader *reader)
{
    size_t length = rvl_reader_u8(reader, "length");

    if (length < 0x80)
        return length;
    if (length == DER_ONE_OCTET_LENGTH)
        length = rvl_reader_u8(reader, "length");
    else
        length = 0;
    if (length < 0x80)
        rvl_reader_fail(reader, "length");
    return length;
}

/* A positive INTEGER in DER: no more leading zeros than its sign asks for. */
static gcry_mpi_t
read_integer(RvlReader *reader)
{
    RvlOctets octets;

    if (rvl_reader_u8(reader, "INTEGER") != DER_INTEGER)
        rvl_reader_fail(reader, "INTEGER");
    octets.size = read_length(reader);
    octets.data = rvl_reader_octets(reader, octets.size, "INTEGER");
    if (rvl_reader_failed(reader) || octets.size == 0 || octets.data[0] >= 0x80 ||
        (octets.data[0] == 0 && (octets.size == 1 || octets.data[1] < 0x80))) {
        rvl_reader_fail(reader, "INTEGER");
        return NULL;
    }
    return gcrypt_number(&octets);
}

/* SEQUENCE of r and s (RFC 3279 2.2.3). */
gcry_sexp_t
gcrypt_proof_from_ecdsa(const RvlAsymmetricKey *key, const RvlOctets *octets)
{
    g_auto(gcry_mpi_t) r = NULL;
    g_auto(gcry_mpi_t) s = NULL;
    gcry_sexp_t sexp = NULL;
    RvlReader reader;

    rvl_reader_init(&reader, octets->data, octets->size);
    if (rvl_reader_u8(&reader, "SEQUENCE") != DER_SEQUENCE)
        rvl_reader_fail(&reader, "SEQUENCE");
    if (read_length(&reader) != rvl_reader_left(&reader))
        rvl_reader_fail(&reader, "SEQUENCE");
    r = read_integer(&reader);
    s = read_integer(&reader);
    if (!rvl_reader_check_end(&reader, NULL) || r == NULL || s == NULL ||
        gcry_sexp_build(&sexp, NULL, "(sig-val (ecdsa (r %M)(s %M)))", r, s) != 0)
        return NULL;
    return sexp;
}

static gcry_mpi_t
number_in(gcry_sexp_t sexp, const char *name)
{
    g_auto(gcry_sexp_t) part = gcry_sexp_find_token(sexp, name, 0);

    return part != NULL ? gcry_sexp_nth_mpi(part, 1, GCRYMPI_FMT_USG) : NULL;
}

GBytes *
gcrypt_proof_to_rsa(const RvlAsymmetricKey *key, gcry_sexp_t sexp)
{
    g_auto(gcry_mpi_t) n = gcrypt_number(rvl_asymmetric_key_parameter(key, "n"));
    g_auto(gcry_mpi_t) s = number_in(sexp, "s");
    size_t octets = n != NULL ? (gcry_mpi_get_nbits(n) + 7) / 8 : 0;
    g_autofree uint8_t *out = g_malloc(MAX(octets, 1));

    if (s == NULL || !gcrypt_number_write(s, out, octets))
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&out), octets);
}

static void
write_length(RvlWriter *writer, size_t length)
{
    if (length >= 0x80)
        rvl_writer_u8(writer, DER_ONE_OCTET_LENGTH);
    rvl_writer_u8(writer, (uint8_t)length);
}

/* Octets of a positive number in DER: with a zero before a first bit that is set. */
static size_t
integer_octets(gcry_mpi_t number)
{
    return gcry_mpi_get_nbits(number) / 8 + 1;
}

static void
write_integer(RvlWriter *writer, gcry_mpi_t number)
{
    size_t octets = integer_octets(number);
    uint8_t *place;

    rvl_writer_u8(writer, DER_INTEGER);
    write_length(writer, octets);
    place = rvl_writer_reserve(writer, octets);
    if (place != NULL)
        gcrypt_number_write(number, place, octets); /* fits: it was measured */
}

GBytes *
gcrypt_proof_to_ecdsa(const RvlAsymmetricKey *key, gcry_sexp_t sexp)
{
    g_auto(gcry_mpi_t) r = number_in(sexp, "r");
    g_auto(gcry_mpi_t) s = number_in(sexp, "s");
    g_autoptr(RvlWriter) writer = rvl_writer_new(DER_LONGEST);

    if (r == NULL || s == NULL)
        return NULL;
    rvl_writer_u8(writer, DER_SEQUENCE);
    write_length(writer, 2 + integer_octets(r) + 2 + integer_octets(s));
    write_integer(writer, r);
    write_integer(writer, s);
    return rvl_writer_finish(writer, NULL);
}
