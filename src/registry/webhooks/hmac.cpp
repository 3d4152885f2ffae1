#include "registry/webhooks/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/error.h"

namespace millrace::registry {

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                          reinterpret_cast<unsigned char*>(digest.data()), &size);
  if (done == nullptr) throw Error(ErrorCode::kInternalError, "OpenSSL cannot make an HMAC.");
  digest.resize(size);
  return digest;
}

}  // namespace millrace::registry
