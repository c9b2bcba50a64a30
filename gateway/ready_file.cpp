#include "gateway/ready_file.hpp"

#include <cstdio>
#include <fstream>

#include "gateway/observe/json_text.hpp"

namespace gatehouse {

std::optional<Error> write_ready_file(const std::string& path, const std::vector<std::string>& addresses,
                                      const std::string& admin_address) {
    std::string text = R"({"listen":[)";
    for (const std::string& address : addresses) {
        if (&address != &addresses.front()) text.push_back(',');
        observe::append_json_string(text, address);
    }
    text.push_back(']');
    if (!admin_address.empty()) {
        text.append(R"(,"admin":)");
        observe::append_json_string(text, admin_address);
    }
    text.append("}\n");

    const std::string unfinished = path + ".new";
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file || std::rename(unfinished.c_str(), path.c_str()) != 0) return Error{"cannot write " + path};
    return std::nullopt;
}

}  // namespace gatehouse
