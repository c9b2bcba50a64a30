// The JSON binding: any text is either refused with a problem or read, and what was read is written as JSON that reads
// back to the same text. Free JSON takes exactly what the binding takes.
#include <gatehouse/binding.hpp>
#include <gatehouse/json.hpp>

#include <cstdint>
#include <cstdlib>

#include "tests/unit/sdk/service/wide_struct.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    bool is_json = true;
    try {
        const auto value = gatehouse::from_json<wide::Wide>(text);
        const std::string written = gatehouse::to_json(value);
        if (gatehouse::to_json(gatehouse::from_json<wide::Wide>(written)) != written) std::abort();
    } catch (const gatehouse::Invalid& invalid) {
        if (invalid.errors().empty() || invalid.errors().size() > 100) std::abort();
        static_cast<void>(gatehouse::parse_json(invalid.to_json("id")));
    } catch (const gatehouse::BadRequest&) {
        is_json = false;
    }
    try {
        static_cast<void>(gatehouse::parse_json(text));
        if (!is_json) std::abort();
    } catch (const gatehouse::BadRequest&) {
        if (is_json) std::abort();
    }
    return 0;
}
