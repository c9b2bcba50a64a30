#include "sdk/seed/names.hpp"

#include <sstream>

#include "sdk/seed/data.hpp"
#include "sdk/seed/lines.hpp"

namespace gatehouse::seed {

namespace {

Names parse(std::string_view file) {
    Names names;
    for_each_line(file, [&](std::string_view section, std::string_view line) {
        std::istringstream words{std::string(line)};
        if (section == "given") {
            GivenName& name = names.given.emplace_back();
            std::string gender;
            words >> gender >> name.written >> name.latin;
            name.gender = gender == "m" ? Gender::male : Gender::female;
        } else {
            FamilyName& name = names.family.emplace_back();
            words >> name.written[0] >> name.written[1] >> name.latin[0] >> name.latin[1];
        }
    });
    return names;
}

}  // namespace

const Names& names_of(Language language) {
    static const Names english = parse(data::english_names()), russian = parse(data::russian_names());
    return language == Language::english ? english : russian;
}

}  // namespace gatehouse::seed
