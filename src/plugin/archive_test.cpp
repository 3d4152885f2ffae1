#include "plugin/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "plugin/lock.h"
#include "plugin/test_folder.h"

using namespace millrace;
using namespace millrace::plugin;

namespace fs = std::filesystem;

namespace {

struct TestEntry {
  std::string path;
  std::string content = "x";
  unsigned type = AE_IFREG;
  std::string link{};
  bool hard = false;
};

// An archive as an attacker would make it.
fs::path write_archive(const fs::path& file, const std::vector<TestEntry>& entries) {
  archive* writer = archive_write_new();
  archive_write_set_format_gnutar(writer);
  archive_write_add_filter_gzip(writer);
  archive_write_open_filename(writer, file.c_str());
  for (const TestEntry& each : entries) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, each.path.c_str());
    archive_entry_set_filetype(entry, each.type);
    archive_entry_set_perm(entry, 0644);
    if (each.type == AE_IFREG && !each.hard)
      archive_entry_set_size(entry, static_cast<la_int64_t>(each.content.size()));
    if (each.type == AE_IFLNK) archive_entry_set_symlink(entry, each.link.c_str());
    if (each.hard) archive_entry_set_hardlink(entry, each.link.c_str());
    REQUIRE(archive_write_header(writer, entry) == ARCHIVE_OK);
    if (each.type == AE_IFREG && !each.hard)
      archive_write_data(writer, each.content.data(), each.content.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  return file;
}

std::string refusal(const std::vector<TestEntry>& entries, const FileLimits& limits = {}) {
  const TestFolder folder;
  fs::create_directory(folder / "out");
  write_archive(folder / "bad.mrp", entries);
  const std::string message = message_of([&] { unpack_archive(folder / "bad.mrp", folder / "out", limits); });
  // Whatever the archive held, nothing may appear beside the folder it was unpacked into.
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 2);
  return message;
}

}  // namespace

