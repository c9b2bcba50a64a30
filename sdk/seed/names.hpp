// Names for made-up people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/seed/grammar.hpp"

namespace gatehouse::seed {

struct GivenName {
    Gender gender = Gender::male;
    std::string written, latin;
};
struct FamilyName {
    std::string written[2], latin[2];  // of a man, of a woman
};

struct Names {
    std::vector<GivenName> given;
    std::vector<FamilyName> family;
};
[[nodiscard]] const Names& names_of(Language language);

}  // namespace gatehouse::seed
