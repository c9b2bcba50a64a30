// A parsed document and a cursor into it that knows where it is, so that every error carries its pointer.
#pragma once

#include <gatehouse/form.hpp>
#include <gatehouse/problem.hpp>
#include <gatehouse/rules.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

// refuse_in_config: all but `database` at the top, which the gateway names to every service, also to one that has none.
enum class UnknownFields { ignore, refuse, refuse_in_config };

namespace detail {

struct JsonNode;
struct JsonTree;

// Cursor by value; a child refers to its parent, which must outlive it (both live on the stack of the reader).
class JsonIn {
public:
    [[nodiscard]] bool exists() const { return node_ != nullptr; }
    [[nodiscard]] bool is_null() const;
    [[nodiscard]] bool is_object() const;
    [[nodiscard]] bool is_array() const;
    [[nodiscard]] bool is_text_mode() const;  // the values come from a query string or form

    // Each reads one value under its rules; on failure adds an error and returns false.
    bool read(bool& out) const;
    bool read(std::int64_t& out, std::int64_t low, std::int64_t high, const ValueRules& rules) const;
    bool read(std::uint64_t& out, const ValueRules& rules) const;
    bool read(double& out, const ValueRules& rules) const;
    bool read(std::string& out, const ValueRules& rules) const;
    bool read_raw(std::string& out) const;  // the value as compact JSON text

    // Arrays. size() also checks the item rules: false = an error was added.
    bool size(std::size_t& out, const Rules& rules) const;
    [[nodiscard]] JsonIn element(std::size_t index) const;

    // Objects. REQUIRES: enter_object() returned true.
    bool enter_object() const;
    [[nodiscard]] JsonIn member(std::string_view name) const;  // exists() is false when absent
    [[nodiscard]] std::size_t member_count() const;
    [[nodiscard]] std::string_view member_name(std::size_t index) const;
    // Adds an error for each member that is not in known, if the document refuses unknown members.
    void refuse_unknown(const std::string_view* known, std::size_t count) const;

    bool fail(std::string detail) const;  // always false
    [[nodiscard]] std::size_t error_count() const { return errors_->size(); }
    [[nodiscard]] std::vector<FieldError>& errors() const { return *errors_; }
    [[nodiscard]] std::string pointer() const;
    [[nodiscard]] bool is_query() const;

private:
    friend class JsonDocument;
    JsonIn(const JsonTree* tree, const JsonNode* node, std::vector<FieldError>* errors)
        : tree_(tree), node_(node), errors_(errors) {}

    const JsonTree* tree_;
    const JsonNode* node_;
    std::vector<FieldError>* errors_;
    const JsonIn* parent_ = nullptr;
    std::string_view name_;
    static constexpr std::size_t kMember = static_cast<std::size_t>(-1);
    std::size_t index_ = kMember;  // of an element; kMember: known by name_
};

class JsonDocument {
public:
    explicit JsonDocument(std::string_view text, UnknownFields unknown = UnknownFields::ignore);  // throws BadRequest
    JsonDocument(const Pairs& pairs, bool query);
    ~JsonDocument();
    JsonDocument(const JsonDocument&) = delete;
    JsonDocument& operator=(const JsonDocument&) = delete;

    // errors must outlive the cursor.
    [[nodiscard]] JsonIn root(std::vector<FieldError>& errors) const;

private:
    std::unique_ptr<JsonTree> tree_;
};

// REQUIRES: text is valid UTF-8. Empty = fine, else what is wrong.
[[nodiscard]] std::string check_format(std::string_view text, Format format);

}  // namespace detail
}  // namespace gatehouse
