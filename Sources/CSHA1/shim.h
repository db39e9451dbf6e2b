#pragma once
#include <stddef.h>
#include <stdint.h>

// SHA-1 of one message, of which name-based UUIDs are made, by the BoringSSL that swift-crypto links in: without the
// context on the heap that its Swift interface makes.
void *CCryptoBoringSSL_SHA1(const void *data, size_t length, void *digest);
