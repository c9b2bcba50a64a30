// From words to stems, so that "posts" finds "posting" and «кошками» finds «кошка».
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/posts/words.hpp"

struct sb_stemmer;

namespace posts {

// Snowball's Russian for words in Cyrillic, English for those in Latin letters; other words are their own stems. One
// thread at a time. Cheap to make.
class Stemmer final {
public:
    Stemmer();
    // folded: as in Word. Never empty.
    [[nodiscard]] std::string stem(std::string_view folded);
    // The stems of a text, in its order.
    [[nodiscard]] std::vector<std::string> stems_of(std::string_view text);

private:
    struct Delete {
        void operator()(sb_stemmer* stemmer) const;
    };
    using Handle = std::unique_ptr<sb_stemmer, Delete>;
    Handle english_, russian_;
};

}  // namespace posts
