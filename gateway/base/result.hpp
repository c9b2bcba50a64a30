#pragma once

#include <string>
#include <utility>
#include <variant>

namespace gatehouse {

// Why something that can be expected to fail did. message is for operators, never for clients.
struct Error {
    std::string message;
};

// A value or an Error. Look at it on the next line.
template <class T, class E = Error>
class [[nodiscard]] Result final {
public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
    Result(E error) : content_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

    explicit operator bool() const { return content_.index() == 0; }
    T& operator*() { return std::get<0>(content_); }
    const T& operator*() const { return std::get<0>(content_); }
    T* operator->() { return &std::get<0>(content_); }
    const T* operator->() const { return &std::get<0>(content_); }
    const E& error() const { return std::get<1>(content_); }

private:
    std::variant<T, E> content_;
};

}  // namespace gatehouse
