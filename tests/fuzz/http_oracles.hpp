#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// How other people's parsers read a message. What Gatehouse accepts, whoever stands behind it must read in the same
// way.
namespace gatehouse::fuzz {

enum class MessageKind { request, response, response_to_head };

struct OracleMessage {
    std::string method;  // of a request
    std::string target;
    int status = 0;  // of a response
    std::string body;
    std::vector<std::pair<std::string, std::string>> fields;  // names in lower case, values trimmed; before the body
};

// Each reads the first message of the octets, the end of which is the end of the connection; nothing if it refuses it
// or finds it incomplete.
std::optional<OracleMessage> read_with_http_parser(std::string_view octets, MessageKind kind);
std::optional<OracleMessage> read_with_beast(std::string_view octets, MessageKind kind);
std::optional<OracleMessage> read_with_gatehouse(std::string_view octets, MessageKind kind);

// Ends the program if another parser reads the octets, and reads them differently. A refusal is no difference.
void expect_same_reading(std::string_view octets, MessageKind kind);

// Ends the program with a message, as a finding of the fuzzer.
void require(bool condition, const char* what);

}  // namespace gatehouse::fuzz
