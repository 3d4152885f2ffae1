#include "registry/webhooks/secret_box.h"

#include "base/error.h"

namespace millrace::registry {
namespace {

constexpr size_t kLongestSealed = 1000;  // bytes: the width of the column
constexpr size_t kLongestSecret = 687;   // bytes: what takes 996 of them

}  // namespace

SecretBox::SecretBox(const Secret& key) {
  if (!key.empty()) fernet_.emplace(key);
}

std::string SecretBox::seal(const Secret& secret) const {
  if (secret.empty()) return "";
  if (!fernet_) {
    throw_invalid_parameter(
        "This server keeps no secrets of webhooks, since it has no key to seal them with. Start it with a "
        "Fernet "
        "key in MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY, or create the webhook without a secret.");
  }
  std::string sealed = fernet_->seal(secret);
  if (sealed.size() > kLongestSealed) {
    throw_invalid_parameter("The secret of a webhook has at most " + std::to_string(kLongestSecret) +
                            " bytes.");
  }
  return sealed;
}

Secret SecretBox::unseal(const std::string& sealed) const {
  if (sealed.empty()) return Secret();
  if (!fernet_) {
    throw Error(ErrorCode::kInvalidState,
                "The secret cannot be read: the server has no key in MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY.");
  }
  return fernet_->unseal(sealed);
}

}  // namespace millrace::registry
