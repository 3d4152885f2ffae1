#include "artifacts/content_type.h"

#include <algorithm>
#include <utility>

#include "base/percent.h"

namespace millrace::artifacts {
namespace {

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {{"txt", "text/plain"},
                                                                    {"log", "text/plain"},
                                                                    {"err", "text/plain"},
                                                                    {"cfg", "text/plain"},
                                                                    {"conf", "text/plain"},
                                                                    {"ini", "text/plain"},
                                                                    {"toml", "text/plain"},
                                                                    {"yaml", "text/plain"},
                                                                    {"yml", "text/plain"},
                                                                    {"py", "text/plain"},
                                                                    {"r", "text/plain"},
                                                                    {"js", "text/plain"},
                                                                    {"ts", "text/plain"},
                                                                    {"css", "text/plain"},
                                                                    {"sh", "text/plain"},
                                                                    {"c", "text/plain"},
                                                                    {"cpp", "text/plain"},
                                                                    {"h", "text/plain"},
                                                                    {"java", "text/plain"},
                                                                    {"sql", "text/plain"},
                                                                    {"mlmodel", "text/plain"},
                                                                    {"mlproject", "text/plain"},
                                                                    {"md", "text/plain"},
                                                                    {"rst", "text/plain"},
                                                                    {"tsv", "text/plain"},
                                                                    {"jsonl", "text/plain"},
                                                                    {"html", "text/html"},
                                                                    {"htm", "text/html"},
                                                                    {"json", "application/json"},
                                                                    {"csv", "text/csv"},
                                                                    {"xml", "text/xml"},
                                                                    {"pdf", "application/pdf"},
                                                                    {"png", "image/png"},
                                                                    {"jpg", "image/jpeg"},
                                                                    {"jpeg", "image/jpeg"},
                                                                    {"gif", "image/gif"},
                                                                    {"svg", "image/svg+xml"},
                                                                    {"webp", "image/webp"},
                                                                    {"bmp", "image/bmp"},
                                                                    {"ico", "image/x-icon"},
                                                                    {"tif", "image/tiff"},
                                                                    {"tiff", "image/tiff"},
                                                                    {"wav", "audio/x-wav"},
                                                                    {"mp3", "audio/mpeg"},
                                                                    {"ogg", "audio/ogg"},
                                                                    {"flac", "audio/flac"},
                                                                    {"mp4", "video/mp4"},
                                                                    {"webm", "video/webm"},
                                                                    {"zip", "application/zip"},
                                                                    {"gz", "application/gzip"},
                                                                    {"tar", "application/x-tar"},
                                                                    {"geojson", "application/geo+json"},
                                                                    {"parquet", "application/octet-stream"},
                                                                    {"pkl", "application/octet-stream"}};

std::string ending_of(std::string_view name) {
  const size_t dot = name.rfind('.');
  std::string ending(dot == std::string_view::npos ? name : name.substr(dot + 1));
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return ending;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// As a quoted string of RFC 9110; what is not ASCII falls out of this old form.
std::string quoted_ascii(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) continue;
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result == "\"" ? "\"download\"" : result + "\"";
}

}  // namespace

std::string content_type_for(std::string_view file_name) {
  const std::string ending = ending_of(file_name);
  for (const auto& [known, type] : kTypes) {
    if (known == ending) return std::string(type);
  }
  return "application/octet-stream";
}

std::string attachment_disposition(std::string_view file_name) {
  std::string result = "attachment; filename=" + quoted_ascii(file_name);
  if (!is_ascii(file_name)) result += "; filename*=UTF-8''" + percent_encode_path(file_name);
  return result;
}

}  // namespace millrace::artifacts
