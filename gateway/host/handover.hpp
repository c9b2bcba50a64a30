#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gatehouse::host {

// What became of gh.handover/1 between two generations.
struct Handover {
    enum class Result : std::uint8_t { none, done, unknown_schema, failed };
    Result result = Result::none;  // none: one of the two does not take part
    std::string why;               // after `failed`
    std::size_t bytes = 0;
};

}  // namespace gatehouse::host
