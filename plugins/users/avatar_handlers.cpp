#include "plugins/users/avatar_handlers.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include <gatehouse/http.hpp>
#include <gatehouse/problem.hpp>

namespace users {

using gatehouse::Response;
using gatehouse::StreamingRequest;
using gatehouse::task;

namespace {

// A new picture is seen within minutes, under the same address.
constexpr char kCaching[] = "public, max-age=300";

struct StoredImage {
    std::string id;
};
constexpr auto describe(StoredImage*) { return fields(field("id", &StoredImage::id)); }

// What media finds wrong with a picture is the client's to know.
bool is_about_the_picture(int status) {
    constexpr std::array<int, 4> kStatuses{400, 413, 415, 422};
    return std::find(kStatuses.begin(), kStatuses.end(), status) != kStatuses.end();
}

[[noreturn]] void refuse_for_now() { throw gatehouse::ServiceUnavailable(std::chrono::seconds(1)); }

}  // namespace

// A picture on its way through. Shared: a piece that is awaited may still come when nobody waits for the answer any
// more.
struct AvatarHandlers::Passing {
    explicit Passing(StreamingRequest its_request) : request(std::move(its_request)) {}
    StreamingRequest request;
    std::exception_ptr failure;  // of the client's making
};

// One piece after another, as media has room for more.
struct AvatarHandlers::Pieces {
    std::shared_ptr<Passing> passing;

    task<std::optional<std::string>> operator()() const { return next(passing); }

    static task<std::optional<std::string>> next(std::shared_ptr<Passing> passing) {
        try {
            const auto piece = co_await passing->request.next();
            if (!piece) co_return std::nullopt;
            co_return std::string(piece->bytes());
        } catch (...) {
            passing->failure = std::current_exception();
        }
        std::rethrow_exception(passing->failure);
    }
};

task<> AvatarHandlers::put(StreamingRequest request) {
    const auto passing = std::make_shared<Passing>(std::move(request));
    std::exception_ptr failure;
    std::optional<Response> response;
    try {
        response = co_await pass_on(passing);
    } catch (const gatehouse::Canceled&) {
        throw;
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        passing->request.reply(context_.problem_of(failure));
    } else {
        passing->request.reply(*std::move(response));
    }
}

// media reads all of a body before it refuses it, and takes at least as much as this route does: so nobody is left
// waiting for a piece of a body when the answer comes.
task<Response> AvatarHandlers::pass_on(std::shared_ptr<Passing> passing) {
    const gatehouse::Request& head = passing->request.request();
    const User user = head.user();
    const std::uint64_t length = head.view().content_length;
    const Pieces pieces{passing};
    gatehouse::HttpRequest upload("POST", "/api/media");
    static_cast<void>(std::move(upload)
                          .on_behalf_of(head)
                          .header("content-type", std::string(head.header("content-type").value_or("")))
                          .body_from(pieces, length == UINT64_MAX ? 0 : length));
    gatehouse::CallResponse answer;
    std::exception_ptr failure;
    try {
        answer = co_await context_.http().fetch("media", std::move(upload));
    } catch (const gatehouse::CallFailed&) {
        failure = passing->failure ? passing->failure : std::current_exception();
    }
    if (failure) std::rethrow_exception(failure);
    if (is_about_the_picture(answer.status)) {
        co_return Response(answer.status).body(std::move(answer.body), "application/problem+json");
    }
    if (answer.status == 403) throw gatehouse::NotFound("This profile was deleted.");  // its account was, meanwhile
    if (answer.status != 201) refuse_for_now();
    const auto image = answer.json<StoredImage>();
    auto set = [&] { return service_.set(user, image.id); };
    const Profile profile = co_await gatehouse::offload(set);
    co_return Response::json(profile).header("etag", tag_of(profile));
}

gatehouse::NoContent AvatarHandlers::remove(const User& user) {
    service_.remove(user);
    return {};
}

Response AvatarHandlers::show(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id,
                              gatehouse::Query<AvatarQuery> query) {
    auto call = gatehouse::CallRequest::get("/api/media/" + gatehouse::percent_encode(service_.find(*id)) +
                                            "?square=true&w=" + std::to_string(query->size));
    if (const auto known = request.header("if-none-match")) call.headers = {{"if-none-match", std::string(*known)}};
    auto answer = context_.call("media", std::move(call).within(request));
    if (answer.status == 404) throw gatehouse::NotFound("This user has no picture.");
    if (answer.status != 200 && answer.status != 304) refuse_for_now();
    Response response(answer.status);
    response.header("cache-control", kCaching).header("x-content-type-options", "nosniff");
    if (const auto tag = answer.header("etag")) response.header("etag", std::string(*tag));
    if (answer.status == 304) return response;
    response.header("content-disposition", "inline").header("content-security-policy", "default-src 'none'; sandbox");
    return std::move(response).body(std::move(answer.body), std::string(answer.header("content-type").value_or("")));
}

}  // namespace users
