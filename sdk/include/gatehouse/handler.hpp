// What a handler's parameters and results may be. A handler is a member function of the service, a member function of
// another object, or a lambda; each parameter is resolved by its type:
//
//   const Request&      the request                      User / const User*   the caller (401 if anonymous) / or null
//   PathParam<T>        the next capture of the pattern   Query<T>             the query string as a described struct
//   Body                the raw body                     Form<T>              a form as a described struct
//   StreamingRequest    the request itself, to be ended by the handler (return void)
//   any described type  the JSON body (415, 400, 422 by themselves)
//
// Results: a described type (200), Created, Accepted, Tagged, NoContent, void (204), Response, std::optional of one
// (404 when empty), std::vector of described types, RawJson; or a task<> of any of these, on .on_loop() routes: a
// coroutine, see task.hpp.
#pragma once

#include <gatehouse/request.hpp>
#include <gatehouse/response.hpp>
#include <gatehouse/streaming.hpp>

#include <string_view>
#include <utility>

namespace gatehouse {

// Converts to T by itself. A capture that does not parse is 404.
template <class T>
struct PathParam {
    T value;
    operator const T&() const { return value; }  // NOLINT(google-explicit-constructor)
    const T& operator*() const { return value; }
    const T* operator->() const { return &value; }
};

// 422 names every bad parameter.
template <class T>
struct Query {
    T value;
    operator const T&() const { return value; }  // NOLINT(google-explicit-constructor)
    const T& operator*() const { return value; }
    const T* operator->() const { return &value; }
};

// 415 unless application/x-www-form-urlencoded.
template <class T>
struct Form {
    T value;
    operator const T&() const { return value; }  // NOLINT(google-explicit-constructor)
    const T& operator*() const { return value; }
    const T* operator->() const { return &value; }
};

struct Body {
    std::string_view bytes;
    std::string_view content_type;
};

}  // namespace gatehouse

#include <gatehouse/detail/handlers.hpp>
