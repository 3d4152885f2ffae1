#include "artifacts/repository_registry.h"

#include "artifacts/repositories/local/local_repository.h"
#include "base/error.h"
#include "base/percent.h"
#include "base/uri.h"

namespace millrace::artifacts {
namespace {

// Paths in URIs are percent-encoded, plain paths are not.
std::string local_directory(const std::string& location) {
  const Uri uri = parse_uri(location);
  if (uri.scheme.empty()) return location;
  if (!uri.authority.empty() && uri.authority != "localhost") {
    throw_invalid_parameter("'" + location + "' names a host; file URIs are of this machine: file:///path.");
  }
  const auto path = percent_decode(uri.path);
  if (!path || path->empty()) throw_invalid_parameter("'" + location + "' is not a well-formed file URI.");
  return *path;
}

}  // namespace

void RepositoryRegistry::add(const std::string& scheme, Factory factory) {
  if (factories_.emplace(scheme, std::move(factory)).second) return;
  throw Error(ErrorCode::kInvalidState, "Two artifact repositories claim the scheme '" + scheme + "'.");
}

void RepositoryRegistry::set_others(Factory others) {
  // Each run has a root of its own, so that a page of runs may need some tens.
  constexpr size_t kMostOpen = 256;
  others_ = std::make_shared<RepositoryCache>(std::move(others), kMostOpen);
}

std::shared_ptr<ArtifactRepository> RepositoryRegistry::open(const std::string& uri) const {
  std::string scheme(parse_uri(uri).scheme);
  for (char& c : scheme) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const auto found = factories_.find(scheme);
  if (found != factories_.end()) return found->second(uri);
  if (others_ != nullptr) return others_->get(uri);
  std::string known = "plain paths";
  for (const auto& [name, factory] : factories_) {
    if (!name.empty()) known += ", " + name + ":";
  }
  throw_invalid_parameter("No artifact repository is registered for the scheme '" + scheme +
                          "'. Known are: " + known + ".");
}

void add_built_in_repositories(RepositoryRegistry& registry) {
  const auto make = [](const std::string& uri) {
    return std::make_shared<LocalRepository>(local_directory(uri));
  };
  registry.add("", make);
  registry.add("file", make);
}

}  // namespace millrace::artifacts
