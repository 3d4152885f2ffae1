#pragma once

#include <filesystem>
#include <iosfwd>
#include <vector>

#include "plugin/catalog.h"
#include "plugin/manifest.h"

namespace millrace::cli {

/// What `millrace plugin list` prints: who provides what, who won and why, all plugins found, and what has to
/// be decided.
struct PluginList {
  const plugin::Catalog& catalog;
  std::vector<std::filesystem::path> search_path;
};

void print_text(const PluginList& list, std::ostream& out);
void print_json(const PluginList& list, std::ostream& out);

/// What `millrace plugin info` prints: the manifest, and how the plugin stands in the catalog.
struct PluginInfo {
  const plugin::Manifest& manifest;
  const plugin::CatalogEntry& entry;
  const plugin::Catalog& catalog;
};

void print_text(const PluginInfo& info, std::ostream& out);
void print_json(const PluginInfo& info, std::ostream& out);

}  // namespace millrace::cli
