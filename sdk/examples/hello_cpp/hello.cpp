#include "hello.hpp"

#include <algorithm>
#include <memory>

namespace hello {

using namespace gatehouse;

namespace {

// Sends "n\n" … "1\n", one write at a time; waits whenever the client is slower. Keeps itself alive in its callback.
class Countdown : public std::enable_shared_from_this<Countdown> {
public:
    Countdown(StreamingRequest request, std::int64_t from) : request_(std::move(request)), left_(from) {}

    void run() {
        while (left_ > 0) {
            const gh_status status =
                request_.write(std::to_string(left_--) + "\n", [self = shared_from_this()](gh_status written) {
                    if (written == GH_OK) self->run();
                });
            if (status != GH_OK) return;  // GH_PENDING: goes on in the callback; an error: the destructor aborts
        }
        request_.finish();
    }

private:
    StreamingRequest request_;
    std::int64_t left_;
};

// Reads a piece, writes it, and so on to the end.
class Echo : public std::enable_shared_from_this<Echo> {
public:
    explicit Echo(StreamingRequest request) : request_(std::move(request)) {}

    void run() {
        while (true) {
            Chunk chunk;
            const gh_status status = request_.read(chunk, [self = shared_from_this()](gh_status read, Chunk piece) {
                if (self->take(read, piece)) self->run();
            });
            if (status == GH_PENDING || !take(status, chunk)) return;
        }
    }

private:
    // True: go on reading now.
    bool take(gh_status status, const Chunk& chunk) {
        if (status == GH_END) request_.finish();
        if (status != GH_OK) return false;
        return request_.write(std::string(chunk.bytes()), [self = shared_from_this()](gh_status written) {
            if (written == GH_OK) self->run();
        }) == GH_OK;
    }

    StreamingRequest request_;
};

}  // namespace

Hello::Hello(Context& context, const Config& config)
    : context_(context), config_(config), added_(context.counter("hello_messages_total", "Messages added")) {
    context.get("/hello/{name}", &Hello::greet).on_loop().summary("Greets by name");
    context.get("/messages", &Hello::all).summary("All messages");
    context.post("/messages", &Hello::add).requires_user().max_body(4_KiB).summary("Adds a message");
    context.get("/countdown/{from:int}", &Hello::count_down).on_loop().summary("Streams numbers");
    context.post("/echo", &Hello::echo).on_loop().stream_in().summary("Streams the body back");
}

Message Hello::greet(PathParam<std::string> name, const Query<Style>& style) {
    std::string text = config_.greeting + ", " + name.value;
    if (style->shout)
        std::transform(text.begin(), text.end(), text.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return {text};
}

Created<Message> Hello::add(const User& user, const Message& message) {
    std::size_t index = 0;
    {
        const std::scoped_lock lock(mutex_);
        if (messages_.size() >= 1000) throw Conflict("There is no room for more messages.");
        index = messages_.size();
        messages_.push_back({user.name + ": " + message.text});
    }
    added_.add();
    context_.log().info("message added", {{"user", user.id}, {"index", index}});
    return Created{message, "/messages/{}", index};
}

std::vector<Message> Hello::all() {
    const std::scoped_lock lock(mutex_);
    return messages_;
}

void Hello::count_down(StreamingRequest request) {
    const auto from = request.request().path_param<std::int64_t>("from");
    if (from > 1'000'000) {
        request.reply(NotFound("It starts at a million at most."));
        return;
    }
    request.start(Response(200).header("content-type", "text/plain"));
    std::make_shared<Countdown>(std::move(request), from)->run();
}

void Hello::echo(StreamingRequest request) {
    request.start(Response(200));
    std::make_shared<Echo>(std::move(request))->run();
}

}  // namespace hello
