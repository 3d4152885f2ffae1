#include "server/http/response_text.h"

#include <zlib.h>

#include <array>
#include <ctime>
#include <utility>

namespace millrace::http {
namespace {

constexpr size_t kSmallestCompressed = 8 * 1024;

// RFC 9110 dates change once a second; each thread keeps the last one it made.
std::string_view date_now() {
  thread_local std::time_t second = 0;
  thread_local std::array<char, 40> text{};
  thread_local size_t length = 0;
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    second = now;
  }
  return {text.data(), length};
}

// A header value with a line break would let its author write headers of his own.
void append_value(std::string& out, std::string_view value) {
  for (const char c : value) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  append_value(out, value);
  out += "\r\n";
}

bool is_compressible(std::string_view type) {
  return type.starts_with("application/json") || type.starts_with("text/") || type.starts_with("image/svg");
}

// "gzip;q=0" is the only way to refuse it that clients use.
bool accepts_gzip(std::string_view accepted) {
  const size_t at = accepted.find("gzip");
  if (at == std::string_view::npos) return false;
  const std::string_view rest = accepted.substr(at + 4, 6);
  return !(rest.starts_with(";q=0") && rest.find_first_of("123456789") == std::string_view::npos);
}

std::string gzip(std::string_view text) {
  constexpr int kFastest = 1;
  constexpr int kGzipWindow = 15 + 16;
  z_stream stream{};
  if (deflateInit2(&stream, kFastest, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string result(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  const int code = deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return code == Z_STREAM_END ? result : std::string();
}

}  // namespace

std::string_view reason_phrase(int status) {
  static constexpr std::pair<int, std::string_view> kPhrases[] = {{200, "OK"},
                                                                  {204, "No Content"},
                                                                  {206, "Partial Content"},
                                                                  {301, "Moved Permanently"},
                                                                  {302, "Found"},
                                                                  {304, "Not Modified"},
                                                                  {400, "Bad Request"},
                                                                  {401, "Unauthorized"},
                                                                  {403, "Forbidden"},
                                                                  {404, "Not Found"},
                                                                  {405, "Method Not Allowed"},
                                                                  {408, "Request Timeout"},
                                                                  {409, "Conflict"},
                                                                  {413, "Content Too Large"},
                                                                  {415, "Unsupported Media Type"},
                                                                  {416, "Range Not Satisfiable"},
                                                                  {429, "Too Many Requests"},
                                                                  {431, "Request Header Fields Too Large"},
                                                                  {499, "Client Closed Request"},
                                                                  {500, "Internal Server Error"},
                                                                  {501, "Not Implemented"},
                                                                  {503, "Service Unavailable"},
                                                                  {504, "Gateway Timeout"},
                                                                  {505, "HTTP Version Not Supported"}};
  for (const auto& [code, phrase] : kPhrases) {
    if (code == status) return phrase;
  }
  return "Status";
}

std::string response_head(const Response& response, const Framing& framing, std::string_view request_id) {
  std::string out;
  out.reserve(512);
  out += "HTTP/1.1 ";
  out += std::to_string(response.status);
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\n";
  append_field(out, "Date", date_now());
  if (!response.content_type.empty()) append_field(out, "Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers.fields()) append_field(out, name, value);
  append_field(out, "X-Request-ID", request_id);
  if (framing.content_length) {
    append_field(out, "Content-Length", std::to_string(*framing.content_length));
  } else if (!framing.http_1_0) {
    append_field(out, "Transfer-Encoding", "chunked");
  }
  if (!framing.keep_alive) {
    append_field(out, "Connection", "close");
  } else if (framing.http_1_0) {
    append_field(out, "Connection", "keep-alive");
  }
  out += "\r\n";
  return out;
}

void compress_if_useful(Response& response, const RequestHead& head) {
  auto* text = std::get_if<std::string>(&response.body);
  if (text == nullptr || text->size() < kSmallestCompressed || !is_compressible(response.content_type))
    return;
  if (response.headers.contains("Content-Encoding")) return;
  response.headers.add("Vary", "Accept-Encoding");
  if (!accepts_gzip(head.headers.get("Accept-Encoding"))) return;
  std::string compressed = gzip(*text);
  if (compressed.empty() || compressed.size() >= text->size()) return;
  response.headers.add("Content-Encoding", "gzip");
  *text = std::move(compressed);
}

}  // namespace millrace::http
