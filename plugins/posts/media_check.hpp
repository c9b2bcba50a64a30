// Asks the service `media` whether the files of a post exist and are their author's.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/request.hpp>

namespace posts {

class MediaCheck final {
public:
    explicit MediaCheck(gatehouse::Context& context);

    // Throws gatehouse::Invalid with a pointer for each file that media does not know as the caller's own. Where media
    // gives no answer, or none to this question, the ids are taken as they are and media_unchecked_total grows: a post
    // does not depend on media being there. [worker]
    void require(const std::vector<std::string>& ids, const gatehouse::Request& request);

private:
    const gatehouse::Context& context_;
    gatehouse::Metric unchecked_;
};

}  // namespace posts
