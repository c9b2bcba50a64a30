#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/http/limits.hpp"
#include "gateway/http/message.hpp"

// Plays a connection's octets through the parsers as a session would, in pieces of any size, and tells in one line what
// was understood.
namespace gatehouse::http::testing {

// Gives the size of the next piece, given what is left; at least 1.
using Splitter = std::function<std::size_t(std::size_t left)>;
Splitter whole();
Splitter byte_by_byte();
Splitter random_pieces(unsigned seed);

// Octets per request are summed up: "POST /pub/x chunked 5 close" is a request whose five octets of chunked body were
// read and after which the connection ends. Ends in "400 reason", in "incomplete head" or "incomplete body", or with
// the last request. Messages are separated by "; ", equal ones counted: "3 x GET /".
std::string converse(std::string_view octets, const Splitter& splitter, const Limits& limits = {});

// The same for the octets that an upstream sends on one connection: "200 length 5"; "left over 3" if more came.
std::string converse_upstream(std::string_view octets, bool request_was_head, const Splitter& splitter,
                              const Limits& limits = {});

// Writes the head as the gateway would send it on.
std::string serialize(const RequestHead& head);

}  // namespace gatehouse::http::testing
