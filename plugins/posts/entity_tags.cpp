#include "plugins/posts/entity_tags.hpp"

#include <gatehouse/problem.hpp>

namespace posts {

namespace {

// FNV-1a: the same in every process.
std::string digest_of(const std::string& text) {
    std::uint32_t digest = 2'166'136'261U;
    for (const char c : text) digest = (digest ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return std::to_string(digest);
}

}  // namespace

std::string tag_of(const Post& post) {
    const std::string original = post.original ? "-o" + std::to_string(post.original->version) : "";
    const std::string names = post.author_name + (post.original ? "\n" + post.original->author_name : "");
    return "\"" + std::to_string(post.version) + "-" + std::to_string(post.likes) + "-" +
           std::to_string(post.comments) + "-" + std::to_string(post.reposts) + original + "-n" + digest_of(names) +
           (post.liked_by_me ? "-l\"" : "\"");
}

std::string tag_of(const Comment& comment) {
    return "\"" + std::to_string(comment.version) + "-n" + digest_of(comment.author_name) + "\"";
}

void check_version(const gatehouse::Request& request, std::int64_t version, const char* refusal) {
    const auto wanted = request.header("if-match");
    const std::string tag = "\"" + std::to_string(version) + "-";
    if (wanted && *wanted != "*" && wanted->find(tag) == std::string_view::npos) {
        throw gatehouse::PreconditionFailed(refusal);
    }
}

}  // namespace posts
