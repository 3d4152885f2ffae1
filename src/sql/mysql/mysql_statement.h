#pragma once

#include <vector>

#include "sql/mysql/mysql_connection.h"

namespace millrace::sql::mysql {

/// A statement of MysqlConnection, which must outlive it; see RemoteStatement.
class MysqlStatement : public RemoteStatement {
 public:
  MysqlStatement(MysqlConnection& connection, std::shared_ptr<const Template> text)
      : connection_(connection),
        text_(std::move(text)),
        values_(static_cast<size_t>(text_->parameters), {"NULL"}) {}

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
  // The words of a parameter's value, or of all in a list.
  using Words = std::vector<std::string>;

  void set(int position, Words words);
  const Words& words_of(int parameter) const { return values_.at(static_cast<size_t>(parameter - 1)); }
  std::string filled_in() const;
  void append(std::string& sql, const Piece& piece) const;
  void append_rows(std::string& sql, const Piece& piece) const;

  MysqlConnection& connection_;
  const std::shared_ptr<const Template> text_;
  std::vector<Words> values_;
  Rows rows_;
  MYSQL_ROW row_ = nullptr;
  const unsigned long* lengths_ = nullptr;
  bool stepped_ = false;
};

}  // namespace millrace::sql::mysql
