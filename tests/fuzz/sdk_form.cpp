// Query strings, forms and cursors: bounded, and what comes out is UTF-8 that encodes and decodes to itself.
#include <gatehouse/binding.hpp>
#include <gatehouse/page.hpp>

#include <cstdint>
#include <cstdlib>

#include "tests/unit/sdk/service/wide_struct.hpp"

namespace {

void check_pairs(std::string_view text) {
    const auto pairs = gatehouse::parse_form(text);
    if (!pairs) return;
    std::string again;
    for (const auto& [name, value] : *pairs) {
        if (!gatehouse::is_utf8(name) || !gatehouse::is_utf8(value)) std::abort();
        again += "&" + gatehouse::percent_encode(name) + "=" + gatehouse::percent_encode(value);
    }
    const auto decoded = gatehouse::parse_form(again, {.bytes = again.size(), .pairs = pairs->size()});
    if (!decoded || *decoded != *pairs) std::abort();
    try {
        static_cast<void>(gatehouse::from_pairs<wide::Wide>(*pairs, gatehouse::PairSource::query));
    } catch (const gatehouse::Invalid& invalid) {
        if (invalid.errors().empty()) std::abort();
    }
}

void check_cursor(const std::string& text) {
    static const gatehouse::Cursors cursors("a key that the fuzzer does not know");
    try {
        static_cast<void>(cursors.open<std::int64_t, std::string>(text, "fuzz"));
        std::abort();  // forged
    } catch (const gatehouse::Invalid&) {
    }
    const auto parts = cursors.open<std::string, std::int64_t>(cursors.seal("fuzz", text, text.size()), "fuzz");
    if (!parts || std::get<0>(*parts) != text) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_pairs(text);
    check_cursor(std::string(text));
    return 0;
}
