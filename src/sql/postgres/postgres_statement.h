#pragma once

#include "sql/postgres/postgres_connection.h"

namespace millrace::sql::postgres {

/// A statement of PostgresConnection, which must outlive it; see RemoteStatement.
class PostgresStatement : public RemoteStatement {
 public:
  PostgresStatement(PostgresConnection& connection, std::shared_ptr<PostgresConnection::Text> text)
      : connection_(connection), text_(std::move(text)) {
    parameters_.values.resize(static_cast<size_t>(text_->parameters));
    parameters_.types.resize(static_cast<size_t>(text_->parameters));
  }

  void bind(int position, std::string_view text) override;
  void bind(int position, int64_t number) override;
  void bind(int position, double number) override;
  void bind_boolean(int position, bool value) override;
  void bind_null(int position) override;
  void bind_list(int position, std::span<const std::string_view> texts) override;
  void bind_list(int position, std::span<const int64_t> numbers) override;
  void bind_list(int position, std::span<const double> numbers) override;
  void bind_booleans(int position, std::span<const char> values) override;

  void send() override;
  bool step() override;
  void run() override;
  void reset() override;

  bool is_null(int column) const override;
  int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text(int column) const override;

 private:
  void set(int position, Oid type, std::optional<std::string> value);

  PostgresConnection& connection_;
  std::shared_ptr<PostgresConnection::Text> text_;
  Parameters parameters_;
  std::shared_ptr<Answer> answer_;  ///< of a query that was sent and not read yet
  Result result_;
  int row_ = 0;
};

}  // namespace millrace::sql::postgres
