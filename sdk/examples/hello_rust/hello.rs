//! A plugin in Rust, without a crate: the bindings are one file beside this one.
//!
//!   GET /hello            an answer at once
//!   GET /greet/{name}     JSON
//!   GET /later            an answer half a second later, from a timer
//!   GET /primes/{below}   work on a thread of the plugin's pool, answered from the loop
//!
//! Compiled with panic=abort, as nothing may unwind across the border; so nothing here indexes, unwraps or panics.

#[macro_use]
mod gatehouse_abi;

use gatehouse_abi::*;
use std::fmt::Write;
use std::os::raw::{c_char, c_void};
use std::{mem, ptr, slice, str};

gh_plugin_note!("hello_rust", "1.0.0", "rust");

const NOTHING: gh_str = gh_str { ptr: ptr::null(), len: 0 };

const fn text(value: &'static str) -> gh_str {
    gh_str { ptr: value.as_ptr() as *const c_char, len: value.len() }
}

// ---- one request, to be answered once ------------------------------------------------------------------------------

/// Owns the duty to end the request: dropped unanswered, it gives up on it. May answer from any thread.
struct Open {
    host: *const gh_host,
    request: *mut gh_request,
}

impl Open {
    fn http(&self) -> &gh_http {
        unsafe { &*(*self.host).http }
    }

    fn reply(self, code: i32, content_type: &'static str, body: String) {
        let headers = [gh_kv { key: text("content-type"), val: text(content_type) }];
        let response = gh_response {
            size: mem::size_of::<gh_response>() as u32,
            code,
            headers: headers.as_ptr(),
            n_headers: headers.len(),
            body: bytes_of(body),
        };
        if unsafe { (self.http().reply)(self.request, &response) } == GH_OK {
            mem::forget(self);
        }
    }

    fn reply_text(self, code: i32, body: &str) {
        self.reply(code, "text/plain; charset=utf-8", body.to_owned());
    }

    fn reply_json(self, body: String) {
        self.reply(200, "application/json", body);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        unsafe { (self.http().abort)(self.request, ptr::null()) }
    }
}

/// Hands the text over: whoever is done with it calls release, on whatever thread.
fn bytes_of(body: String) -> gh_bytes {
    unsafe extern "C" fn release(owner: *mut c_void) {
        drop(Box::from_raw(owner as *mut String));
    }
    let owned = Box::new(body);
    let (ptr, len) = (owned.as_ptr(), owned.len());
    gh_bytes { ptr, len, release: Some(release), owner: Box::into_raw(owned) as *mut c_void }
}

/// The first capture of the route's pattern; valid until the request is answered.
unsafe fn first_param<'a>(view: *const gh_request_view) -> Option<&'a str> {
    if (*view).n_params == 0 {
        return None;
    }
    let value = (*(*view).params).val;
    str::from_utf8(slice::from_raw_parts(value.ptr as *const u8, value.len)).ok()
}

fn json_string(value: &str) -> String {
    let mut json = String::with_capacity(value.len() + 2);
    json.push('"');
    for character in value.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            control if control < ' ' => {
                let _ = write!(json, "\\u{:04x}", control as u32);
            }
            other => json.push(other),
        }
    }
    json.push('"');
    json
}

// ---- handlers: each runs on an event loop and must not block -------------------------------------------------------

struct Hello {
    host: *const gh_host,
}

unsafe fn open(plugin: *mut c_void, request: *mut gh_request) -> Open {
    Open { host: (*(plugin as *const Hello)).host, request }
}

unsafe extern "C" fn hello(plugin: *mut c_void, request: *mut gh_request, _: *const gh_request_view) {
    open(plugin, request).reply_text(200, "Hello from Rust\n");
}

unsafe extern "C" fn greet(plugin: *mut c_void, request: *mut gh_request, view: *const gh_request_view) {
    let answer = format!("{{\"text\":{}}}", json_string(&format!("Hello, {}", first_param(view).unwrap_or("you"))));
    open(plugin, request).reply_json(answer);
}

