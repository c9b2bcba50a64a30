#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/config/report.hpp"
#include "gateway/config/schema.hpp"
#include "gateway/config/values.hpp"
#include "gateway/config/yaml_node.hpp"

namespace gatehouse::config {

// A bare or quoted string; reports anything else and words that YAML versions read differently. False: reported.
bool read_string(const Node& node, std::string_view what, Report& report, std::string& value);
// A list of strings, each with its place.
std::vector<const Node*> read_string_list(const Node& node, std::string_view what, Report& report);
// Reports what a small value parser did not like.
void report_value_error(const Node& node, const ValueError& error, Report& report);

// Reads one object of the file by its table. The constructor reports unknown, missing and not yet supported keys; each
// read() checks the type and the range that the table says, and leaves the value alone when the key is absent or wrong.
class ObjectReader final {
public:
    ObjectReader(const Node& node, const Object& object, Report& report);

    // Null if absent, or if the node is no object at all.
    const Node* find(std::string_view name) const { return is_map_ ? node_.find(name) : nullptr; }
    const Node& node() const { return node_; }
    bool is_map() const { return is_map_; }

    void read(std::string_view name, std::string& value) const;
    void read(std::string_view name, bool& value) const;
    void read(std::string_view name, std::uint64_t& value) const;  // whole number or size
    void read(std::string_view name, std::uint32_t& value) const;
    void read(std::string_view name, std::chrono::milliseconds& value) const;
    void read(std::string_view name, Rate& value) const;
    void read(std::string_view name, std::vector<std::string>& value) const;
    // Left alone as a whole when one of them is wrong.
    void read(std::string_view name, std::vector<std::uint32_t>& value) const;
    // The choice that was made, or the default.
    std::string choice(std::string_view name) const;

private:
    void check_keys() const;
    bool has_later_key() const;
    void check_range(const Key& key, const Node& node, std::uint64_t& target, std::uint64_t value) const;
    const Key& row(std::string_view name) const;

    const Node& node_;
    const Object& object_;
    Report& report_;
    bool is_map_;
};

}  // namespace gatehouse::config
