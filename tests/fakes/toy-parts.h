/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the toy backend: rows of primitives by kind. */
#pragma once

#include <ravelin/crypto-backend.h>

#include "fakes/toy-mix.h"

#define TOY_BACKEND "toy_insecure"

/* Each is an array that ends in an element without a name; `self` is the element itself, or for a
 * KEM the mix that it draws from. */
extern const RvlHash toy_hashes[];
extern const RvlMac toy_macs[];
extern const RvlCipher toy_ciphers[];
extern const RvlAead toy_aeads[];
extern const RvlSignature toy_signatures[];

#define TOY_KEMS 5
void toy_kems_init(RvlKem kems[TOY_KEMS], ToyMix *random);
