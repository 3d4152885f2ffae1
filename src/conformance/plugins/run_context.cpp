#include <chrono>
#include <set>

#include "conformance/kits.h"
#include "conformance/plugins/common.h"
#include "millrace/v1/plugin/run_context.gen.h"

namespace millrace::conformance {
namespace {

using v1::plugin::RunContextQuery;
using v1::plugin::RunContextTags;

const CallContext kContext;
constexpr size_t kLongestKey = 250;
constexpr size_t kLongestValue = 8000;

RunContextQuery usual_query() {
  RunContextQuery query;
  query.set_working_directory("/");
  for (const char* word : {"python", "train.py", "--epochs=3"}) query.add_command_line(word);
  (*query.mutable_environment())["HOME"] = "/";
  return query;
}

RunContextQuery long_query() {
  RunContextQuery query;
  query.set_working_directory("/no/such/folder/" + std::string(3000, 'x'));
  for (int i = 0; i < 500; ++i) query.add_command_line(std::string(100, 'y'));
  return query;
}

void tags_lie_within_limits(RunContext& plugin) {
  for (const auto& query : {usual_query(), long_query()}) {
    const RunContextTags answer = plugin.get_tags(kContext, query);
    for (const auto& tag : answer.tags()) {
      require(!tag.key().empty() && tag.key().size() <= kLongestKey,
              "the key '" + tag.key() + "' is empty or too long");
      require(tag.value().size() <= kLongestValue, "the value of the tag '" + tag.key() + "' is too long");
    }
  }
}

void each_key_comes_once(RunContext& plugin) {
  const RunContextTags answer = plugin.get_tags(kContext, usual_query());
  std::set<std::string> keys;
  for (const auto& tag : answer.tags()) keys.insert(tag.key());
  require_count(static_cast<int64_t>(keys.size()), answer.tags_size(), "different keys");
}

void what_does_not_apply_is_empty(RunContext& plugin) {
  for (const auto& query : {usual_query(), long_query(), RunContextQuery()}) {
    const RunContextTags answer = plugin.get_tags(kContext, query);
    require(answer.applies() || answer.tags().empty(), "it does not apply and gives tags");
  }
}

void a_strange_process_is_no_error(RunContext& plugin) {
  plugin.get_tags(kContext, RunContextQuery());
  plugin.get_tags(kContext, long_query());
}

void the_answer_comes_within_a_second(RunContext& plugin) {
  const auto start = std::chrono::steady_clock::now();
  plugin.get_tags(kContext, usual_query());
  const auto duration = std::chrono::steady_clock::now() - start;
  require(duration < std::chrono::seconds(1),
          "it takes " +
              std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) +
              " ms");
}

std::string call(RunContext& plugin) {
  std::string keys;
  const RunContextTags answer = plugin.get_tags(kContext, usual_query());
  for (const auto& tag : answer.tags()) keys += tag.key() + " ";
  return keys;
}

}  // namespace

Kit<RunContext> run_context_kit() {
  Kit<RunContext> kit{
      "run_context",
      {on_new("tags lie within the limits of tags", tags_lie_within_limits),
       on_new("each key comes once", each_key_comes_once),
       on_new("what does not apply gives no tags", what_does_not_apply_is_empty),
       on_new("a process without folder, command and environment is no error", a_strange_process_is_no_error),
       on_new("the answer comes within a second", the_answer_comes_within_a_second)}};
  add_stress_checks(kit, call);
  return kit;
}

}  // namespace millrace::conformance
