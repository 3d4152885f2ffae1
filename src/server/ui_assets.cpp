#include <vector>

#include "server/ui.h"

#ifdef MILLRACE_UI_PACK
// The assembler takes the file in as it is: as text of the language it would cost minutes to compile.
__asm__(
    ".pushsection .rodata\n"
    ".balign 16\n"
    "millrace_ui_pack:\n"
    ".incbin \"" MILLRACE_UI_PACK
    "\"\n"
    ".popsection\n");
extern "C" const char millrace_ui_pack[];
#endif

namespace millrace::server {

#ifdef MILLRACE_UI_PACK
namespace {

struct Piece {
  size_t offset;
  size_t size;
};

struct Row {
  const char* path;
  const char* content_type;
  const char* etag;
  const char* policy;
  Piece plain;
  Piece gzip;
  Piece brotli;
};

constexpr Row kRows[] = {
#include "ui_assets.gen.inc"
};

std::string_view bytes_of(const Piece& piece) {
  return {millrace_ui_pack + piece.offset, piece.size};
}

std::vector<UiAsset> read_rows() {
  std::vector<UiAsset> assets;
  for (const Row& row : kRows) {
    assets.push_back({row.path, row.content_type, row.etag, row.policy, bytes_of(row.plain),
                      bytes_of(row.gzip), bytes_of(row.brotli)});
  }
  return assets;
}

}  // namespace

std::span<const UiAsset> ui_assets() {
  static const std::vector<UiAsset> assets = read_rows();
  return assets;
}
#else
std::span<const UiAsset> ui_assets() {
  return {};
}
#endif

}  // namespace millrace::server
