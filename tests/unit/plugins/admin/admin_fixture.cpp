#include "tests/unit/plugins/admin/admin_fixture.hpp"

#include <algorithm>

#include <gatehouse/call.hpp>

const AdminFixture::Person AdminFixture::kNobody{0, "", {}};
const AdminFixture::Person AdminFixture::kAnn{7, "ann", {"user"}};
const AdminFixture::Person AdminFixture::kBob{8, "bob", {"user"}};
const AdminFixture::Person AdminFixture::kCid{9, "cid", {"user"}};
const AdminFixture::Person AdminFixture::kMod{20, "mod", {"moderator", "user"}};
const AdminFixture::Person AdminFixture::kMia{21, "mia", {"moderator", "user"}};
const AdminFixture::Person AdminFixture::kRoot{30, "root", {"admin", "user"}};
const AdminFixture::Person AdminFixture::kBoss{31, "boss", {"admin", "user"}};

namespace {

using gatehouse::testing::Answer;

Answer answer(int status, std::string body) { return {.status = status, .headers = {}, .body = std::move(body)}; }

Answer problem(int status, const std::string& detail) {
    return answer(status, R"({"status":)" + std::to_string(status) + R"(,"detail":")" + detail + "\"}");
}

std::int64_t last_number(const std::string& target) { return std::stoll(target.substr(target.rfind('/') + 1)); }

}  // namespace

AdminFixture::AdminFixture() {
    for (const Person* person : {&kAnn, &kBob, &kCid, &kMod, &kMia, &kRoot, &kBoss})
        accounts_[person->id] = {person->name, person->roles, "active", false};
    posts_ = {{100, {7, "hello", 0}}, {101, {7, "for bob", 8}}, {102, {8, "bob's", 0}}};
    comments_ = {{200, {7, "well", 0}}, {201, {7, "for bob", 8}}};
    host_.on_call("auth", [this](const PeerRequest& request) { return auth(request); });
    host_.on_call("posts", [this](const PeerRequest& request) { return posts(request); });
}

Answer AdminFixture::send(const Person& who, std::string method, std::string target, std::string body,
                          std::string if_match) {
    auto request = host_.request(std::move(method), std::move(target));
    if (who.id != 0) request.as_user(who.id, who.name, who.roles);
    if (!body.empty()) request.json(std::move(body));
    if (!if_match.empty()) request.header("if-match", std::move(if_match));
    return request.remote_address("203.0.113.9").send();
}

Answer AdminFixture::act(const Person& who, std::int64_t user_id, const std::string& verb, std::string body) {
    return send(who, "POST", "/api/admin/users/" + std::to_string(user_id) + verb, std::move(body));
}

std::int64_t AdminFixture::report(const Person& who, const std::string& target, const std::string& reason) {
    const auto slash = target.find('/');
    const Answer filed =
        send(who, "POST", "/api/reports",
             "{\"" + target.substr(0, slash) + "_id\":" + target.substr(slash + 1) + R"(,"reason":")" + reason + "\"}");
    EXPECT_TRUE(filed.status == 201 || filed.status == 200) << filed.body;
    return filed.json().at("id").as_int64();
}

Answer AdminFixture::resolve(const Person& who, std::int64_t id, std::string body) {
    return send(who, "POST", "/api/admin/reports/" + std::to_string(id) + "/resolve", std::move(body));
}

boost::json::object AdminFixture::look(std::int64_t report_id) {
    const Answer seen = send(kMod, "GET", "/api/admin/reports/" + std::to_string(report_id));
    EXPECT_EQ(seen.status, 200) << seen.body;
    return seen.json().as_object();
}

std::vector<std::string> AdminFixture::audit(const std::string& query) {
    const Answer listed = send(kRoot, "GET", "/api/admin/audit" + query);
    EXPECT_EQ(listed.status, 200) << listed.body;
    std::vector<std::string> lines;
    const auto page = listed.json();
    for (const auto& entry : page.at("items").as_array()) {
        lines.push_back(std::string(entry.at("action").as_string()) + " " +
                        std::string(entry.at("target").as_string()));
    }
    return lines;
}

std::vector<std::int64_t> AdminFixture::all_ids(const Person& who, const std::string& target) {
    std::vector<std::int64_t> ids;
    std::string cursor;
    do {
        const Answer listed = send(who, "GET", target + cursor);
        EXPECT_EQ(listed.status, 200) << listed.body;
        if (listed.status != 200) return ids;
        const auto page = listed.json();
        for (const auto& item : page.at("items").as_array()) ids.push_back(item.at("id").as_int64());
        const auto& next = page.at("next_cursor");
        cursor = next.is_null() ? "" : "&cursor=" + std::string(next.as_string());
    } while (!cursor.empty());
    return ids;
}

std::vector<std::string> AdminFixture::events(const std::string& prefix) {
    std::vector<std::string> found;
    for (const auto& event : host_.published()) {
        if (event.type.starts_with(prefix)) found.push_back(event.type + " " + event.subject);
    }
    return found;
}

