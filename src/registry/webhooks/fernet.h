#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace millrace::registry {

/// Seals secrets as the Fernet specification says (version 0x80: AES-128 in CBC mode, HMAC-SHA256,
/// base64url), which is how the reference keeps those of webhooks. Any thread.
class Fernet {
 public:
  /// `key` is 32 bytes as base64url. Throws INVALID_PARAMETER_VALUE, without the key, for others.
  explicit Fernet(const Secret& key);

  std::string seal(const Secret& secret) const;
  /// The same with a time in seconds since the Unix epoch and 16 bytes of randomness of the caller's choice.
  std::string seal(const Secret& secret, uint64_t time, std::string_view random) const;

  /// Throws INVALID_STATE for what this key did not seal. Tokens of any age are taken.
  Secret unseal(std::string_view token) const;

 private:
  std::string_view signing_key() const { return key_.reveal().substr(0, 16); }
  std::string_view encryption_key() const { return key_.reveal().substr(16); }

  Secret key_;
};

}  // namespace millrace::registry
