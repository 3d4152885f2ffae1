#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::artifacts {

/// Writes a ZIP file front to back, never going back: sizes stand behind the bytes of an entry, so that it
/// can be sent while it is made. Names are UTF-8, what is larger than the plain form allows is in the ZIP64
/// form, files are compressed fast rather than small, for most of what is logged hardly shrinks. Keeps the
/// names of all entries and one piece. One thread at a time.
///
/// Throws INTERNAL_ERROR with the reason when the file cannot be written; it is of no use after that. What is
/// destroyed before finish() lacks the directory at the end, so that nobody takes it for a ZIP file.
class ZipWriter {
 public:
  using Sink = std::function<void(std::string_view)>;

  /// `sink` takes what comes out, perhaps several times a call; it may throw.
  explicit ZipWriter(Sink sink);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  /// A folder, without what is in it.
  void add_folder(const std::string& path);
  /// Bytes that are written from now on are those of this file, until the next entry or finish().
  void begin_file(const std::string& path);
  void write(std::string_view piece);
  void finish();

 private:
  struct Output;
  void begin(const std::string& path, bool is_folder);
  void require(bool done);

  std::unique_ptr<Output> output_;
};

}  // namespace millrace::artifacts
