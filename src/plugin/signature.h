#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::plugin {

/// Ed25519 signatures (RFC 8032) of plugins, over the text of their lock. Keys and signatures are written in
/// base64: 32 and 64 bytes.

/// Who signed what; the content of plugin.sig: "ed25519 <public key> <signature>\n".
struct Signature {
  std::string public_key;
  std::string signature;

  std::string to_text() const;
};

/// Understands the content of plugin.sig. Throws INVALID_PARAMETER_VALUE that names `file`.
Signature parse_signature(std::string_view text, const std::filesystem::path& file);

/// Signs with a private key from a PEM file, as `openssl genpkey -algorithm ed25519` makes it. Throws
/// INVALID_PARAMETER_VALUE when the file holds no such key, or one with a pass phrase.
Signature sign(std::string_view content, const std::filesystem::path& private_key_file);

/// Whether the signature is that of its public key over `content`, and the key is one of those trusted.
bool is_signed_by(const Signature& signature, std::string_view content,
                  const std::vector<std::string>& trusted_keys);

bool is_public_key(std::string_view text);

}  // namespace millrace::plugin
