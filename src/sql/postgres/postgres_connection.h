#pragma once

#include <optional>
#include <unordered_map>

#include "sql/postgres/postgres_session.h"
#include "sql/remote.h"

namespace millrace::sql::postgres {

/// The driver of PostgreSQL; see RemoteConnection. Statements without rows of interest are sent without
/// waiting, those with rows are waited for together with all before them, so that a transaction takes as many
/// journeys as it has reads, and one for its commit. Transactions that read see one snapshot, those that
/// write are READ COMMITTED.
class PostgresConnection : public RemoteConnection {
 public:
  /// Connects; throws as Session does.
  explicit PostgresConnection(Target target);

  std::unique_ptr<RemoteStatement> prepare(std::string_view sql) override;
  void execute(const std::string& script) override;
  void begin_read() override;
  void begin_write() override;
  void commit() override;
  void rollback() noexcept override;
  bool is_pipelined() const override { return true; }
  bool copy(std::string_view target, std::span<const Column> columns) override;
  int64_t total_changes() const override { return total_changes_; }
  int64_t changes() override;
  bool run_within(std::chrono::milliseconds time, const std::function<void()>& action) override;
  void restore() override;

 private:
  friend class PostgresStatement;

  // One statement of the stores in PostgreSQL's words, prepared once for each choice of types.
  struct Text {
    std::string sql;
    int parameters;
    bool reads;   ///< changes nothing
    bool cached;  ///< prepared under a name
    std::unordered_map<std::string, std::shared_ptr<Prepared>> prepared;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::shared_ptr<Text> text_of(std::string_view sql);
  void begin(std::string_view sql);
  void order(std::string_view sql);
  void send(Text& text, const Parameters& parameters, std::shared_ptr<Answer> answer = nullptr);
  Result finish();
  void await(const Answer& answer);
  void heed_fault();
  std::shared_ptr<Prepared> prepared_of(Text& text, const Parameters& parameters);

  const Target target_;
  std::unique_ptr<Session> session_;
  std::unordered_map<std::string, std::shared_ptr<Text>, Hash, std::equal_to<>> texts_;
  uint64_t names_ = 0;
  Result last_;
  int64_t total_changes_ = 0;
  std::optional<std::chrono::steady_clock::time_point> budget_;
};

}  // namespace millrace::sql::postgres
