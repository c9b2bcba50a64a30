// tiny.c's answers in C++, on the bare ABI: a runtime of its own (statics, exceptions, containers, another standard
// library linked in) has to come and go with every reload. Routes: GET /now, /later, /work, /worker.
#include <gatehouse/abi.h>

#include <array>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

extern "C" __attribute__((used)) const volatile char gatehouse_soak_marker[] = "GATEHOUSE-SOAK-0000000000";

template <std::size_t Size>
constexpr gh_str text(const char (&literal)[Size]) {
    return {literal, Size - 1};
}
gh_str text(const std::string& value) { return {value.data(), value.size()}; }

std::string marker() {
    std::string copy;
    for (std::size_t i = 0; i + 1 < sizeof gatehouse_soak_marker; ++i) copy += gatehouse_soak_marker[i];
    return copy;
}

// What a unique symbol would share between generations.
std::map<std::string, int>& answers_by_place() {
    static std::map<std::string, int> counts;
    return counts;
}

class Tiny;

struct Waiting {
    Tiny* self;
    gh_request* request;
    std::vector<int> numbers{};
};

class Tiny {
public:
    explicit Tiny(const gh_host& host) : host_(host) {
        add("/now", 0, &on_now);
        add("/later", 0, &on_later);
        add("/work", 0, &on_work);
        add("/worker", GH_ROUTE_BLOCKING, &on_worker);
        answers_by_place()["create"] = 1;
    }

private:
    void add(const std::string& pattern, std::uint32_t flags,
             void (*handle)(void*, gh_request*, const gh_request_view*)) {
        gh_route route{};
        route.size = sizeof route;
        route.flags = flags | GH_ROUTE_AUTH_OPTIONAL;
        route.method = text("GET");
        route.pattern = route.operation_id = text(pattern);
        route.handle = handle;
        route.self = this;
        if (host_.add_route(&host_, &route) != GH_OK) throw std::runtime_error("no route " + pattern);
    }

    void answer(gh_request* request, const std::string& where) {
        std::ostringstream out;
        try {
            if (where != "now") throw std::invalid_argument(where);
            out << marker() << " now\n";
        } catch (const std::exception& thrown) {
            out << marker() << " " << thrown.what() << "\n";
        }
        out << marker() << "\n";
        auto body = std::make_unique<std::string>(out.str());
        const gh_kv header{text("content-type"), text("text/plain")};
        gh_response response{};
        response.size = sizeof response;
        response.code = 200;
        response.headers = &header;
        response.n_headers = 1;
        response.body.ptr = reinterpret_cast<const std::uint8_t*>(body->data());
        response.body.len = body->size();
        response.body.release = [](void* owner) { delete static_cast<std::string*>(owner); };
        response.body.owner = body.release();
        if (host_.http->reply(request, &response) != GH_OK) host_.http->abort(request, nullptr);
    }

    static void on_now(void* self, gh_request* request, const gh_request_view*) {
        static_cast<Tiny*>(self)->answer(request, "now");
    }

    static void on_later(void* context, gh_request* request, const gh_request_view*) {
        auto* const self = static_cast<Tiny*>(context);
        const gh_host& host = self->host_;
        auto waiting = std::make_unique<Waiting>(Waiting{self, request});
        gh_op operation{};
        const auto wake = [](void* slept, gh_status, const gh_error*) {
            const std::unique_ptr<Waiting> woken(static_cast<Waiting*>(slept));
            woken->self->answer(woken->request, "later");
        };
        if (host.sleep(&host, host.http->loop(request), 5'000'000, wake, waiting.get(), &operation) == GH_PENDING) {
            static_cast<void>(waiting.release());
        } else {
            self->answer(request, "no timer");
        }
    }

    static void on_work(void* context, gh_request* request, const gh_request_view*) {
        auto* const self = static_cast<Tiny*>(context);
        const gh_host& host = self->host_;
        auto waiting = std::make_unique<Waiting>(Waiting{self, request});
        const auto work = [](void* job) {
            for (int i = 0; i < 100; ++i) static_cast<Waiting*>(job)->numbers.push_back(i);
        };
        const auto done = [](void* job, gh_status, const gh_error*) {
            const std::unique_ptr<Waiting> worked(static_cast<Waiting*>(job));
            worked->self->answer(worked->request, "work " + std::to_string(worked->numbers.size()));
        };
        if (host.offload(&host, host.http->loop(request), work, done, waiting.get()) == GH_PENDING) {
            static_cast<void>(waiting.release());
        } else {
            self->answer(request, "no worker");
        }
    }

    static void on_worker(void* self, gh_request* request, const gh_request_view*) {
        static_cast<Tiny*>(self)->answer(request, "worker");
    }

    const gh_host& host_;
};

gh_status create(const gh_host* host, gh_str, void** out) {
    try {
        *out = new Tiny(*host);
        return GH_OK;
    } catch (const std::exception&) {
        return GH_E_INTERNAL;
    }
}

void destroy(void* self) { delete static_cast<Tiny*>(self); }

GH_PLUGIN_NOTE("soak.tiny", "1.0.0", "c++");

}  // namespace

GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void) {
    static const gh_plugin table = [] {
        gh_plugin made{};
        made.size = sizeof made;
        made.abi_minor = GH_ABI_MINOR;
        made.id = text("soak.tiny");
        made.version = text("1.0.0");
        made.sdk = text("c++");
        made.create = &create;
        made.destroy = &destroy;
        return made;
    }();
    return &table;
}
