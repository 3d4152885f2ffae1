#include "server/app/authenticator.h"

#include <algorithm>

#include "base/percent.h"

namespace millrace::server {
namespace {

constexpr int64_t kLongestPrincipal = 256;  // characters
constexpr int kMostGroups = 1000;
constexpr const char* kUnavailable =
    "Who sends this request cannot be checked right now, so it is refused; try again.";

bool is_printable(std::string_view text) {
  return is_valid_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

int64_t character_count(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

SharedVerdict unavailable() {
  Verdict verdict;
  verdict.code = ErrorCode::kTemporarilyUnavailable;
  verdict.message = kUnavailable;
  return std::make_shared<const Verdict>(std::move(verdict));
}

// Empty when the answer may be believed.
std::string fault_of(const v1::plugin::Authentication& answer) {
  if (!answer.authenticated()) return "";
  const std::string& principal = answer.principal();
  if (principal.empty() || character_count(principal) > kLongestPrincipal || !is_printable(principal))
    return "it named a principal that is empty, too long or not printable";
  if (answer.groups_size() > kMostGroups) return "it named more than 1000 groups";
  return "";
}

Verdict refusal_of(const v1::plugin::Authentication& answer) {
  Verdict verdict;
  verdict.message = answer.message().empty()
                        ? "You are not authenticated. Say who you are to use this server."
                        : answer.message();
  for (const std::string& challenge : answer.challenges()) {
    if (!challenge.empty() && is_printable(challenge)) verdict.challenges.push_back(challenge);
  }
  return verdict;
}

SharedVerdict read_answer(const v1::plugin::Authentication& answer) {
  Verdict verdict;
  if (answer.authenticated()) {
    verdict.who = std::make_shared<const access::Identity>(
        access::Identity{answer.principal(), {answer.groups().begin(), answer.groups().end()}});
  } else {
    verdict = refusal_of(answer);
  }
  constexpr std::chrono::seconds longest = Authenticator::kLongestKept;
  verdict.kept_for = std::chrono::seconds(std::clamp<int64_t>(answer.valid_seconds(), 0, longest.count()));
  return std::make_shared<const Verdict>(std::move(verdict));
}

// An app may refuse by an error too; every other error means that nobody knows.
SharedVerdict read_refusal(const Error& error) {
  Verdict verdict;
  verdict.code = error.code();
  verdict.message = error.what();
  return std::make_shared<const Verdict>(std::move(verdict));
}

}  // namespace

Authenticator::Authenticator(std::shared_ptr<ServerApp> app, Log& log, std::chrono::milliseconds patience)
    : app_(std::move(app)), log_(log), patience_(patience) {}

Authenticator::~Authenticator() = default;

SharedVerdict Authenticator::known(const std::string& key) {
  const auto now = Clock::now();
  for (access::LruCache<Kept>* cache : {&accepted_, &refused_}) {
    const auto kept = cache->get(key);
    if (!kept) continue;
    if (now < kept->until) return kept->verdict;
    cache->forget(key);
  }
  return nullptr;
}

void Authenticator::ask(const std::string& key, v1::plugin::Credentials credentials,
                        const std::string& request_id, Reply reply) {
  Question question{key, std::move(credentials), request_id, Clock::now() + patience_, std::move(reply)};
  // An app that lets nothing be kept decides each request by itself: there is nothing to share.
  if (keeps_ && join(question)) return;
  submit(std::make_shared<Question>(std::move(question)));
}

// True when somebody asks with these credentials already; else this one becomes the one who does.
bool Authenticator::join(Question& question) {
  const std::lock_guard lock(mutex_);
  const auto [flight, first] = flights_.try_emplace(question.key);
  if (first) return false;
  flight->second.push_back(std::move(question));
  return true;
}

void Authenticator::submit(std::shared_ptr<Question> question) {
  if (calls_.submit([this, question] { answer(*question); })) return;
  tell("too many requests wait for it", question->request_id);
  std::vector<Question> waiting;
  {
    const std::lock_guard lock(mutex_);
    const auto flight = flights_.find(question->key);
    if (flight != flights_.end()) {
      waiting = std::move(flight->second);
      flights_.erase(flight);
    }
  }
  for (const Question& each : waiting) each.reply(unavailable());
  question->reply(unavailable());
}

void Authenticator::answer(const Question& question) {
  const auto asked = Clock::now();
  const SharedVerdict verdict = verdict_of(question);
  const bool kept = verdict->kept_for.count() > 0;
  const bool failed = verdict->code == ErrorCode::kTemporarilyUnavailable && verdict->who == nullptr;
  if (verdict->who != nullptr) keeps_ = kept;
  if (kept) keep(question.key, verdict, asked);
  std::vector<Question> waiting;
  {
    const std::lock_guard lock(mutex_);
    const auto flight = flights_.find(question.key);
    if (flight != flights_.end()) {
      waiting = std::move(flight->second);
      flights_.erase(flight);
    }
  }
  question.reply(verdict);
  for (Question& each : waiting) {
    if (kept || failed) {
      each.reply(verdict);
    } else {
      submit(std::make_shared<Question>(std::move(each)));  // the answer was for that one request alone
    }
  }
}

SharedVerdict Authenticator::verdict_of(const Question& question) {
  if (Clock::now() >= question.deadline) {
    tell("it took too long over other requests", question.request_id);
    return unavailable();
  }
  CallContext context;
  context.request_id = question.request_id;
  context.deadline = question.deadline;
  try {
    const v1::plugin::Authentication answer = app_->authenticate(context, question.credentials);
    const std::string fault = fault_of(answer);
    if (fault.empty()) return read_answer(answer);
    tell(fault, question.request_id);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kUnauthenticated || error.code() == ErrorCode::kPermissionDenied)
      return read_refusal(error);
    tell(error.what(), question.request_id);
  } catch (const std::exception& fault) {
    tell(fault.what(), question.request_id);
  }
  return unavailable();
}

void Authenticator::keep(const std::string& key, const SharedVerdict& verdict, Clock::time_point asked) {
  (verdict->who != nullptr ? accepted_ : refused_).put(key, {verdict, asked + verdict->kept_for});
}

// Once a second at most: an app that is down fails every request.
void Authenticator::tell(std::string_view what, const std::string& request_id) {
  const int64_t second = Clock::now().time_since_epoch() / std::chrono::seconds(1);
  if (last_told_.exchange(second) == second) return;
  log_.write(LogLevel::kError, "The server app could not authenticate a request: " + std::string(what),
             {{"request_id", request_id}});
}

}  // namespace millrace::server
