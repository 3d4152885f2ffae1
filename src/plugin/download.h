#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace millrace::plugin {

/// Largest archive that is downloaded, in bytes.
inline constexpr uint64_t kDownloadLimit = uint64_t{2} << 30;

struct Download {
  std::string url;     ///< https: only, redirections too
  std::string sha256;  ///< what the bytes have to hash to
  uint64_t limit = kDownloadLimit;
};

/// Fetches a file with libcurl, which is loaded when first needed: linked, it would slow every start of the
/// program. Proxies are taken from https_proxy and no_proxy, certificates from the system or the file that
/// SSL_CERT_FILE names. Gives up when nothing is connected within 15 seconds or fewer than 1 KB/s come for 30
/// seconds. `target` must not be there; it is removed again when something fails.
/// Throws INVALID_PARAMETER_VALUE for other URLs, a wrong hash and too many bytes, TEMPORARILY_UNAVAILABLE
/// when the server cannot be reached or answers an error, INVALID_STATE when libcurl is not installed.
/// Messages repeat of the URL the host and path alone.
void download(const Download& request, const std::filesystem::path& target);

/// Whether the text is meant as a URL rather than a file name.
bool is_url(std::string_view text);

}  // namespace millrace::plugin
