#include "registry/webhooks/fernet.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

#include "base/base64.h"
#include "base/clock.h"
#include "base/error.h"
#include "registry/webhooks/hmac.h"

namespace millrace::registry {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kBlock = 16;
constexpr size_t kHead = 1 + 8 + kBlock;  // version, time, initialization vector
constexpr size_t kDigest = 32;
constexpr char kVersion = static_cast<char>(0x80);

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

[[noreturn]] void throw_unreadable() {
  throw Error(ErrorCode::kInvalidState,
              "The secret cannot be read: it was sealed with another key than the one that "
              "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY holds now. Set the secret anew.");
}

// Encrypts or decrypts `input` as a whole; false when its padding is wrong.
bool run_cipher(bool encrypt, std::string_view key, std::string_view vector, std::string_view input,
                std::string& output) {
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  output.assign(input.size() + kBlock, '\0');
  int first = 0;
  int last = 0;
  if (!cipher ||
      EVP_CipherInit_ex(cipher.get(), EVP_aes_128_cbc(), nullptr, bytes_of(key), bytes_of(vector),
                        encrypt ? 1 : 0) != 1 ||
      EVP_CipherUpdate(cipher.get(), bytes_of(output), &first, bytes_of(input),
                       static_cast<int>(input.size())) != 1 ||
      EVP_CipherFinal_ex(cipher.get(), bytes_of(output) + first, &last) != 1) {
    return false;
  }
  output.resize(static_cast<size_t>(first + last));
  return true;
}

std::string random_block() {
  std::string bytes(kBlock, '\0');
  if (RAND_bytes(bytes_of(bytes), static_cast<int>(bytes.size())) != 1) {
    throw Error(ErrorCode::kInternalError, "OpenSSL has no random bytes.");
  }
  return bytes;
}

}  // namespace

Fernet::Fernet(const Secret& key) {
  auto bytes = base64_decode(key.reveal(), Base64Alphabet::kUrlSafe);
  if (!bytes || bytes->size() != kKeyBytes) {
    throw_invalid_parameter(
        "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY is no Fernet key: 32 bytes as URL-safe base64 are expected, as "
        "'openssl rand -base64 32 | tr +/ -_' makes them.");
  }
  key_ = Secret(std::move(*bytes));
}

std::string Fernet::seal(const Secret& secret) const {
  return seal(secret, static_cast<uint64_t>(unix_millis() / 1000), random_block());
}

std::string Fernet::seal(const Secret& secret, uint64_t time, std::string_view random) const {
  std::string token(1, kVersion);
  for (int shift = 56; shift >= 0; shift -= 8) token += static_cast<char>(time >> shift & 255);
  token += random;
  std::string sealed;
  if (!run_cipher(true, encryption_key(), random, secret.reveal(), sealed)) {
    throw Error(ErrorCode::kInternalError, "OpenSSL cannot encrypt.");
  }
  token += sealed;
  token += hmac_sha256(signing_key(), token);
  return base64_encode(token, Base64Alphabet::kUrlSafe);
}

Secret Fernet::unseal(std::string_view token) const {
  const auto bytes = base64_decode(token, Base64Alphabet::kUrlSafe);
  if (!bytes || bytes->size() < kHead + kBlock + kDigest || bytes->front() != kVersion) throw_unreadable();
  const std::string_view all(*bytes);
  const std::string_view signed_part = all.substr(0, all.size() - kDigest);
  const std::string digest = hmac_sha256(signing_key(), signed_part);
  if (CRYPTO_memcmp(digest.data(), all.data() + signed_part.size(), kDigest) != 0) throw_unreadable();
  std::string plain;
  if (!run_cipher(false, encryption_key(), all.substr(9, kBlock), signed_part.substr(kHead), plain)) {
    throw_unreadable();
  }
  return Secret(std::move(plain));
}

}  // namespace millrace::registry
