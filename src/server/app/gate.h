#pragma once

#include <set>
#include <string>

#include "server/app/authenticator.h"
#include "server/app/credentials.h"
#include "server/http/message.h"

namespace millrace::server {

/// Stands in front of every route: who asks, by the Authenticator, but for the paths that are open. Immutable
/// but for what the Authenticator keeps; any thread.
class Gate {
 public:
  /// `authenticator` outlives it. `public_paths` are below the static prefix.
  Gate(Authenticator& authenticator, CredentialsReader reader,
       std::set<std::string, std::less<>> public_paths)
      : authenticator_(authenticator), reader_(std::move(reader)), public_paths_(std::move(public_paths)) {}

  /// Whether nobody is asked who they are: a public path of the app, or the plain /health that balancers ask.
  bool is_open(const http::RequestHead& head, std::string_view path) const;

  /// The verdict if it is known without asking the app, else null.
  SharedVerdict known(const http::RequestHead& head) const;

  /// Asks the app; see Authenticator::ask(). The head is not touched after this returned.
  void ask(const http::RequestHead& head, std::string_view path, Authenticator::Reply reply) const;

 private:
  Authenticator& authenticator_;
  CredentialsReader reader_;
  std::set<std::string, std::less<>> public_paths_;
};

/// The answer that a refusal becomes.
http::Response refusal(const Verdict& verdict, const std::string& request_id);

}  // namespace millrace::server
