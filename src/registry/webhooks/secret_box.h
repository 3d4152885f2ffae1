#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "registry/webhooks/fernet.h"

namespace millrace::registry {

/// Secrets of webhooks as stores keep them: sealed with the operator's key, or not at all. Any thread.
class SecretBox {
 public:
  /// `key` may be empty. Throws INVALID_PARAMETER_VALUE for one that is no Fernet key.
  explicit SecretBox(const Secret& key);

  /// Empty for an empty secret. Throws INVALID_PARAMETER_VALUE without a key, and for a secret that is too
  /// long for the reference's column.
  std::string seal(const Secret& secret) const;

  /// Empty for empty text. Throws INVALID_STATE without the key that it was sealed with.
  Secret unseal(const std::string& sealed) const;

 private:
  std::optional<Fernet> fernet_;
};

}  // namespace millrace::registry
