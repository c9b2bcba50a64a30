#include "gateway/config/model.hpp"

#include <algorithm>

namespace gatehouse::config {

const Endpoint* Service::find(Endpoint::Kind kind) const {
    const auto found = std::find_if(at.begin(), at.end(), [&](const Endpoint& one) { return one.kind == kind; });
    return found == at.end() ? nullptr : &*found;
}

const std::string& Service::library() const {
    static const std::string none;
    const Endpoint* home = find(Endpoint::Kind::plugin);
    if (home == nullptr) home = find(Endpoint::Kind::spawn);
    return home == nullptr ? none : home->plugin;
}

std::uint64_t Service::plugin_weight() const {
    std::uint64_t weight = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
        if (at[i].kind == Endpoint::Kind::plugin) weight += i < weights.size() ? weights[i] : 1;
    }
    return weight;
}

std::uint64_t Service::remote_weight() const {
    std::uint64_t weight = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
        if (at[i].kind != Endpoint::Kind::plugin) weight += i < weights.size() ? weights[i] : 1;
    }
    return weight;
}

}  // namespace gatehouse::config
