#include "plugins/auth/invitation_page.hpp"

#include <string>

#include "plugins/auth/crypto.hpp"

namespace auth {
namespace {

constexpr char kBeforeScript[] = R"html(<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Invitation</title>
<main><h1>Make your account</h1>
<form id="form">
<p><label>User name<br><input name="username" required minlength="3" maxlength="32" autocomplete="username"></label></p>
<p><label>E-mail<br><input name="email" type="email" required autocomplete="email"></label></p>
<p><label>Password<br><input name="password" type="password" required minlength="8" autocomplete="new-password"></label></p>
<p><button>Make the account</button></p>
</form><p id="answer" role="status"></p></main>
<script nonce=")html";
constexpr char kScript[] = R"html(">
const form = document.getElementById('form'), answer = document.getElementById('answer');
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = Object.fromEntries(new FormData(form));
  body.token = location.hash.slice(1);
  const response = await fetch(location.pathname, {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  const result = await response.json();
  if (response.status === 201) {
    history.replaceState(null, '', location.pathname);
    form.remove();
    answer.textContent = 'The account ' + result.user.username + ' is ready: ' + result.user.roles.join(', ') + '.';
  } else {
    const errors = (result.errors || []).map((error) => error.pointer.slice(1) + ' ' + error.detail);
    answer.textContent = errors.join('; ') || result.detail || result.title;
  }
});
</script></html>
)html";

}  // namespace

gatehouse::Response invitation_page() {
    const std::string nonce = random_text(16);
    gatehouse::Response response(200);
    response
        .header("content-security-policy", "default-src 'none'; script-src 'nonce-" + nonce +
                                               "'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; "
                                               "base-uri 'none'")
        .header("cache-control", "no-store")
        .header("referrer-policy", "no-referrer")
        .header("x-content-type-options", "nosniff")
        .body(kBeforeScript + nonce + kScript, "text/html; charset=utf-8");
    return response;
}

}  // namespace auth
