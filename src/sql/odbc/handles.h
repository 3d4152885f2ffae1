#pragma once

#include <string>
#include <utility>

#include "sql/odbc/library.h"

namespace millrace::sql::odbc {

/// Owns a handle of ODBC: of an environment, a connection or a statement.
class Handle {
 public:
  Handle() = default;
  /// Throws RESOURCE_EXHAUSTED when there is none to be had.
  Handle(SQLSMALLINT kind, SQLHANDLE parent);
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle(Handle&& other) noexcept : kind_(other.kind_), handle_(std::exchange(other.handle_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(handle_, other.handle_);
    return *this;
  }

  SQLHANDLE get() const { return handle_; }
  SQLSMALLINT kind() const { return kind_; }

 private:
  SQLSMALLINT kind_ = 0;
  SQLHANDLE handle_ = nullptr;
};

/// An environment of ODBC 3, whose connections are not kept by the driver manager after their end.
Handle new_environment();

/// The first thing that ODBC has to say of the last call on a handle, beside which the others are noise.
struct Diagnostic {
  std::string state;  ///< SQLSTATE: five characters
  int native = 0;     ///< the database's own number
  std::string message;
};
Diagnostic diagnostic_of(const Handle& handle);

}  // namespace millrace::sql::odbc
