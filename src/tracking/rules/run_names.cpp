#include "tracking/rules/run_names.h"

#include <array>
#include <random>
#include <string_view>

namespace millrace::tracking {
namespace {

constexpr std::array<std::string_view, 48> kAdjectives{
    "amber",  "ample", "brave",  "brief",  "bright", "brisk", "calm",    "candid", "civil",  "clear",
    "clever", "crisp", "deft",   "eager",  "early",  "exact", "fair",    "fleet",  "fluent", "fond",
    "frank",  "fresh", "gentle", "glad",   "grand",  "hardy", "honest",  "humble", "keen",   "kind",
    "lively", "lucid", "mellow", "modest", "neat",   "noble", "patient", "plain",  "proud",  "quick",
    "quiet",  "ready", "sharp",  "sober",  "steady", "sunny", "vivid",   "warm"};

constexpr std::array<std::string_view, 48> kNouns{
    "badger", "beaver", "brook",  "canyon", "cedar",  "comet", "coral",  "crane", "delta",  "dune",
    "eagle",  "ember",  "falcon", "fern",   "finch",  "fjord", "forest", "fox",   "geyser", "grove",
    "harbor", "hawk",   "heron",  "island", "lagoon", "lake",  "lark",   "maple", "marten", "meadow",
    "mill",   "oak",    "orca",   "otter",  "owl",    "pine",  "plover", "quail", "raven",  "reef",
    "ridge",  "river",  "robin",  "spruce", "swan",   "tern",  "wheel",  "willow"};

}  // namespace

std::string random_run_name() {
  thread_local std::minstd_rand random(std::random_device{}());
  const auto below = [](size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random); };
  std::string name(kAdjectives[below(kAdjectives.size())]);
  name += '-';
  name += kNouns[below(kNouns.size())];
  return name + "-" + std::to_string(below(1000));
}

}  // namespace millrace::tracking
