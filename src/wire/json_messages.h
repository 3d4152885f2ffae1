#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace millrace::wire {

/// Appends a message of one type as JSON.
using AppendMessage = void (*)(const google::protobuf::Message& message, std::string& out);

/// The writer of a type of the contract, null for others. Generated, since asking messages for their fields
/// one by one costs more than writing them. Any thread.
AppendMessage json_writer_of(const google::protobuf::Descriptor* type);

}  // namespace millrace::wire
