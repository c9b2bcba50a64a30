#include "sdk/service/json_tree.hpp"

#include <gatehouse/problem.hpp>

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <utility>

namespace gatehouse::detail {

namespace {

using Error = boost::json::error_code;

// Builds the tree from the parser's events. Refuses duplicate names, which two readers may resolve differently.
class TreeBuilder {
public:
    static constexpr std::size_t max_array_size = kJsonValuesMax;
    static constexpr std::size_t max_object_size = kJsonValuesMax;
    static constexpr std::size_t max_string_size = 0x7ffffffe;
    static constexpr std::size_t max_key_size = 64 * 1024;

    bool on_document_begin(Error&) { return true; }
    bool on_document_end(Error&) { return true; }
    bool on_object_begin(Error& error) { return open(JsonNode::Kind::object, error); }
    bool on_object_end(std::size_t, Error& error) {
        if (has_duplicates(open_.back())) return refuse("It has a duplicate member name.", error);
        return close();
    }
    bool on_array_begin(Error& error) { return open(JsonNode::Kind::array, error); }
    bool on_array_end(std::size_t, Error&) { return close(); }
    bool on_key_part(boost::json::string_view part, std::size_t, Error&) { return collect(part); }
    bool on_key(boost::json::string_view part, std::size_t, Error&) {
        collect(part);
        names_.push_back(std::exchange(text_, {}));
        return true;
    }
    bool on_string_part(boost::json::string_view part, std::size_t, Error&) { return collect(part); }
    bool on_string(boost::json::string_view part, std::size_t, Error& error) {
        collect(part);
        JsonNode node;
        node.kind = JsonNode::Kind::string;
        node.text = std::exchange(text_, {});
        return add(std::move(node), error);
    }
    bool on_number_part(boost::json::string_view, Error&) { return true; }
    bool on_int64(std::int64_t value, boost::json::string_view, Error& error) {
        JsonNode node;
        node.kind = JsonNode::Kind::integer;
        node.integer = value;
        return add(std::move(node), error);
    }
    bool on_uint64(std::uint64_t value, boost::json::string_view, Error& error) {
        JsonNode node;
        node.kind = JsonNode::Kind::unsigned_integer;
        node.unsigned_integer = value;
        return add(std::move(node), error);
    }
    bool on_double(double value, boost::json::string_view, Error& error) {
        JsonNode node;
        node.kind = JsonNode::Kind::number;
        node.number = value;
        return add(std::move(node), error);
    }
    bool on_bool(bool value, Error& error) {
        JsonNode node;
        node.kind = JsonNode::Kind::boolean;
        node.boolean = value;
        return add(std::move(node), error);
    }
    bool on_null(Error& error) { return add(JsonNode{}, error); }
    bool on_comment_part(boost::json::string_view, Error&) { return true; }
    bool on_comment(boost::json::string_view, Error&) { return true; }

    [[nodiscard]] JsonNode take_root() { return std::move(root_); }
    [[nodiscard]] const char* refusal() const { return refusal_; }

private:
    bool collect(boost::json::string_view part) {
        text_.append(part.data(), part.size());
        return true;
    }
    bool open(JsonNode::Kind kind, Error& error) {
        JsonNode node;
        node.kind = kind;
        if (!take_name(node, error)) return false;
        open_.push_back(std::move(node));
        return true;
    }
    bool close() {
        JsonNode node = std::move(open_.back());
        open_.pop_back();
        place(std::move(node));
        return true;
    }
    bool add(JsonNode node, Error& error) {
        if (!take_name(node, error)) return false;
        place(std::move(node));
        return true;
    }
    bool take_name(JsonNode& node, Error& error) {
        if (++count_ > kJsonValuesMax) return refuse("It has too many values.", error);
        if (!open_.empty() && open_.back().kind == JsonNode::Kind::object) {
            node.name = std::move(names_.back());
            names_.pop_back();
        }
        return true;
    }
    void place(JsonNode node) {
        if (open_.empty()) {
            root_ = std::move(node);
        } else {
            open_.back().children.push_back(std::move(node));
        }
    }
    bool refuse(const char* why, Error& error) {
        refusal_ = why;
        error = boost::json::error::exception;
        return false;
    }
    static bool has_duplicates(const JsonNode& object) {
        std::vector<std::string_view> names;
        names.reserve(object.children.size());
        for (const JsonNode& child : object.children) names.push_back(child.name);
        std::sort(names.begin(), names.end());
        return std::adjacent_find(names.begin(), names.end()) != names.end();
    }

    JsonNode root_;
    std::vector<JsonNode> open_;
    std::vector<std::string> names_;
    std::string text_;
    std::size_t count_ = 0;
    const char* refusal_ = nullptr;
};

}  // namespace

const JsonNode* JsonNode::find(std::string_view member) const {
    for (const JsonNode& child : children) {
        if (child.name == member) return &child;
    }
    return nullptr;
}

JsonNode parse_tree(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = kJsonDepthMax;
    boost::json::basic_parser<TreeBuilder> parser(options);
    Error error;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
    if (error == boost::json::error::too_deep) throw BadRequest("The body is nested deeper than 32 levels.");
    if (const char* refusal = parser.handler().refusal())
        throw BadRequest(std::string("The body is refused. ") + refusal);
    if (error == boost::json::error::incomplete || text.empty())
        throw BadRequest("The body ends before its JSON does.");
    if (error) throw BadRequest("The body is not valid JSON at byte " + std::to_string(used) + ".");
    if (used < text.size()) {
        throw BadRequest("The body has text after its JSON at byte " + std::to_string(used) + ".");
    }
    return parser.handler().take_root();
}

JsonNode tree_of(const Pairs& pairs) {
    JsonNode root;
    root.kind = JsonNode::Kind::object;
    for (const auto& [name, value] : pairs) {
        auto existing = std::find_if(root.children.begin(), root.children.end(),
                                     [&, &key = name](const JsonNode& child) { return child.name == key; });
        if (existing == root.children.end()) {
            JsonNode node;
            node.kind = JsonNode::Kind::string;
            node.name = name;
            node.text = value;
            existing = root.children.insert(root.children.end(), std::move(node));
        }
        std::string_view rest = value;  // as a list: split at commas
        while (!rest.empty()) {
            const std::string_view part = rest.substr(0, rest.find(','));
            rest.remove_prefix(part.size() < rest.size() ? part.size() + 1 : part.size());
            JsonNode item;
            item.kind = JsonNode::Kind::string;
            item.text = part;
            existing->children.push_back(std::move(item));
        }
    }
    return root;
}

}  // namespace gatehouse::detail
