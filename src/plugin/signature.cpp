#include "plugin/signature.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/secret.h"
#include "plugin/file_text.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

constexpr size_t kKeyBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr size_t kLargestKeyFile = 64 * 1024;
constexpr std::string_view kAlgorithm = "ed25519 ";

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string to_base64(const std::string& bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes_of(bytes),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<size_t>(length));
  return text;
}

// Empty unless `text` is the one base64 form of exactly so many bytes.
std::optional<std::string> from_base64(std::string_view text, size_t size) {
  if (text.size() != (size + 2) / 3 * 4) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytes_of(text),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  bytes.resize(size);
  return to_base64(bytes) == text ? std::optional(bytes) : std::nullopt;
}

// Refuses instead of asking at a terminal.
int no_pass_phrase(char*, int, int, void*) {
  return 0;
}

Key read_private_key(const fs::path& file) {
  const Secret pem(read_text_file(file, kLargestKeyFile));
  const std::unique_ptr<BIO, decltype(&BIO_free)> source(
      BIO_new_mem_buf(pem.reveal().data(), static_cast<int>(pem.reveal().size())), BIO_free);
  Key key(PEM_read_bio_PrivateKey(source.get(), nullptr, no_pass_phrase, nullptr), EVP_PKEY_free);
  if (key && EVP_PKEY_id(key.get()) == EVP_PKEY_ED25519) return key;
  throw_invalid_parameter(
      "'" + file.string() +
      "' holds no Ed25519 private key without a pass phrase. Make one with `openssl genpkey "
      "-algorithm ed25519 -out FILE`.");
}

std::string public_part(const Key& key) {
  std::string bytes(kKeyBytes, '\0');
  size_t length = bytes.size();
  EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(bytes.data()), &length);
  return bytes;
}

std::string sign_with(const Key& key, std::string_view content) {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  size_t length = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                     bytes_of(content), content.size()) != 1) {
    throw Error(ErrorCode::kInternalError, "OpenSSL cannot sign.");
  }
  return signature;
}

bool verifies(const std::string& public_key, const std::string& signature, std::string_view content) {
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), kKeyBytes),
                EVP_PKEY_free);
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), kSignatureBytes, bytes_of(content),
                          content.size()) == 1;
}

}  // namespace

std::string Signature::to_text() const {
  return std::string(kAlgorithm) + public_key + " " + signature + "\n";
}

Signature parse_signature(std::string_view text, const fs::path& file) {
  if (text.starts_with(kAlgorithm) && text.ends_with('\n')) {
    text.remove_prefix(kAlgorithm.size());
    text.remove_suffix(1);
    const size_t blank = std::min(text.find(' '), text.size() - 1);
    Signature signature{std::string(text.substr(0, blank)), std::string(text.substr(blank + 1))};
    if (is_public_key(signature.public_key) && from_base64(signature.signature, kSignatureBytes)) {
      return signature;
    }
  }
  throw_invalid_parameter("'" + file.string() +
                          "' is no signature: expected 'ed25519 PUBLIC_KEY SIGNATURE' in base64.");
}

Signature sign(std::string_view content, const fs::path& private_key_file) {
  const Key key = read_private_key(private_key_file);
  return {to_base64(public_part(key)), to_base64(sign_with(key, content))};
}

bool is_signed_by(const Signature& signature, std::string_view content,
                  const std::vector<std::string>& trusted_keys) {
  if (std::find(trusted_keys.begin(), trusted_keys.end(), signature.public_key) == trusted_keys.end()) {
    return false;
  }
  const auto key = from_base64(signature.public_key, kKeyBytes);
  const auto bytes = from_base64(signature.signature, kSignatureBytes);
  return key && bytes && verifies(*key, *bytes, content);
}

bool is_public_key(std::string_view text) {
  return from_base64(text, kKeyBytes).has_value();
}

}  // namespace millrace::plugin
