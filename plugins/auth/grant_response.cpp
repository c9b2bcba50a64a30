#include "plugins/auth/grant_response.hpp"

namespace auth {
namespace {

using gatehouse::Cookie;
using gatehouse::Response;

constexpr char kRefreshPath[] = "/api/auth";  // the refresh token goes nowhere else

TokenAnswer answer_to(const Grant& grant) {
    TokenAnswer answer;
    answer.access_token = grant.access_token;
    answer.expires_in = grant.expires_in.count();
    return answer;
}

Cookie cookie(std::string name, std::string value, std::string path, std::chrono::seconds max_age) {
    Cookie made;
    made.name = std::move(name);
    made.value = std::move(value);
    made.path = std::move(path);
    made.max_age = max_age;
    return made;
}

}  // namespace

Response grant_response(const Grant& grant, Delivery delivery, const CookieRules& cookies) {
    TokenAnswer answer = answer_to(grant);
    if (delivery == Delivery::json) answer.refresh_token = grant.refresh_token;
    Response response = Response::json(answer);
    response.header("cache-control", "no-store");
    if (delivery == Delivery::cookies) {
        response.cookie(cookie(cookies.name, grant.access_token, "/", grant.expires_in));
        response.cookie(cookie(cookies.refresh_name(), grant.refresh_token, kRefreshPath, cookies.lifetime));
    }
    return response;
}

Response sign_up_response(const Grant& grant) {
    TokenAnswer answer = answer_to(grant);
    answer.user = grant.account;
    answer.refresh_token = grant.refresh_token;
    Response response = Response::json(answer, 201);
    response.header("location", "/api/auth/me").header("cache-control", "no-store");
    return response;
}

void clear_cookies(Response& response, const CookieRules& cookies) {
    response.cookie(cookie(cookies.name, "", "/", std::chrono::seconds(0)));
    response.cookie(cookie(cookies.refresh_name(), "", kRefreshPath, std::chrono::seconds(0)));
}

}  // namespace auth
