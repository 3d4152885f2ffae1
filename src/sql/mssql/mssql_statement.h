#pragma once

#include <vector>

#include "sql/mssql/lists.h"
#include "sql/mssql/mssql_connection.h"

namespace millrace::sql::mssql {

/// A statement of MssqlConnection, which must outlive it; see RemoteStatement.
class MssqlStatement : public RemoteStatement {
 public:
  MssqlStatement(MssqlConnection& connection, std::shared_ptr<const Template> text)
      : connection_(connection), text_(std::move(text)), values_(static_cast<size_t>(text_->parameters)) {}

  void bind(int position, std::string_view text) override;
  void bind(int position, int64_t number) override;
  void bind(int position, double number) override;
  void bind_boolean(int position, bool value) override;
  void bind_null(int position) override;
  void bind_list(int position, std::span<const std::string_view> texts) override;
  void bind_list(int position, std::span<const int64_t> numbers) override;
  void bind_list(int position, std::span<const double> numbers) override;
  void bind_booleans(int position, std::span<const char> values) override;

  bool step() override;
  void run() override;
  void reset() override;

  bool is_null(int column) const override;
  int64_t integer(int column) const override;
  double real(int column) const override;
  std::string_view text(int column) const override;

 private:
  using Bound = std::variant<odbc::Value, List>;

  void set(int position, Bound value);
  void execute();
  void append(const Piece& piece, std::string& sql, std::vector<odbc::Value>& values) const;
  const odbc::Value& value_of(int parameter) const;
  const List& list_of(int parameter) const;
  const odbc::Value& cell(int column) const { return rows_.at(next_ - 1).at(static_cast<size_t>(column)); }

  MssqlConnection& connection_;
  const std::shared_ptr<const Template> text_;
  std::vector<Bound> values_;
  std::vector<odbc::Row> rows_;
  size_t next_ = 0;  ///< row that the next step gives
  bool stepped_ = false;
  mutable std::vector<std::string> words_;  ///< numbers of the row that were asked for as texts
};

}  // namespace millrace::sql::mssql
