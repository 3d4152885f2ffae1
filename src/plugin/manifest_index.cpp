#include "plugin/manifest_index.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/user_cache.h"
#include "plugin/file_text.h"
#include "plugin/index_bytes.h"

namespace millrace::plugin {
namespace {

namespace fs = std::filesystem;

// Tells the form of what follows; another form gets another mark.
constexpr std::string_view kMark = "millrace manifests 1\n";
constexpr size_t kLargestIndex = 16 << 20;
constexpr size_t kMostEntries = 10'000;

void put_stamp(ByteWriter& writer, const FileStamp& stamp) {
  writer.number(stamp.device);
  writer.number(stamp.inode);
  writer.number(stamp.size);
  writer.number(static_cast<uint64_t>(stamp.modified));
  writer.number(static_cast<uint64_t>(stamp.changed));
}

FileStamp take_stamp(ByteReader& reader) {
  FileStamp stamp;
  stamp.device = reader.number();
  stamp.inode = reader.number();
  stamp.size = reader.number();
  stamp.modified = static_cast<int64_t>(reader.number());
  stamp.changed = static_cast<int64_t>(reader.number());
  return stamp;
}

void put_texts(ByteWriter& writer, const std::vector<std::string>& texts) {
  writer.number(texts.size());
  for (const std::string& text : texts) writer.text(text);
}

std::vector<std::string> take_texts(ByteReader& reader) {
  std::vector<std::string> texts(reader.count());
  for (std::string& text : texts) text = reader.text();
  return texts;
}

void put_summary(ByteWriter& writer, const ManifestSummary& summary) {
  writer.text(summary.id);
  writer.text(summary.version);
  writer.number(static_cast<uint64_t>(summary.protocol.major));
  writer.number(static_cast<uint64_t>(summary.protocol.minor));
  writer.number(summary.provides.size());
  for (const Provision& provision : summary.provides) {
    writer.number(static_cast<uint64_t>(provision.kind));
    put_texts(writer, provision.names);
    put_texts(writer, provision.capabilities);
  }
}

ManifestSummary take_summary(ByteReader& reader, const fs::path& manifest) {
  ManifestSummary summary;
  summary.folder = manifest.parent_path();
  summary.id = reader.text();
  summary.version = reader.text();
  summary.protocol.major = static_cast<int>(reader.number());
  summary.protocol.minor = static_cast<int>(reader.number());
  summary.provides.resize(reader.count());
  for (Provision& provision : summary.provides) {
    provision.kind = kKinds.at(reader.number());
    provision.names = take_texts(reader);
    provision.capabilities = take_texts(reader);
  }
  return summary;
}

}  // namespace

ManifestIndex ManifestIndex::read(fs::path file) {
  ManifestIndex index;
  index.file_ = std::move(file);
  try {
    if (is_ours_alone(index.file_)) index.from_bytes(read_text_file(index.file_, kLargestIndex));
  } catch (const std::exception&) {
    // Whatever is wrong with it, all manifests are read anew and the index is written anew.
    index.entries_.clear();
  }
  return index;
}

const ManifestSummary* ManifestIndex::find(const fs::path& manifest, const FileStamp& stamp) const {
  const auto found = entries_.find(manifest.native());
  return found == entries_.end() || found->second.stamp != stamp ? nullptr : &found->second.summary;
}

void ManifestIndex::add(const fs::path& manifest, const FileStamp& stamp, const ManifestSummary& summary) {
  if (file_.empty() || !is_settled(stamp, unix_nanos())) return;
  // Manifests that are gone for good would make it grow without end.
  if (entries_.size() >= kMostEntries) entries_.clear();
  entries_.insert_or_assign(manifest.native(), Entry{stamp, summary});
  changed_ = true;
}

void ManifestIndex::save() const {
  if (!changed_) return;
  try {
    fs::create_directories(file_.parent_path());
    write_cache_file(file_, to_bytes());
  } catch (const std::exception&) {
    // A home that cannot be written costs time at the next start, no more.
  }
}

std::string ManifestIndex::to_bytes() const {
  ByteWriter writer;
  writer.number(entries_.size());
  for (const auto& [manifest, entry] : entries_) {
    writer.text(manifest);
    put_stamp(writer, entry.stamp);
    put_summary(writer, entry.summary);
  }
  return std::string(kMark) + sealed(writer.bytes());
}

void ManifestIndex::from_bytes(std::string_view bytes) {
  if (!bytes.starts_with(kMark)) return;
  ByteReader reader(unsealed(bytes.substr(kMark.size())));
  for (size_t left = reader.count(); left > 0; --left) {
    std::string manifest = reader.text();
    const FileStamp stamp = take_stamp(reader);
    Entry entry{stamp, take_summary(reader, manifest)};
    entries_.emplace_hint(entries_.end(), std::move(manifest), std::move(entry));
  }
}

std::optional<fs::path> manifest_index_file(const Environment& environment) {
  const auto cache = user_cache(environment("XDG_CACHE_HOME"), environment("HOME"));
  return cache ? std::optional(*cache / "manifests") : std::nullopt;
}

}  // namespace millrace::plugin
