#include "gateway/config/yaml_reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <istream>
#include <map>
#include <sstream>
#include <unordered_map>

#include "gateway/base/ascii.hpp"

namespace gatehouse::config {

const Node* Node::find(std::string_view key) const {
    for (const Entry& entry : entries) {
        if (entry.key.text == key) return &entry.value;
    }
    return nullptr;
}

std::string_view kind_name(const Node& node) {
    switch (node.kind) {
        case Node::Kind::nothing: return "nothing";
        case Node::Kind::scalar: return "a single value";
        case Node::Kind::list: return "a list";
        case Node::Kind::map: return "an object";
    }
    return "";
}

bool is_ambiguous_word(const Node& node) {
    static constexpr std::array<std::string_view, 8> kWords = {"on", "off", "yes", "no", "true", "false", "null", "~"};
    if (!node.is_scalar() || node.is_quoted) return false;
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return ascii::iequals(node.text, word); });
}

namespace {

// Ends the parse; the reason has been reported.
struct Stop {};

class Lines final {
public:
    explicit Lines(const std::string& text) : text_(text) {
        starts_.push_back(0);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\n') starts_.push_back(i + 1);
        }
    }
    std::string_view from(Position position) const {
        if (position.line < 1 || static_cast<std::size_t>(position.line) > starts_.size()) return {};
        const std::size_t begin = starts_[position.line - 1];
        std::string_view line = std::string_view(text_).substr(begin);
        line = line.substr(0, line.find('\n'));
        return line.substr(std::min<std::size_t>(line.size(), position.column - 1));
    }

private:
    const std::string& text_;
    std::vector<std::size_t> starts_;
};

int quoted_length(std::string_view rest) {
    const char quote = rest.front();
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (quote == '"' && rest[i] == '\\') {
            ++i;
        } else if (rest[i] == quote) {
            return static_cast<int>(i + 1);
        }
    }
    return static_cast<int>(rest.size());
}

// Builds the tree out of the parser's events; counts what it builds, so that no alias can blow it up.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(const std::string& text, Report& report) : lines_(text), report_(report) {}

    Node take() { return std::move(root_); }
    bool has_document() const { return has_document_; }

    void OnDocumentStart(const YAML::Mark&) override { has_document_ = true; }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(make(mark, Node::Kind::nothing), anchor);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node = make(mark, Node::Kind::scalar);
        node.is_quoted = tag == "!";
        node.text = value;
        check_tag(tag, node);
        const std::string_view rest = lines_.from(node.position);
        const bool opens_quote = !rest.empty() && (rest.front() == '"' || rest.front() == '\'');
        const int length = opens_quote ? quoted_length(rest) : static_cast<int>(value.size());
        node.length = std::clamp(length, 1, std::max(1, static_cast<int>(rest.size())));
        add(std::move(node), anchor);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Node::Kind::list);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark, tag, anchor, Node::Kind::map);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            report_.add(codes::syntax, position_of(mark), 1, "an alias inside of what it names");
            throw Stop{};
        }
        count(mark, found->second.values);
        Node copy = found->second.node;
        check_depth(copy, static_cast<int>(open_.size()), mark);
        add(std::move(copy), 0, Counted::already);
    }

