#pragma once
#include <stddef.h>
#include <stdint.h>

// SHA-256 of one message, by the BoringSSL that swift-crypto links in. Its Swift interface makes a context on the heap for
// every message, and most of a log's are short.
void *CCryptoBoringSSL_SHA256(const void *data, size_t length, void *digest);
