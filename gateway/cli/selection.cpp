#include "gateway/cli/selection.hpp"

#include "gateway/cli/terminal.hpp"
#include "gateway/config/addresses.hpp"
#include "gateway/config/suggest.hpp"

namespace gatehouse::cli {

std::optional<std::vector<const config::Service*>> select_services(const config::Configuration& configuration,
                                                                   const std::string& name) {
    std::vector<const config::Service*> selected;
    if (name.empty()) {
        for (const auto& [key, service] : configuration.services) {
            if (!service.library().empty() || service.is_served) selected.push_back(&service);
        }
        return selected;
    }
    const auto found = configuration.services.find(name);
    if (found == configuration.services.end()) {
        std::vector<std::string> names;
        for (const auto& [key, service] : configuration.services) names.push_back(key);
        const std::string suggestion = config::did_you_mean(name, names);
        complain(configuration.file + " has no service \"" + name + "\"" +
                 (suggestion.empty() ? "" : ": " + suggestion));
        return std::nullopt;
    }
    selected.push_back(&found->second);
    return selected;
}

std::optional<std::vector<const config::Service*>> select_plugin_services(const config::Configuration& configuration,
                                                                          const std::string& name) {
    auto selected = select_services(configuration, name);
    if (!selected) return std::nullopt;
    if (!name.empty() && selected->front()->library().empty()) {
        complain("the service " + name + " runs at " + config::format_endpoint(selected->front()->at.front()) +
                 ": do this over there, with a file that says " + name + ": plugin:" + name);
        return std::nullopt;
    }
    std::erase_if(*selected, [](const config::Service* service) { return service->library().empty(); });
    return selected;
}

}  // namespace gatehouse::cli
