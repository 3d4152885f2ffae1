#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace millrace {

/// A credential. It can be neither streamed nor formatted nor compared, so that no log line, error message or
/// answer prints it by accident; whoever needs the value says so with reveal(). The bytes are wiped when the
/// secret is destroyed or assigned to. A value: copies are independent. Not synchronized.
class Secret {
 public:
  Secret() = default;

  /// Takes the value over and wipes the string it came in.
  explicit Secret(std::string&& value) { take(value); }
  explicit Secret(std::string_view value) : value_(value) {}

  Secret(const Secret& other) = default;
  Secret(Secret&& other) noexcept { take(other.value_); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe(value_);
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      take(other.value_);
    }
    return *this;
  }
  ~Secret() { wipe(value_); }

  /// The value itself; valid as long as the secret. Never to be logged.
  std::string_view reveal() const { return value_; }

  bool empty() const { return value_.empty(); }

  template <class Stream>
  friend Stream& operator<<(Stream&, const Secret&) = delete;

 private:
  void take(std::string& source) noexcept {
    value_.swap(source);
    wipe(source);
  }

  // Through a volatile pointer, since a compiler may drop writes to memory that is about to be freed. All of
  // the capacity, since a string whose value was taken still holds the bytes of a short value.
  static void wipe(std::string& text) noexcept {
    text.resize(text.capacity());
    volatile char* at = text.data();
    for (size_t i = 0; i < text.size(); ++i) at[i] = 0;
    text.clear();
  }

  std::string value_;
};

}  // namespace millrace
