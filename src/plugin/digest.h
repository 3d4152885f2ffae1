#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::plugin {

/// SHA-256 (FIPS 180-4) of bytes that come piece by piece. One thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);

  /// 64 lower-case hexadecimal digits. Called once, last.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The SHA-256 of a file's content. Symbolic links are not followed. Throws as read_text_file() does, without
/// a limit of size.
std::string sha256_of_file(const std::filesystem::path& file);

bool is_sha256(std::string_view text);

}  // namespace millrace::plugin
