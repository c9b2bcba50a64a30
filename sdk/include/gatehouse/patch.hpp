// A member of a partial update (RFC 7396): absent, null, or a value.
#pragma once

#include <optional>
#include <utility>

namespace gatehouse {

template <class T>
class Patch {
public:
    using value_type = T;

    Patch() = default;
    Patch(T value) : present_(true), value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
    Patch(std::nullopt_t) : present_(true) {}                     // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool is_absent() const { return !present_; }
    [[nodiscard]] bool is_null() const { return present_ && !value_; }
    [[nodiscard]] bool has_value() const { return value_.has_value(); }
    // REQUIRES: has_value().
    [[nodiscard]] const T& value() const { return *value_; }

    // Changes target only when this was named. Null leaves a plain target alone: refuse it with not_null.
    void apply_to(T& target) const {
        if (value_) target = *value_;
    }
    void apply_to(std::optional<T>& target) const {
        if (present_) target = value_;
    }

    bool operator==(const Patch&) const = default;

private:
    bool present_ = false;
    std::optional<T> value_;
};

}  // namespace gatehouse
