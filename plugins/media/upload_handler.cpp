#include "plugins/media/upload_handler.hpp"

#include "plugins/media/upload.hpp"

namespace media {

using gatehouse::Response;
using gatehouse::StreamingRequest;
using gatehouse::task;

// A client that goes away ends it by Canceled: the file closes, and is gone.
task<> UploadHandler::post(StreamingRequest request) {
    std::exception_ptr failure;
    std::optional<Response> response;
    try {
        response = co_await receive(request);
    } catch (const gatehouse::Canceled&) {
        throw;
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        request.reply(context_.problem_of(failure));
    } else {
        request.reply(*std::move(response));
    }
}

// What is refused is still read to its end, which is near: who sends gets to see the answer, and not a connection that
// breaks in the middle of a write.
task<Response> UploadHandler::receive(StreamingRequest& request) {
    const gatehouse::User owner = request.request().user();
    Upload upload(request.request().header("content-type").value_or(""), service_.upload_bytes_max());
    auto flush = [&] { upload.spool().flush(service_.scratch()); };
    std::exception_ptr refusal;
    while (const auto piece = co_await request.next()) {
        if (refusal) continue;
        try {
            upload.feed(piece->bytes());
        } catch (const gatehouse::Problem&) {
            refusal = std::current_exception();
            continue;
        }
        if (upload.spool().wants_flush()) co_await gatehouse::offload(flush);
    }
    if (refusal) std::rethrow_exception(refusal);
    upload.finish();
    auto accept = [&] {
        flush();
        return service_.accept(upload.spool().file(), owner);
    };
    const Media media = co_await gatehouse::offload(accept);
    co_return Response::json(to_view(media), 201).header("location", media.url());
}

}  // namespace media
