// Translates requests into calls of SearchService and back.
#pragma once

#include <gatehouse/handler.hpp>

#include "plugins/posts/search_service.hpp"

namespace posts {

class SearchHandlers final {
public:
    explicit SearchHandlers(SearchService& service) : service_(service) {}

    gatehouse::Page<SearchHit> find(const gatehouse::User* user, gatehouse::Query<SearchRequest> request) {
        return service_.find(request, Viewer(user));
    }

private:
    SearchService& service_;
};

}  // namespace posts
