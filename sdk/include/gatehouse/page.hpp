// Keyset pages: {"items": […], "next_cursor": "…"|null} with opaque, signed cursors.
//
//     struct ListQuery : PageQuery { std::optional<std::int64_t> author; };           // ?limit= &cursor=
//     const auto after = cursors_.open<std::int64_t>(query.cursor, "posts.new");       // Invalid when forged
//     auto rows = posts_.newest(tx, after, query.limit + 1);                           // one more than asked
//     return make_page(std::move(rows), query.limit, [&](const Post& last) { return cursors_.seal("posts.new",
//     last.id); });
#pragma once

#include <gatehouse/binding.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace gatehouse {

inline constexpr int kPageLimit = 20, kPageLimitMax = 100;

struct PageQuery {
    int limit = kPageLimit;
    std::optional<std::string> cursor;
};
// The two fields, to be listed among those of a struct derived from PageQuery.
constexpr auto limit_field() {
    return field("limit", &PageQuery::limit, optional_default, minimum(1), maximum(kPageLimitMax),
                 description("how many at most; 20 unless told otherwise"));
}
constexpr auto cursor_field() {
    return field("cursor", &PageQuery::cursor, max_length(1024), description("next_cursor of the page before"));
}
constexpr auto describe(PageQuery*) { return fields(limit_field(), cursor_field()); }

template <class T>
struct Page {
    std::vector<T> items;
    std::optional<std::string> next_cursor;
};
template <class T>
constexpr auto describe(Page<T>*) {
    return fields(field("items", &Page<T>::items),
                  field("next_cursor", &Page<T>::next_cursor, description("null on the last page")));
}

// Seals positions with HMAC-SHA-256 so that a client can neither read meaning into them nor make them up. Thread-safe.
// Parts are int64 (any integer) and std::string.
class Cursors {
public:
    // secret: from configuration, the same in every process of the service; empty = random for this process.
    explicit Cursors(std::string_view secret);

    // scope: which list and order; a cursor opens only in the scope that sealed it.
    template <class... Part>
    [[nodiscard]] std::string seal(std::string_view scope, const Part&... part) const {
        std::string payload;
        (append(payload, part), ...);
        return seal_text(scope, payload);
    }

    // Empty when cursor is absent; throws Invalid (422, parameter "cursor") when it was not sealed here.
    template <class... Part>
    [[nodiscard]] std::optional<std::tuple<Part...>> open(const std::optional<std::string>& cursor,
                                                          std::string_view scope) const {
        if (!cursor) return std::nullopt;
        const std::string payload = open_text(*cursor, scope);
        std::string_view rest = payload;
        std::tuple<Part...> parts;
        std::apply([&](auto&... part) { (take(rest, part), ...); }, parts);
        if (!rest.empty()) throw_bad_cursor();
        return parts;
    }

private:
    template <class Integer>
    requires std::is_integral_v<Integer>
    static void append(std::string& payload, Integer value) {
        append_integer(payload, static_cast<std::int64_t>(value));
    }
    static void append(std::string& payload, std::string_view value);
    static void append_integer(std::string& payload, std::int64_t value);
    template <class Integer>
    requires std::is_integral_v<Integer>
    static void take(std::string_view& rest, Integer& value) { value = static_cast<Integer>(take_integer(rest)); }
    static void take(std::string_view& rest, std::string& value);
    static std::int64_t take_integer(std::string_view& rest);
    [[noreturn]] static void throw_bad_cursor();
    [[nodiscard]] std::string seal_text(std::string_view scope, std::string_view payload) const;
    [[nodiscard]] std::string open_text(std::string_view cursor, std::string_view scope) const;
    [[nodiscard]] std::array<unsigned char, 16> tag(std::string_view scope, std::string_view payload) const;

    std::string key_;
};

// rows: up to limit + 1; the extra one only tells that there is more. cursor_of(last item of the page) -> std::string.
template <class T, class CursorOf>
[[nodiscard]] Page<T> make_page(std::vector<T> rows, int limit, CursorOf cursor_of) {
    Page<T> page{std::move(rows), std::nullopt};
    if (page.items.size() > static_cast<std::size_t>(limit)) {
        page.items.resize(static_cast<std::size_t>(limit));
        page.next_cursor = cursor_of(page.items.back());
    }
    return page;
}

}  // namespace gatehouse
