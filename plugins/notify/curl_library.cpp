#include "plugins/notify/curl_library.hpp"

#include <curl/curl.h>
#include <dlfcn.h>

#include <mutex>
#include <stdexcept>

namespace notify {

void prepare_curl() {
    static std::once_flag once;
    std::call_once(once, [] {
        Dl_info library{};
        if (::dladdr(reinterpret_cast<const void*>(&curl_easy_init), &library) != 0) {
            ::dlopen(library.dli_fname, RTLD_LAZY | RTLD_NODELETE | RTLD_NOLOAD);
        }
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::runtime_error("libcurl cannot be set up");
    });
}

}  // namespace notify