TEST_CASE("what was packed is unpacked the same, modes and names included") {
  const TestFolder folder;
  folder.write("in/plugin.toml", "manifest");
  folder.write("in/bin/run", "#!/bin/sh\n");
  folder.write("in/empty", "");
  folder.write("in/d\xc3\xa9j\xc3\xa0 vu/" + std::string(200, 'n'), std::string(700'000, 'z'));
  chmod((folder / "in/bin/run").c_str(), 0755);
  pack_folder(folder / "in", "", folder / "a.mrp");
  fs::create_directory(folder / "out");
  unpack_archive(folder / "a.mrp", folder / "out");
  CHECK(hash_files(folder / "out") == hash_files(folder / "in"));
  CHECK(hash_files(folder / "out").at("bin/run").executable);
}

TEST_CASE("equal folders give equal bytes, whatever their times and owners") {
  const TestFolder folder;
  for (const char* name : {"one/", "two/"}) {
    folder.write(std::string(name) + "plugin.toml", "manifest");
    folder.write(std::string(name) + "b", "b");
  }
  fs::last_write_time(folder / "two/b", fs::file_time_type::clock::now() - std::chrono::hours(48));
  chmod((folder / "two/b").c_str(), 0600);
  pack_folder(folder / "one", "", folder / "one.mrp");
  pack_folder(folder / "two", "", folder / "two.mrp");
  CHECK(folder.read("one.mrp") == folder.read("two.mrp"));
}

TEST_CASE("a signature goes in as plugin.sig in place of the folder's own") {
  const TestFolder folder;
  folder.write("in/plugin.toml", "manifest");
  folder.write("in/plugin.sig", "old");
  pack_folder(folder / "in", "new", folder / "a.mrp");
  fs::create_directory(folder / "out");
  unpack_archive(folder / "a.mrp", folder / "out");
  CHECK(folder.read("out/plugin.sig") == "new");
  CHECK(folder.read("in/plugin.sig") == "old");
}

TEST_CASE(
    "links and devices are not packed, nor an archive into itself, and a failure leaves nothing behind") {
  const TestFolder folder;
  folder.write("in/plugin.toml", "manifest");
  CHECK(contains(message_of([&] { pack_folder(folder / "in", "", folder / "in/a.mrp"); }),
                 "lies in the folder"));
  fs::create_symlink("/etc/passwd", folder / "in/link");
  CHECK(contains(message_of([&] { pack_folder(folder / "in", "", folder / "a.mrp"); }), "'link' is neither"));
  fs::remove(folder / "in/link");
  fs::create_directory_symlink("/etc", folder / "in/folder");
  CHECK(
      contains(message_of([&] { pack_folder(folder / "in", "", folder / "a.mrp"); }), "'folder' is neither"));
  fs::remove(folder / "in/folder");
  mkfifo((folder / "in/pipe").c_str(), 0600);
  CHECK(contains(message_of([&] { pack_folder(folder / "in", "", folder / "a.mrp"); }), "'pipe' is neither"));
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

TEST_CASE("entries that could write elsewhere are refused by name") {
  CHECK(contains(refusal({{"/etc/x"}}), "'/etc/x' is no path"));
  CHECK(contains(refusal({{"../x"}}), "'../x' is no path"));
  CHECK(contains(refusal({{"a/../../x"}}), "'a/../../x' is no path"));
  CHECK(contains(refusal({{"./a"}}), "'./a' is no path"));
  CHECK(contains(refusal({{"a//b"}}), "'a//b' is no path"));
  CHECK(contains(refusal({{"a\\b"}}), "is no path"));
  CHECK(contains(refusal({{"a\nb"}}), "is no path"));
  CHECK(contains(refusal({{std::string(2000, 'a')}}), "is no path"));
  CHECK(contains(refusal({{"l", "", AE_IFLNK, "/etc"}}), "'l' is neither a regular file nor a folder"));
  CHECK(contains(refusal({{"a"}, {"l", "", AE_IFREG, "/etc/passwd", true}}), "'l' is neither"));
  CHECK(contains(refusal({{"p", "", AE_IFIFO}}), "'p' is neither"));
  CHECK(contains(refusal({{"c", "", AE_IFCHR}}), "'c' is neither"));
  CHECK(contains(refusal({{"a"}, {"a"}}), "'a' comes twice"));
  CHECK(contains(refusal({{"a"}, {"a/b"}}), "'a/b' comes twice"));
}

TEST_CASE("archives past the limits are refused while they are unpacked") {
  CHECK(contains(refusal({{"a"}, {"b"}, {"c"}}, {.files = 2}), "more than 2 files"));
  CHECK(contains(refusal({{"a", std::string(600, 'a')}, {"b", std::string(600, 'b')}}, {.bytes = 1000}),
                 "more than 1000 bytes"));
}

TEST_CASE("what is no archive is refused") {
  const TestFolder folder;
  fs::create_directory(folder / "out");
  const auto fault = [&](const std::string& content) {
    folder.write("bad.mrp", content);
    return message_of([&] { unpack_archive(folder / "bad.mrp", folder / "out"); });
  };
  CHECK(contains(fault("no archive"), "it is no tar compressed with gzip, or damaged"));
  CHECK(contains(fault(""), "it is "));
  folder.write("in/plugin.toml", std::string(100'000, 'x') + "y");
  pack_folder(folder / "in", "", folder / "good.mrp");
  const std::string good = folder.read("good.mrp");
  CHECK(contains(fault(good.substr(0, good.size() / 2)), "damaged"));
  CHECK(code_of([&] { unpack_archive(folder / "none.mrp", folder / "out"); }) == "RESOURCE_DOES_NOT_EXIST");
}

TEST_CASE("folders past the limits are refused before they are read") {
  const TestFolder folder;
  folder.write("a", "xxx");
  folder.write("b", "xxx");
  CHECK(contains(message_of([&] { list_plugin_files(folder.path(), {.files = 1}); }), "more than 1 files"));
  CHECK(contains(message_of([&] { list_plugin_files(folder.path(), {.bytes = 5}); }), "more than 5 bytes"));
  folder.write("c\nd", "");
  CHECK(contains(message_of([&] { list_plugin_files(folder.path()); }), "'c?d' is no name"));
}