unsafe extern "C" fn later(plugin: *mut c_void, request: *mut gh_request, _: *const gh_request_view) {
    /// Exactly once, on the loop: after the time, or with GH_E_CANCELED when the client or this generation is going.
    unsafe extern "C" fn on_timer(context: *mut c_void, status: gh_status, _: *const gh_error) {
        let waiting = Box::from_raw(context as *mut Open);
        if status == GH_OK {
            waiting.reply_text(200, "Hello, later\n");
        }
    }
    const HALF_A_SECOND: u64 = 500_000_000;
    let waiting = open(plugin, request);
    let host = waiting.host;
    let on = (waiting.http().r#loop)(request);
    let context = Box::into_raw(Box::new(waiting));
    let mut op = gh_op { id: 0 };
    if ((*host).sleep)(host, on, HALF_A_SECOND, on_timer, context as *mut c_void, &mut op) != GH_PENDING {
        Box::from_raw(context).reply_text(503, "No timer\n");
    }
}

struct Count {
    open: Open,
    below: usize,
    primes: usize,
}

fn count_primes(below: usize) -> usize {
    let mut composite = vec![false; below];
    let mut primes = 0;
    for number in 2..below {
        if composite.get(number) == Some(&false) {
            primes += 1;
            composite.iter_mut().skip(number * number).step_by(number).for_each(|each| *each = true);
        }
    }
    primes
}

unsafe extern "C" fn primes(plugin: *mut c_void, request: *mut gh_request, view: *const gh_request_view) {
    unsafe extern "C" fn work(context: *mut c_void) {
        let count = &mut *(context as *mut Count);
        count.primes = count_primes(count.below);
    }
    unsafe extern "C" fn done(context: *mut c_void, status: gh_status, _: *const gh_error) {
        let count = *Box::from_raw(context as *mut Count);
        if status == GH_OK {
            count.open.reply_json(format!("{{\"below\":{},\"primes\":{}}}", count.below, count.primes));
        }
    }
    const MOST: usize = 10_000_000;
    let open = open(plugin, request);
    let below = match first_param(view).and_then(|value| value.parse::<usize>().ok()) {
        Some(below) if below <= MOST => below,
        _ => {
            let problem = format!("{{\"title\":\"Unprocessable\",\"status\":422,\"detail\":\"At most {}.\"}}", MOST);
            return open.reply(422, "application/problem+json", problem);
        }
    };
    let host = open.host;
    let resume_on = (open.http().r#loop)(request);
    let context = Box::into_raw(Box::new(Count { open, below, primes: 0 }));
    if ((*host).offload)(host, resume_on, work, done, context as *mut c_void) != GH_PENDING {
        let count = *Box::from_raw(context);
        count.open.reply_text(503, "Too busy\n");
    }
}

// ---- lifecycle -----------------------------------------------------------------------------------------------------

unsafe extern "C" fn create(host: *const gh_host, _config: gh_str, plugin: *mut *mut c_void) -> gh_status {
    if ((*host).size as usize) < mem::size_of::<gh_host>() {
        return GH_E_UNSUPPORTED;
    }
    let this = Box::into_raw(Box::new(Hello { host })) as *mut c_void;
    let routes: [(gh_str, gh_handler); 4] = [
        (text("/hello"), hello),
        (text("/greet/{name}"), greet),
        (text("/later"), later),
        (text("/primes/{below:int}"), primes),
    ];
    for (pattern, handle) in routes {
        let route = gh_route {
            size: mem::size_of::<gh_route>() as u32,
            flags: GH_ROUTE_AUTH_OPTIONAL,
            method: text("GET"),
            pattern,
            operation_id: pattern,
            roles: NOTHING,
            timeout_ms: 0,
            max_in_flight: 0,
            max_body: 0,
            handle,
            self_: this,
        };
        let status = ((*host).add_route)(host, &route);
        if status != GH_OK {
            destroy(this);
            return status;
        }
    }
    *plugin = this;
    GH_OK
}

unsafe extern "C" fn destroy(plugin: *mut c_void) {
    drop(Box::from_raw(plugin as *mut Hello));
}

/// Constant, and only read.
struct Table(gh_plugin);
unsafe impl Sync for Table {}

static PLUGIN: Table = Table(gh_plugin {
    size: mem::size_of::<gh_plugin>() as u32,
    abi_minor: GH_ABI_MINOR,
    id: text("hello_rust"),
    version: text("1.0.0"),
    sdk: text("rust"),
    description: text("An example in Rust"),
    config_schema: NOTHING,
    openapi: NOTHING,
    needs: ptr::null(),
    create,
    start: None,
    health: None,
    drain: None,
    stop: None,
    destroy,
    extension: None,
});

#[no_mangle]
pub extern "C" fn gh_plugin_entry_v1() -> *const gh_plugin {
    &PLUGIN.0
}