Answer AdminFixture::auth(const PeerRequest& request) {
    EXPECT_EQ(request.user_id, 0) << "as the service itself";
    const std::lock_guard lock(mutex_);
    if (request.method == "GET") {
        if (auth_ == Peer::down) throw gatehouse::CallFailed(GH_E_UNAVAILABLE, "down");
        return list_accounts(request);
    }
    EXPECT_EQ(request.method, "PATCH");
    changes_.push_back(request);
    return change(auth_, [&] {
        return change_account(last_number(request.target), boost::json::parse(request.body).as_object());
    });
}

Answer AdminFixture::posts(const PeerRequest& request) {
    const std::lock_guard lock(mutex_);
    const auto is_shown = [&](const Writing& writing) {
        return writing.only_for == 0 || writing.only_for == request.user_id || writing.author == request.user_id;
    };
    const auto to_json = [](const Writing& writing) {
        return R"({"author_id":)" + std::to_string(writing.author) + R"(,"author_name":"u","title":null,"text":")" +
               writing.text + "\"}";
    };
    const bool is_comment = request.target.starts_with("/api/posts/comments/");
    auto& writings = is_comment ? comments_ : posts_;
    if (request.method == "DELETE") {
        EXPECT_EQ(request.user_roles, std::vector<std::string>{"moderator"});
        changes_.push_back(request);
        return change(post_service_, [&] {
            return writings.erase(last_number(request.target)) == 1 ? answer(204, "") : problem(404, "gone");
        });
    }
    if (post_service_ == Peer::down) throw gatehouse::CallFailed(GH_E_UNAVAILABLE, "down");
    const std::int64_t id =
        is_comment ? last_number(request.target) : boost::json::parse(request.body).at("ids").at(0).as_int64();
    const auto found = writings.find(id);
    const bool is_there = found != writings.end() && is_shown(found->second);
    if (is_comment) return is_there ? answer(200, to_json(found->second)) : problem(404, "none");
    return answer(200, R"({"items":[)" + (is_there ? to_json(found->second) : "") + "]}");
}

Answer AdminFixture::change(Peer peer, const std::function<Answer()>& apply) {
    if (peer == Peer::down) throw gatehouse::CallFailed(GH_E_UNAVAILABLE, "down");
    if (peer == Peer::broken) return problem(500, "broken");
    if (before_change_) std::exchange(before_change_, nullptr)();
    Answer done = apply();
    if (peer == Peer::mute) throw gatehouse::CallFailed(GH_E_TIMEOUT, "the answer is lost");
    return done;
}

Answer AdminFixture::list_accounts(const PeerRequest& request) {
    std::string items;
    const auto add = [&](std::int64_t id) { items += (items.empty() ? "" : ",") + account_json(id); };
    if (const auto ids = request.target.find("ids="); ids != std::string::npos) {
        const std::int64_t id = std::stoll(request.target.substr(ids + 4));
        if (accounts_.contains(id)) add(id);
    } else {
        list_target_ = request.target;
        if (request.target.find("cursor=forged") != std::string::npos) return problem(422, "forged");
        for (const auto& [id, account] : accounts_) add(id);
    }
    return answer(200, R"({"items":[)" + items + R"(],"next_cursor":null})");
}

Answer AdminFixture::change_account(std::int64_t id, const boost::json::object& order) {
    const auto found = accounts_.find(id);
    if (found == accounts_.end()) return problem(404, "There is no such user.");
    Account after = found->second;
    if (const auto* expected = order.if_contains("expected"); expected != nullptr && expected->is_object()) {
        const auto& status = expected->at("status");
        const auto& roles = expected->at("roles");
        if ((status.is_string() && status.as_string() != after.status) ||
            (roles.is_array() && boost::json::value_to<std::vector<std::string>>(roles) != after.roles)) {
            return problem(409, "The account has been changed.");
        }
    }
    if (const auto* status = order.if_contains("status")) after.status = status->as_string().c_str();
    if (const auto* roles = order.if_contains("roles")) {
        after.roles = boost::json::value_to<std::vector<std::string>>(*roles);
    }
    if (order.contains("email_verified")) after.email_verified = true;
    const auto is_admin = [](const Account& account) {
        return account.status == "active" && std::count(account.roles.begin(), account.roles.end(), "admin") == 1;
    };
    const auto admins =
        std::count_if(accounts_.begin(), accounts_.end(), [&](const auto& one) { return is_admin(one.second); });
    const auto* keep = order.if_contains("keep_admin");
    if (keep != nullptr && keep->as_bool() && is_admin(found->second) && !is_admin(after) && admins == 1) {
        return problem(409, "There would be no administrator left.");
    }
    found->second = after;
    return answer(200, account_json(id));
}

std::string AdminFixture::account_json(std::int64_t id) const {
    const Account& account = accounts_.at(id);
    return boost::json::serialize(boost::json::object{{"id", id},
                                                      {"username", account.username},
                                                      {"email", account.username + "@example.com"},
                                                      {"roles", boost::json::value_from(account.roles)},
                                                      {"email_verified", account.email_verified},
                                                      {"status", account.status},
                                                      {"full_name", nullptr},
                                                      {"phone", nullptr},
                                                      {"created_at", "2026-01-01T00:00:00.000Z"},
                                                      {"last_login_at", nullptr}});
}
