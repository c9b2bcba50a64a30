// Where webhooks may go: to http and https at addresses of the public internet, unless private ones are allowed, at
// ports where nothing else is to be expected. The name is checked when it is registered, and the address that it leads
// to each time that a connection is made.
#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

namespace notify {

enum class Reach { public_only, everywhere };

// What is wrong with it; empty: nothing. Absolute, without user, password or fragment; a name or an address that is
// plainly not public is refused here already.
[[nodiscard]] std::string fault_of_url(const std::string& url, Reach reach);

// "https://example.com": what logs and other users may see of it; its path may be a secret.
[[nodiscard]] std::string origin_of_url(const std::string& url);

// False for what is private, shared, loopback, link-local, multicast, reserved or documentation (RFC 6890 and its
// registries), for such IPv4 addresses inside IPv6 ones, and for families other than these two.
[[nodiscard]] bool is_public(const sockaddr& address);

}  // namespace notify
