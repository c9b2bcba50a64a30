#include "plugins/media/media_handlers.hpp"

#include <gatehouse/problem.hpp>

#include "plugins/media/byte_range.hpp"
#include "plugins/media/image/format.hpp"

namespace media {

namespace {

using gatehouse::Response;

// What is under an id never changes.
constexpr char kCaching[] = "public, max-age=31536000, immutable";

Response with_common_fields(Response response, const std::string& tag) {
    return std::move(response)
        .header("etag", tag)
        .header("cache-control", kCaching)
        .header("x-content-type-options", "nosniff")
        .header("accept-ranges", "bytes");
}

// Named by us, never by who sent it; and inert, should a browser take it for a document.
Response with_content_fields(Response response, const Media& media) {
    const auto format = image::format_of(media.content_type).value();
    const std::string name = media.id + "." + std::string(image::file_extension(format));
    return std::move(response)
        .header("content-disposition", "inline; filename=\"" + name + "\"")
        .header("content-security-policy", "default-src 'none'; sandbox");
}

// RFC 9110, 13.1.5: the range counts only if nothing has changed.
bool is_range_wanted(const gatehouse::Request& request, const std::string& tag) {
    const auto condition = request.header("if-range");
    return !condition || *condition == tag;
}

}  // namespace

Response MediaHandlers::show(const gatehouse::Request& request, gatehouse::PathParam<std::string> id,
                             gatehouse::Query<ThumbnailQuery> query) {
    const Media media = service_.find(*id);
    const Form form = service_.form_of(media, query);
    const std::string tag = "\"" + form.key + "\"";
    if (request.is_not_modified(tag)) return with_common_fields(Response(304), tag);

    const Mapping mapping = service_.open(media, form);
    std::string_view bytes = mapping.bytes();
    Response response(200);
    const auto field = request.header("range");
    if (field && is_range_wanted(request, tag)) {
        if (const auto range = parse_range(*field, bytes.size())) {
            response.status(206).header("content-range", "bytes " + std::to_string(range->first) + "-" +
                                                             std::to_string(range->last) + "/" +
                                                             std::to_string(bytes.size()));
            bytes = bytes.substr(range->first, range->size());
        }
    }
    response.body(mapping.owner(), bytes, media.content_type);
    return with_content_fields(with_common_fields(std::move(response), tag), media);
}

Batch MediaHandlers::batch(const BatchQuery& query) { return service_.batch(query); }

gatehouse::NoContent MediaHandlers::remove(const gatehouse::User& user, gatehouse::PathParam<std::string> id) {
    service_.remove(*id, user);
    return {};
}

}  // namespace media
