#include "artifacts/zip_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <exception>
#include <utility>

#include "base/error.h"

namespace millrace::artifacts {
namespace {

struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

}  // namespace

struct ZipWriter::Output {
  explicit Output(Sink given) : sink(std::move(given)), writer(archive_write_new()) {}
  ~Output() {
    // The library frees all that it holds only when it may finish the file: it does so for nobody.
    is_heard = false;
    archive_write_free(writer);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  const Sink sink;
  archive* const writer;
  bool is_heard = true;
  std::exception_ptr fault;
};

namespace {

// No exception may pass through the library; require() throws it again. The library is told of no fault,
// since after one it would keep what it holds.
template <typename Output>
la_ssize_t pass_on(archive*, void* output, const void* bytes, size_t size) {
  auto& target = *static_cast<Output*>(output);
  try {
    if (target.is_heard && !target.fault) target.sink({static_cast<const char*>(bytes), size});
  } catch (...) {
    target.fault = std::current_exception();
  }
  return static_cast<la_ssize_t>(size);
}

}  // namespace

ZipWriter::ZipWriter(Sink sink) : output_(std::make_unique<Output>(std::move(sink))) {
  archive* writer = output_->writer;
  require(archive_write_set_format_zip(writer) == ARCHIVE_OK);
  // Without the charset, names other than ASCII depend on the locale of the process.
  require(archive_write_set_options(writer, "zip:hdrcharset=UTF-8,zip:compression-level=1") == ARCHIVE_OK);
  require(archive_write_set_bytes_per_block(writer, 0) == ARCHIVE_OK);
  require(archive_write_open2(writer, output_.get(), nullptr, pass_on<Output>, nullptr, nullptr) ==
          ARCHIVE_OK);
}

ZipWriter::~ZipWriter() = default;

void ZipWriter::add_folder(const std::string& path) {
  begin(path, true);
}

void ZipWriter::begin_file(const std::string& path) {
  begin(path, false);
}

void ZipWriter::begin(const std::string& path, bool is_folder) {
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  require(entry != nullptr);
  archive_entry_set_pathname_utf8(entry.get(), path.c_str());
  archive_entry_set_filetype(entry.get(), is_folder ? AE_IFDIR : AE_IFREG);
  archive_entry_set_perm(entry.get(), is_folder ? 0755 : 0644);
  require(archive_write_header(output_->writer, entry.get()) == ARCHIVE_OK);
}

void ZipWriter::write(std::string_view piece) {
  const la_ssize_t count = archive_write_data(output_->writer, piece.data(), piece.size());
  require(count == static_cast<la_ssize_t>(piece.size()));
}

void ZipWriter::finish() {
  require(archive_write_close(output_->writer) == ARCHIVE_OK);
}

void ZipWriter::require(bool done) {
  if (output_->fault) std::rethrow_exception(output_->fault);
  if (done) return;
  const char* reason = archive_error_string(output_->writer);
  throw Error(ErrorCode::kInternalError, std::string("The ZIP file cannot be made: ") +
                                             (reason == nullptr ? "unknown reason" : reason) + ".");
}

}  // namespace millrace::artifacts
