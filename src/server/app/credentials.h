#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millrace/v1/plugin/server_app.pb.h"
#include "server/http/message.h"

namespace millrace::server {

/// Which parts of a request say who sent it. Immutable; any thread.
class CredentialsReader {
 public:
  /// `headers`: names of further headers, separated by commas or blanks. Throws INVALID_PARAMETER_VALUE for
  /// one that is no name of a header.
  explicit CredentialsReader(std::string_view headers);

  /// A digest of all that an answer may depend on but method and path: the Authorization header, cookies,
  /// the further headers, the address and TLS. It begins with a secret of this object, so that passwords
  /// cannot be tried against it.
  std::string key(const http::RequestHead& head) const;

  /// What the app is asked; `path` is below the static prefix.
  v1::plugin::Credentials read(const http::RequestHead& head, std::string_view path) const;

  /// Why the request cannot be judged at all: two Authorization headers, of which two readers could take
  /// different ones, or bytes that are no text. Empty when it can.
  std::string fault(const http::RequestHead& head) const;

 private:
  bool matters(std::string_view name) const;
  bool is_further(std::string_view name) const;

  std::vector<std::string> headers_;
  std::string secret_;
};

}  // namespace millrace::server
