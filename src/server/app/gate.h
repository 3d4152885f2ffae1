#pragma once

#include <set>
#include <string>

#include "server/app/authenticator.h"
#include "server/app/credentials.h"
#include "server/http/message.h"

namespace millrace::server {

/// The paths for which nobody is asked who they are; below the static prefix.
struct OpenPaths {
  std::set<std::string, std::less<>> of_app;    ///< what the app calls public; by any method
  std::set<std::string, std::less<>> of_shell;  ///< the files of the web page; to read them
};

/// Stands in front of every route: who asks, by the Authenticator, but for the paths that are open. Immutable
/// but for what the Authenticator keeps; any thread.
class Gate {
 public:
  /// `authenticator` outlives it.
  Gate(Authenticator& authenticator, CredentialsReader reader, OpenPaths open)
      : authenticator_(authenticator), reader_(std::move(reader)), open_(std::move(open)) {}

  /// Whether nobody is asked who they are: an open path, or the plain /health that balancers ask.
  bool is_open(const http::RequestHead& head, std::string_view path) const;

  /// The verdict if it is known without asking the app, else null.
  SharedVerdict known(const http::RequestHead& head) const;

  /// Asks the app; see Authenticator::ask(). The head is not touched after this returned.
  void ask(const http::RequestHead& head, std::string_view path, Authenticator::Reply reply) const;

 private:
  Authenticator& authenticator_;
  CredentialsReader reader_;
  OpenPaths open_;
};

/// The answer that a refusal of this request becomes. A browser asks for a password by itself where it knows
/// a challenge, before a page that has its own way to ask sees the answer. So for requests of scripts, which
/// say "X-Requested-With: XMLHttpRequest", the challenges stand in X-WWW-Authenticate, and WWW-Authenticate
/// names a scheme that no browser knows.
http::Response refusal(const Verdict& verdict, const http::RequestHead& head);

}  // namespace millrace::server
