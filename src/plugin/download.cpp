#include "plugin/download.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdlib>

#include "base/curl.h"
#include "base/descriptor.h"
#include "base/error.h"
#include "base/uri.h"
#include "plugin/digest.h"
#include "plugin/file_text.h"
#include "plugin/scheme.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

// Where the bytes go; no exception may cross libcurl, so a fault is kept until the transfer ended.
struct Sink {
  const Descriptor& file;
  const fs::path& path;
  uint64_t limit;
  Sha256 digest;
  uint64_t bytes = 0;
  std::exception_ptr fault;

  void take(std::string_view piece) {
    bytes += piece.size();
    if (bytes > limit) {
      throw_invalid_parameter("The download has more than " + std::to_string(limit) + " bytes.");
    }
    write_all(file, path, piece);
    digest.add(piece);
  }
};

size_t receive(char* data, size_t size, size_t count, void* context) {
  auto& sink = *static_cast<Sink*>(context);
  try {
    sink.take(std::string_view(data, size * count));
    return size * count;
  } catch (...) {
    sink.fault = std::current_exception();
    return 0;
  }
}

std::string shown(const std::string& url) {
  const Uri uri = parse_uri(url);
  const std::string_view host = uri.authority.substr(uri.authority.rfind('@') + 1);
  return "'https://" + std::string(host) + std::string(uri.path) + "'";
}

void set_options(const CurlLibrary& curl, CURL* handle, const Download& request, Sink& sink, char* reason) {
  curl.setopt(handle, CURLOPT_URL, request.url.c_str());
  curl.setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
  curl.setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl.setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl.setopt(handle, CURLOPT_MAXREDIRS, 5L);
  curl.setopt(handle, CURLOPT_FAILONERROR, 1L);
  curl.setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl.setopt(handle, CURLOPT_CONNECTTIMEOUT, 15L);
  curl.setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1024L);
  curl.setopt(handle, CURLOPT_LOW_SPEED_TIME, 30L);
  curl.setopt(handle, CURLOPT_USERAGENT, "millrace");
  curl.setopt(handle, CURLOPT_ERRORBUFFER, reason);
  curl.setopt(handle, CURLOPT_WRITEFUNCTION, &receive);
  curl.setopt(handle, CURLOPT_WRITEDATA, &sink);
  if (const char* certificates = std::getenv("SSL_CERT_FILE")) {
    curl.setopt(handle, CURLOPT_CAINFO, certificates);
  }
}

void transfer(const Download& request, Sink& sink) {
  const CurlLibrary curl(
      "A download needs libcurl, which is not installed (Debian: libcurl4). Fetch the file by other means "
      "and "
      "install it from there.");
  const CurlHandle handle(curl);
  char reason[CURL_ERROR_SIZE] = "";
  set_options(curl, handle.get(), request, sink, reason);
  const CURLcode result = curl.perform(handle.get());
  if (sink.fault) std::rethrow_exception(sink.fault);
  if (result == CURLE_OK) return;
  throw Error(ErrorCode::kTemporarilyUnavailable, "Cannot download " + shown(request.url) + ": " +
                                                      (*reason == '\0' ? "unknown reason" : reason) + ".");
}

void check(const Download& request) {
  if (scheme_of(request.url) != "https") {
    throw_invalid_parameter("Plugins are downloaded from https: URLs only.");
  }
  if (!is_sha256(request.sha256)) {
    throw_invalid_parameter(
        "A download needs the SHA-256 that the archive must have: --sha256 and 64 lower-case "
        "hexadecimal digits.");
  }
}

void fetch(const Download& request, const fs::path& target) {
  const Descriptor file(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) throw_file_error("create", target, errno);
  Sink sink{file, target, request.limit, {}, 0, nullptr};
  transfer(request, sink);
  const std::string hash = sink.digest.hex();
  if (hash == request.sha256) return;
  throw_invalid_parameter(shown(request.url) + " has the SHA-256 " + hash + ", expected was " +
                          request.sha256 + ". Nothing was installed.");
}

}  // namespace

void download(const Download& request, const fs::path& target) {
  check(request);
  try {
    fetch(request, target);
  } catch (const Error&) {
    ::unlink(target.c_str());
    throw;
  }
}

bool is_url(std::string_view text) {
  return text.find("://") != std::string_view::npos && !scheme_of(text).empty();
}

}  // namespace millrace::plugin
