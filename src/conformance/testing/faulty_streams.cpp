#include "conformance/testing/faulty_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/error.h"

namespace millrace::conformance::testing {
namespace {

// A sink made of functions.
class SinkOfFunctions : public ByteSink {
 public:
  using Write = std::function<void(std::string_view)>;
  using Act = std::function<void()>;

  SinkOfFunctions(Write write, Act commit, Act give_up = nullptr)
      : write_(std::move(write)), commit_(std::move(commit)), give_up_(std::move(give_up)) {}
  ~SinkOfFunctions() override {
    if (!committed_ && give_up_) give_up_();
  }

  void write(std::string_view chunk) override { write_(chunk); }
  void commit() override {
    committed_ = true;
    commit_();
  }

 private:
  Write write_;
  Act commit_;
  Act give_up_;
  bool committed_ = false;
};

class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}

  size_t read(std::span<char> buffer) override {
    const size_t count = std::min(buffer.size(), text_.size() - position_);
    std::memcpy(buffer.data(), text_.data() + position_, count);
    position_ += count;
    return count;
  }

 private:
  std::string text_;
  size_t position_ = 0;
};

class InPlaceSink : public ByteSink {
 public:
  explicit InPlaceSink(const std::string& file) {
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    descriptor_ = open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  }
  ~InPlaceSink() override { close(descriptor_); }

  void write(std::string_view chunk) override {
    constexpr size_t kBit = 16 << 10;
    for (size_t start = 0; start < chunk.size(); start += kBit) {
      const std::string_view bit = chunk.substr(start, kBit);
      if (::write(descriptor_, bit.data(), bit.size()) < 0)
        throw Error(ErrorCode::kInternalError, "cannot write");
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }
  void commit() override {}

 private:
  int descriptor_;
};

}  // namespace

std::unique_ptr<ByteSink> forgetful_sink() {
  return std::make_unique<SinkOfFunctions>([](std::string_view) {}, [] {});
}

std::unique_ptr<ByteSink> changing_sink(std::unique_ptr<ByteSink> inner,
                                        std::function<void(std::string&)> change) {
  const std::shared_ptr<ByteSink> sink = std::move(inner);
  return std::make_unique<SinkOfFunctions>(
      [sink, change = std::move(change)](std::string_view chunk) {
        std::string changed(chunk);
        change(changed);
        sink->write(changed);
      },
      [sink] { sink->commit(); });
}

std::unique_ptr<ByteSink> hasty_sink(std::unique_ptr<ByteSink> inner) {
  const std::shared_ptr<ByteSink> sink = std::move(inner);
  const auto commit = [sink] { sink->commit(); };
  return std::make_unique<SinkOfFunctions>([sink](std::string_view chunk) { sink->write(chunk); }, commit,
                                           commit);
}

std::unique_ptr<ByteSink> sink_without_empty_files(std::unique_ptr<ByteSink> inner) {
  const std::shared_ptr<ByteSink> sink = std::move(inner);
  const auto written = std::make_shared<bool>(false);
  return std::make_unique<SinkOfFunctions>(
      [sink, written](std::string_view chunk) {
        *written = *written || !chunk.empty();
        sink->write(chunk);
      },
      [sink, written] {
        if (*written) sink->commit();
      });
}

std::unique_ptr<ByteSink> deaf_sink(std::unique_ptr<ByteSink> inner) {
  const std::shared_ptr<ByteSink> sink = std::move(inner);
  const auto ignoring = [](const auto& action) {
    try {
      action();
    } catch (const Error&) {
      // The defect: what went wrong is not told.
    }
  };
  return std::make_unique<SinkOfFunctions>(
      [=](std::string_view chunk) { ignoring([&] { sink->write(chunk); }); },
      [=] { ignoring([&] { sink->commit(); }); });
}

std::unique_ptr<ByteSink> in_place_sink(const std::string& file) {
  return std::make_unique<InPlaceSink>(file);
}

std::unique_ptr<ByteSink> holding_sink(std::unique_ptr<ByteSink> inner) {
  const std::shared_ptr<ByteSink> sink = std::move(inner);
  const auto held = std::make_shared<std::string>();
  return std::make_unique<SinkOfFunctions>([held](std::string_view chunk) { held->append(chunk); },
                                           [sink, held] {
                                             sink->write(*held);
                                             sink->commit();
                                           });
}

std::unique_ptr<ByteSink> reporting_sink(std::unique_ptr<ByteSink> inner, std::function<void()> failed) {
  const std::shared_ptr<ByteSink> sink = std::move(inner);
  const auto reporting = [failed = std::move(failed)](const auto& action) {
    try {
      action();
    } catch (const Error&) {
      failed();
      throw;
    }
  };
  return std::make_unique<SinkOfFunctions>(
      [=](std::string_view chunk) { reporting([&] { sink->write(chunk); }); },
      [=] { reporting([&] { sink->commit(); }); });
}

std::unique_ptr<ByteSource> text_source(std::string text) {
  return std::make_unique<TextSource>(std::move(text));
}

std::unique_ptr<ByteSource> holding_source(std::unique_ptr<ByteSource> inner) {
  std::string all;
  std::vector<char> piece(size_t{1} << 20);
  while (const size_t count = inner->read(piece)) all.append(piece.data(), count);
  return text_source(std::move(all));
}

}  // namespace millrace::conformance::testing