private:
    enum class Counted : std::uint8_t { now, already };
    struct Open {
        Node node;
        YAML::anchor_t anchor = 0;
        std::size_t values_before = 0;
        bool expects_value = false;
        Node key;
        std::unordered_map<std::string, Position> keys;
    };
    struct Anchored {
        Node node;
        std::size_t values = 0;
    };

    static Position position_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

    static Node make(const YAML::Mark& mark, Node::Kind kind) {
        Node node;
        node.kind = kind;
        node.position = position_of(mark);
        return node;
    }

    void count(const YAML::Mark& mark, std::size_t values) {
        values_ += values;
        if (values_ <= kMaxValues) return;
        report_.add(codes::too_many_values, position_of(mark), 1, "the file has more than 50000 values",
                    "with every alias (*name) written out");
        throw Stop{};
    }

    void check_depth(const Node& node, int depth, const YAML::Mark& mark) {
        if (depth >= kMaxDepth) {
            report_.add(codes::too_deep, position_of(mark), 1, "values are nested deeper than 24 levels");
            throw Stop{};
        }
        for (const Node& item : node.items) check_depth(item, depth + 1, mark);
        for (const Node::Entry& entry : node.entries) check_depth(entry.value, depth + 1, mark);
    }

    void check_tag(const std::string& tag, const Node& node) {
        if (tag.empty() || tag == "?" || tag == "!") return;
        report_.add(codes::yaml_feature, node, "YAML tags are not used here", "remove \"" + tag + "\"");
    }

    void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
        if (static_cast<int>(open_.size()) >= kMaxDepth) {
            report_.add(codes::too_deep, position_of(mark), 1, "values are nested deeper than 24 levels");
            throw Stop{};
        }
        count(mark, 1);
        Open opened;
        opened.node = make(mark, kind);
        check_tag(tag, opened.node);
        opened.anchor = anchor;
        opened.values_before = values_ - 1;
        open_.push_back(std::move(opened));
    }

    void close() {
        Open closed = std::move(open_.back());
        open_.pop_back();
        if (closed.anchor != 0) anchors_[closed.anchor] = {closed.node, values_ - closed.values_before};
        place(std::move(closed.node));
    }

    void add(Node node, YAML::anchor_t anchor, Counted counted = Counted::now) {
        if (counted == Counted::now) {
            YAML::Mark mark;
            mark.line = node.position.line - 1;
            mark.column = node.position.column - 1;
            count(mark, 1);
        }
        if (anchor != 0) anchors_[anchor] = {node, 1};
        place(std::move(node));
    }

    void place(Node node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        if (parent.node.is_list()) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.expects_value) {
            parent.key = std::move(node);
            parent.expects_value = true;
        } else {
            parent.expects_value = false;
            if (node.kind == Node::Kind::nothing) {  // the parser places it at whatever comes next
                node.position = parent.key.position;
                node.length = parent.key.length;
            }
            if (accept_key(parent)) parent.node.entries.push_back({std::move(parent.key), std::move(node)});
        }
    }

    bool accept_key(Open& map) {
        const Node& key = map.key;
        if (!key.is_scalar()) {
            report_.add(codes::wrong_type, key, "a key has to be a word", "this is " + std::string(kind_name(key)));
            return false;
        }
        if (!key.is_quoted && key.text == "<<") {
            report_.add(codes::yaml_feature, key, "merge keys (<<) are not used here",
                        "write the keys out, or put them into a policy");
            return false;
        }
        if (is_ambiguous_word(key)) {
            report_.add(codes::yaml_boolean, key, "the key \"" + key.text + "\" is not a string in every YAML version",
                        {}, "quote it: \"" + key.text + "\":");
            return false;
        }
        const auto [first, is_new] = map.keys.emplace(key.text, key.position);
        if (is_new) return true;
        report_.add(codes::duplicate_key, key, "\"" + key.text + "\" is here twice",
                    "first in line " + std::to_string(first->second.line));
        return false;
    }

    Lines lines_;
    Report& report_;
    Node root_;
    bool has_document_ = false;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Anchored> anchors_;
    std::size_t values_ = 0;
};

}  // namespace

std::optional<Node> read_yaml(const std::string& text, Report& report) {
    TreeBuilder builder(text, report);
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        if (!builder.has_document()) {
            report.add(codes::missing_key, {1, 1}, 1, "the file is empty", {}, "begin with: version: 1");
            return std::nullopt;
        }
        Report ignored;
        TreeBuilder second(text, ignored);
        if (parser.HandleNextDocument(second)) {
            report.add(codes::yaml_feature, second.take().position, 1, "the file has more than one document",
                       "only one is read", "remove what follows the second ---");
        }
    } catch (const Stop&) {
        return std::nullopt;
    } catch (const YAML::Exception& exception) {
        const Position position{std::max(1, exception.mark.line + 1), std::max(1, exception.mark.column + 1)};
        report.add(codes::syntax, position, 1, "this is not YAML: " + exception.msg);
        return std::nullopt;
    }
    return builder.take();
}

}  // namespace gatehouse::config
