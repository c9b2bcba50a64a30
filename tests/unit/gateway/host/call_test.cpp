#include "gateway/host/call.hpp"

#include <gtest/gtest.h>

#include "tests/unit/gateway/host/test_host.hpp"

namespace gatehouse::host {
namespace {

class CallTest : public HostFixture {
protected:
    CallTest() : probe_(start("probe", "probe")), peer_(start("peer", "peer")) {}

    // Through the probe's route that calls another service.
    Outcome through(std::string path) {
        TestCarrier carrier(*loops_[0], probe_, "GET", std::move(path));
        return carrier.send().get();
    }
    struct Answer : Outcome {
        std::string error;  // gatehouse-error
    };
    Answer direct(const std::string& service, const std::string& method, const std::string& target,
                  const std::string& body = {}, std::uint64_t deadline_ns = 0) {
        gh_call_request request{};
        request.size = sizeof(request);
        request.service = {service.data(), service.size()};
        request.method = {method.data(), method.size()};
        request.target = {target.data(), target.size()};
        request.body = {body.data(), body.size()};
        request.deadline_ns = deadline_ns;
        request.identity = identity_;
        Answer outcome;
        status_ = host_->call(
            request,
            [](void* context, gh_status status, const gh_call_response* response, const gh_error*) {
                auto& [out, called] = *static_cast<std::pair<Answer*, gh_status*>*>(context);
                *called = status;
                if (response == nullptr) return;
                out->code = response->code;
                out->body.assign(response->body.ptr, response->body.len);
                for (std::size_t i = 0; i < response->n_headers; ++i) {
                    const auto& [key, value] = response->headers[i];
                    if (std::string_view(key.ptr, key.len) == "gatehouse-error")
                        out->error.assign(value.ptr, value.len);
                }
            },
            &(context_ = {&outcome, &called_}));
        return outcome;
    }

    // From now on direct() calls for a user who has this role.
    void call_with_role(const std::string& role) {
        role_ = {role.data(), role.size()};
        user_ = {sizeof(gh_identity), 0, {"7", 1}, {}, {}, {}, &role_, 1};
        identity_ = &user_;
    }

    std::shared_ptr<Generation> probe_, peer_;
    gh_str role_{};
    gh_identity user_{};
    const gh_identity* identity_ = nullptr;
    gh_status status_ = GH_OK, called_ = GH_OK;
    std::pair<Answer*, gh_status*> context_;
};

TEST_F(CallTest, ReachesABlockingHandlerOnTheCallersThread) { EXPECT_EQ(through("/call/peer/who").body, "probe/"); }
TEST_F(CallTest, ReachesALoopHandler) { EXPECT_EQ(through("/call/peer/inline").body, "inline"); }
TEST_F(CallTest, WaitsForAnAnswerThatComesLater) { EXPECT_EQ(through("/call/peer/later").body, "later"); }
TEST_F(CallTest, ReachesInternalRoutes) { EXPECT_EQ(through("/call/peer/secret").body, "probe/"); }
TEST_F(CallTest, PassesOnTheStatusOfAnUnknownPath) { EXPECT_EQ(through("/call/peer/nowhere").code, 404); }
TEST_F(CallTest, SaysThatNoSuchServiceExists) { EXPECT_EQ(through("/call/nobody/who").body, "6"); }
TEST_F(CallTest, MayCallItself) { EXPECT_EQ(through("/call/probe/call/peer/who").body, "probe/"); }

TEST_F(CallTest, StopsAtADepthOfEight) {
    std::string path = "/who";
    for (int i = 0; i < 10; ++i) path.insert(0, "/call/probe");
    EXPECT_EQ(through(path).body, "8");  // GH_E_STATE
}

TEST_F(CallTest, MarksWhatIsNoAnswerOfTheService) {
    EXPECT_EQ(direct("peer", "GET", "/nowhere").error, "no_route");
    EXPECT_EQ(direct("peer", "DELETE", "/echo").error, "method_not_allowed");
    EXPECT_EQ(direct("peer", "GET", "/who").error, "");
}

TEST_F(CallTest, CarriesABodyFromAPlainThread) {
    EXPECT_EQ(direct("peer", "POST", "/echo", "hi").body, "hi");
    EXPECT_EQ(direct("peer", "DELETE", "/echo").code, 405);
}

TEST_F(CallTest, HasNoOtherRolesThanItsUser) {
    const std::string user = "user", admin = "admin";
    EXPECT_EQ(direct("peer", "GET", "/admin").code, 403);
    call_with_role(user);
    EXPECT_EQ(direct("peer", "GET", "/admin").code, 403);
    call_with_role(admin);
    EXPECT_EQ(direct("peer", "GET", "/admin").body, "gateway/7");
}

TEST_F(CallTest, MaySendNoMoreThanTheRouteTakes) {
    EXPECT_EQ(direct("peer", "POST", "/small", "1234").code, 201);
    EXPECT_EQ(direct("peer", "POST", "/small", "12345").code, 413);
}

TEST_F(CallTest, GivesUpAtTheDeadlineAndLetsThePluginEnd) {
    direct("peer", "GET", "/never", {}, to_nanoseconds(Clock::now() + 30ms));
    EXPECT_EQ(called_, GH_E_TIMEOUT);
    while (peer_->in_flight() != 0) std::this_thread::yield();  // on_cancel has made it end
}

TEST_F(CallTest, RefusesTargetsThatCouldSplitARequest) {
    direct("peer", "GET", "/who HTTP/1.1\r\nx: y");
    EXPECT_EQ(status_, GH_E_INVALID);
    direct("peer", "GET", "who");
    EXPECT_EQ(status_, GH_E_INVALID);
}

TEST_F(CallTest, IsRefusedOnALoop) {
    std::promise<void> done;
    loops_[0]->post([&] {
        direct("peer", "GET", "/who");
        done.set_value();
    });
    done.get_future().wait();
    EXPECT_EQ(status_, GH_E_STATE);
}

class RecordingRemote final : public RemoteCaller {
public:
    gh_status perform(const gh_call_request& request, const std::string& caller, TimePoint, gh_call_done done,
                      void* context) override {
        seen = caller + ">" + std::string(request.service.ptr, request.service.len);
        const gh_call_response response{sizeof(response), 299, nullptr, 0, {"far", 3}};
        done(context, GH_OK, &response, nullptr);
        return GH_OK;
    }
    std::string seen;
};

TEST_F(CallTest, GoesToTheRemoteWhenRoutesPlaceTheServiceElsewhere) {
    RecordingRemote remote;
    probe_.reset();
    peer_.reset();
    make_host(&remote);
    probe_ = start("probe", "probe");
    host_->set_remote_services({"far"});
    EXPECT_EQ(through("/call/far/x").code, 299);
    EXPECT_EQ(remote.seen, "probe>far");
    probe_.reset();
    host_.reset();
}

}  // namespace
}  // namespace gatehouse::host
