// Lets in who has a token: as "Authorization: Bearer TOKEN", or as the password of Basic authentication,
// which is what official clients send for MLFLOW_TRACKING_TOKEN and for MLFLOW_TRACKING_USERNAME with
// MLFLOW_TRACKING_PASSWORD.

#include <algorithm>
#include <chrono>

#include "credentials.h"
#include "millrace/plugin.h"
#include "token_watch.h"

namespace {

using namespace millrace;
using v1::plugin::AccessAnswer;
using v1::plugin::AccessQuestion;
using v1::plugin::AppRequest;
using v1::plugin::AppResponse;
using v1::plugin::Authentication;
using v1::plugin::CheckReport;
using v1::plugin::RouteList;

constexpr const char* kRoute = "/whoami";

int64_t now_seconds() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

AppResponse json_response(int status, const std::string& body) {
  AppResponse response;
  response.set_status(status);
  auto& header = *response.add_headers();
  header.set_name("Content-Type");
  header.set_value("application/json");
  response.set_body(body);
  return response;
}

class BearerAuth : public ServerApp, public SelfCheck {
 public:
  explicit BearerAuth(const PluginOptions& options)
      : tokens_(options.text("tokens"),
                [log = options.shared_log()](const std::string& fault) { log->error(fault); }),
        readers_(options.text("readers")),
        writers_(options.text("writers")),
        valid_seconds_(std::clamp<int64_t>(options.integer("valid-seconds"), 0, 3600)) {}

  Authentication authenticate(const CallContext&, const v1::plugin::Credentials& credentials) override {
    const auto given = token_in(credentials.authorization());
    const int64_t now = now_seconds();
    const auto holder = given ? tokens_.current()->find(given->token.reveal()) : std::nullopt;
    const bool good =
        holder && !has_expired(*holder, now) && (given->user.empty() || given->user == holder->user);
    return good ? welcome(*holder, now) : refusal(given.has_value());
  }

  // Writers may do everything, readers read; who is in neither group is known and may do nothing.
  AccessAnswer authorize(const CallContext&, const AccessQuestion& question) override {
    AccessAnswer answer;
    const auto in = [&](const std::string& group) {
      return std::find(question.groups().begin(), question.groups().end(), group) != question.groups().end();
    };
    const bool reads = question.action() == v1::ACTION_READ;
    answer.set_allowed((in(writers_) || (reads && in(readers_))) &&
                       tokens_.current()->knows(question.principal(), now_seconds()));
    answer.set_valid_seconds(valid_seconds_);
    if (!answer.allowed()) {
      answer.set_message(reads ? "Reading needs the group '" + readers_ + "' or '" + writers_ + "'."
                               : "Changes need the group '" + writers_ + "'.");
    }
    return answer;
  }

  RouteList list_routes(const CallContext&, const v1::plugin::RouteQuery&) override {
    RouteList routes;
    routes.add_prefixes(kRoute);
    return routes;
  }

  // Names in the file of tokens have no characters that JSON would have to escape.
  AppResponse handle(const CallContext&, const AppRequest& request) override {
    if (request.path() != kRoute) return json_response(404, R"({"message": "There is only /whoami."})");
    if (request.method() != "GET") return json_response(405, R"({"message": "GET is the only method."})");
    if (request.principal().empty()) return json_response(401, R"({"message": "Nobody is authenticated."})");
    return json_response(200, "{\"principal\": \"" + request.principal() + "\"}");
  }

  CheckReport check() override {
    CheckReport report;
    const auto tokens = tokens_.current();
    const size_t expired = tokens->count_expired(now_seconds());
    add(report, tokens->size() == expired ? CheckReport::OUTCOME_WARNING : CheckReport::OUTCOME_FINE,
        std::to_string(tokens->size()) + " tokens, " + std::to_string(expired) + " of them expired");
    struct stat file {};
    if (stat(tokens_.path().c_str(), &file) == 0 && (file.st_mode & S_IWOTH) != 0)
      add(report, CheckReport::OUTCOME_FAILED, "everybody can write the file: chmod o-w " + tokens_.path());
    return report;
  }

 private:
  // The host may keep the answer for a while, but not for longer than the token is good.
  Authentication welcome(const Holder& holder, int64_t now) const {
    Authentication answer;
    answer.set_authenticated(true);
    answer.set_principal(holder.user);
    for (const std::string& group : holder.groups) answer.add_groups(group);
    const int64_t left = holder.expires_at == 0 ? valid_seconds_ : holder.expires_at - now;
    answer.set_valid_seconds(std::min(valid_seconds_, left));
    return answer;
  }

  // The same for a wrong and an expired token: who holds neither learns nothing.
  static Authentication refusal(bool token_given) {
    Authentication answer;
    answer.set_message(token_given ? "This token is not known, or no longer."
                                   : "A token is needed, e.g. in MLFLOW_TRACKING_TOKEN.");
    answer.add_challenges("Bearer realm=\"millrace\"");
    answer.add_challenges("Basic realm=\"millrace\", charset=\"UTF-8\"");
    return answer;
  }

  static void add(CheckReport& report, CheckReport::Outcome outcome, const std::string& message) {
    auto& finding = *report.add_findings();
    finding.set_subject("tokens");
    finding.set_outcome(outcome);
    finding.set_message(message);
  }

  TokenWatch tokens_;
  const std::string readers_;
  const std::string writers_;
  const int64_t valid_seconds_;
};

}  // namespace

MILLRACE_PLUGIN(plugin) {
  plugin.provide<ServerApp>(
      "bearer-auth", [](const PluginOptions& options) { return std::make_shared<BearerAuth>(options); },
      {"authorize", "routes"});
}
