#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/db_commands.h"
#include "cli/json_object.h"
#include "maintenance/check.h"

namespace millrace::cli {
namespace {

using maintenance::Finding;

struct Flags {
  std::string uri;
  bool registry = false;
  bool json = false;
};

const char* name_of(Finding::Weight weight) {
  return weight == Finding::Weight::kFault ? "fault" : "note";
}

void print_json(const maintenance::Session& session, const std::vector<Finding>& findings, bool is_well) {
  std::vector<std::string> list;
  for (const Finding& finding : findings)
    list.push_back(JsonObject()
                       .text("weight", name_of(finding.weight))
                       .text("topic", finding.topic)
                       .text("text", finding.text)
                       .str());
  std::cout << JsonObject()
                   .text("database", session.label)
                   .truth("well", is_well)
                   .json("findings", json_list(list))
                   .str()
            << "\n";
}

int check(const Flags& flags) {
  maintenance::Session session = maintenance::open_session(flags.uri);
  const auto tell = [&](const std::string& line) {
    if (!flags.json) std::cout << line << std::endl;
  };
  const std::vector<Finding> findings = maintenance::check_database(session, {flags.registry}, tell);
  const bool is_well = std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.weight == Finding::Weight::kFault;
  });
  if (flags.json) {
    print_json(session, findings, is_well);
  } else {
    for (const Finding& finding : findings)
      std::cout << name_of(finding.weight) << ": " << finding.text << "\n";
    std::cout << "The " << session.label << (is_well ? " is well.\n" : " has faults.\n");
  }
  return is_well ? 0 : 1;
}

}  // namespace

void add_db_check(CLI::App& db, int& status) {
  CLI::App& command = *db.add_subcommand(
      "check", "Look whether schema, references and latest metrics are as they should be; exits 1 when not");
  const auto flags = std::make_shared<Flags>();
  add_database_uri(command, flags->uri);
  command.add_flag("--registry", flags->registry,
                   "Look at registered models only, for a database of --registry-store-uri");
  command.add_flag("--json", flags->json, "Print JSON");
  command.callback([flags, &status] { status = run_db_command("check", [&] { return check(*flags); }); });
}

}  // namespace millrace::cli
