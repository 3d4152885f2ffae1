#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>

#include "base/error.h"
#include "base/shown_uri.h"
#include "cli/commands.h"
#include "server/file_import.h"
#include "server/settings.h"
#include "server/stores.h"
#include "tracking/stores/file/root.h"

namespace millrace::cli {
namespace {

struct ImportFlags {
  std::string source;
  std::string target;
  std::string artifact_root;
  bool dry_run = false;
};

std::shared_ptr<sql::Database> open_target(const ImportFlags& flags) {
  if (!server::is_database_uri(flags.target)) {
    throw_invalid_parameter(
        "--to takes the URI of a database, as sqlite:///mlflow.db or postgresql://host/name, not '" +
        shown_uri(flags.target) + "'.");
  }
  if (flags.dry_run) return nullptr;
  server::Settings settings;
  settings.default_artifact_root = flags.artifact_root;
  return server::open_database(settings, flags.target);
}

std::string source_folder(const std::string& uri) {
  const std::string path = tracking::files::file_store_path(uri);
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored))
    throw_invalid_parameter("There is no folder '" + path + "'.");
  return path;
}

bool print(const server::ImportCounts& counts, bool dry_run) {
  bool is_whole = true;
  for (const auto& [kind, count] : counts) {
    std::cout << kind << ": " << count.found << " found, " << count.imported
              << (dry_run ? " could be imported" : " imported");
    if (count.present > 0) std::cout << ", " << count.present << " in the database already";
    if (count.left_out > 0) std::cout << ", " << count.left_out << " left out";
    std::cout << "\n";
    is_whole = is_whole && count.left_out == 0;
  }
  if (counts.contains("traces")) std::cout << "Traces stay in the folder: this version keeps none.\n";
  return is_whole;
}

int import(const ImportFlags& flags) {
  const auto tell = [](const std::string& message) { std::cerr << message << std::endl; };
  try {
    const std::string source = source_folder(flags.source);
    const auto target = open_target(flags);
    server::FileImport work(source, tell, tell);
    return print(work.run(target), flags.dry_run) ? 0 : 1;
  } catch (const Error& error) {
    std::cerr << "millrace import: " << error.what() << std::endl;
    return 2;
  }
}

}  // namespace

void add_import_command(CLI::App& program, int& status) {
  CLI::App& command = *program.add_subcommand(
      "import", "Copy a folder of MLflow (./mlruns) into a database; may be run again");
  const auto flags = std::make_shared<ImportFlags>();
  command.add_option("source", flags->source, "The folder, as a path or a file: URI")->required();
  command
      .add_option("--to", flags->target,
                  "The database: sqlite:///mlflow.db or postgresql://user:password@host/name")
      ->required();
  command.add_option("--default-artifact-root", flags->artifact_root,
                     "Where artifacts of the experiment Default go when the database is new");
  command.add_flag("--dry-run", flags->dry_run,
                   "Read everything and say what is wrong with it, but write nothing");
  command.callback([flags, &status] { status = import(*flags); });
}

}  // namespace millrace::cli
