// Identity: whatever a client sends, no field whose folded name is reserved survives, and no other is touched.
#include <cstddef>
#include <cstdint>

#include "gateway/http/request_parser.hpp"
#include "gateway/http/reserved_fields.hpp"
#include "tests/fuzz/http_oracles.hpp"

namespace {

const std::vector<std::string> kReserved = {"X-User-ID",    "X-User-Name",     "X-User-Roles",
                                            "X-Session-ID", "X-Forwarded-For", "X-Gatehouse-Assertion"};

// Written apart from the code under test: letters and digits only, in lower case, all separators one.
std::string folded(std::string_view name) {
    std::string result;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') {
            result.push_back(static_cast<char>(c - 'A' + 'a'));
        } else {
            result.push_back(c == '_' || c == '.' ? '-' : c);
        }
    }
    return result;
}

bool is_reserved(std::string_view name) {
    for (const std::string& reserved : kReserved) {
        if (folded(reserved) == folded(name)) return true;
    }
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gatehouse;
    const http::Limits limits;
    const http::ReservedFields reserved(kReserved);
    std::string buffer =
        "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(reinterpret_cast<const char*>(data), size) + "\r\n\r\n";
    http::RequestHead head;
    if (http::RequestParser(limits).parse(buffer, head).status != http::ParseStatus::complete) return 0;

    std::vector<http::Field> expected;
    for (const http::Field& field : head.fields) {
        fuzz::require(reserved.contains(field.name) == is_reserved(field.name), "contains() and the rule differ");
        if (!is_reserved(field.name)) expected.push_back(field);
    }
    const std::size_t before = head.fields.size();
    fuzz::require(reserved.strip(head.fields) == before - expected.size(), "the number of stripped fields");
    fuzz::require(head.fields == expected, "a reserved field survives, or another does not");
    return 0;
}
