#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/application.h"

namespace millrace::server {

/// A file of the web page in the forms in which it is sent; views of memory that lasts as long as the
/// program.
struct UiAsset {
  std::string_view path;  ///< "index.html", "assets/index-<hash>.js"
  std::string_view content_type;
  std::string_view etag;    ///< with its quotes
  std::string_view policy;  ///< its Content-Security-Policy
  std::string_view plain;
  std::string_view gzip;
  std::string_view brotli;
};

/// The web page as it was built into the program; empty in a build without it.
std::span<const UiAsset> ui_assets();

/// The answer to a request for an asset: the smallest form that the client takes, or 304 when it has it
/// already. Files whose names carry their hash may be kept for a year; the rest is asked for again every
/// time.
http::Response ui_response(const UiAsset& asset, const http::RequestHead& head);

/// Adds the web page at "/" and its files below it; a page that says how to get one where it was left out.
void add_ui(Application& application);

}  // namespace millrace::server
