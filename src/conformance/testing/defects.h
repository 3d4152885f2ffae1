#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "conformance/testing/registry_of_functions.h"
#include "conformance/testing/repository_of_functions.h"
#include "conformance/testing/store_of_functions.h"

namespace millrace::conformance::testing {

/// How to spoil a plugin that is right, so that one check finds it out. To add one is to add an entry.
template <typename Functions>
struct Defect {
  /// Exchanges operations; `folder` is where the plugin keeps its data.
  using Spoil = std::function<void(Functions&, const std::string& folder)>;
  using Open = std::function<std::shared_ptr<typename Functions::Interface>(const std::string& folder)>;

  Defect(std::string check_name, Spoil how, Open opened_by = {})
      : check(std::move(check_name)), spoil(std::move(how)), open(std::move(opened_by)) {}

  std::string check;  ///< Name of the check that must fail.
  Spoil spoil;        ///< May be empty.
  Open open;          ///< Opens what is spoiled; empty: as what is right is opened.
};

using StoreDefect = Defect<StoreOfFunctions>;
using RegistryDefect = Defect<RegistryOfFunctions>;
using RepositoryDefect = Defect<RepositoryOfFunctions>;

/// At least one for each check of the kits.
std::vector<StoreDefect> store_defects();
std::vector<RegistryDefect> registry_defects();
std::vector<RepositoryDefect> repository_defects();

/// The parts of the former.
std::vector<RegistryDefect> webhook_defects();
std::vector<StoreDefect> experiment_defects();
std::vector<StoreDefect> run_defects();
std::vector<StoreDefect> metric_defects();
std::vector<StoreDefect> search_defects();
std::vector<StoreDefect> capability_defects();
std::vector<StoreDefect> stress_defects();

}  // namespace millrace::conformance::testing
